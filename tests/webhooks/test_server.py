"""The listener for machines."""

import io
import json
from collections.abc import AsyncIterator

import aiohttp
import pytest
import pytest_asyncio

from core.domain.record import Json
from core.services.desk import Unavailable
from webhooks.server import BODY_BYTES, WebhookServer
from webhooks.telegram import SECRET_HEADER, routes

SECRET = "s3cret"
UPDATE = {"update_id": 1}


class Machine:
    """Calls a server whose `take` keeps what it is given."""

    def __init__(self) -> None:
        self.taken: list[Json] = []
        self.missing: tuple[str, ...] = ()
        self.away = False
        self.url = ""

    async def take(self, record: Json) -> None:
        if self.away:
            raise Unavailable
        self.taken.append(record)

    async def ready(self) -> tuple[str, ...]:
        return self.missing

    async def post(self, body: Json, secret: str | None = SECRET) -> int:
        headers = {} if secret is None else {SECRET_HEADER: secret}
        data = io.BytesIO(json.dumps(body).encode())
        async with aiohttp.ClientSession(headers=headers) as http, http.post(f"{self.url}/telegram", data=data) as got:
            return got.status

    async def get(self, path: str) -> tuple[int, str]:
        async with aiohttp.ClientSession() as http, http.get(self.url + path) as got:
            return got.status, await got.text()


@pytest_asyncio.fixture
async def machine(request: pytest.FixtureRequest) -> AsyncIterator[Machine]:
    one = Machine()
    secret = getattr(request, "param", SECRET)
    server = WebhookServer(routes(one.take, secret), ready=one.ready, host="127.0.0.1", port=0)
    await server.start()
    one.url = f"http://127.0.0.1:{server.port}"
    yield one
    await server.stop()


async def test_an_update_with_the_secret_is_taken(machine: Machine) -> None:
    assert await machine.post(UPDATE) == 200
    assert machine.taken == [UPDATE]


@pytest.mark.parametrize("secret", [None, "", "s3cre", "s3cret-and-more", "ß"])
async def test_an_update_without_the_secret_is_turned_away(machine: Machine, secret: str | None) -> None:
    assert await machine.post(UPDATE, secret) == 401
    assert machine.taken == []


@pytest.mark.parametrize("machine", [""], indirect=True)
async def test_without_a_configured_secret_there_is_no_route(machine: Machine) -> None:
    assert await machine.post(UPDATE, "") == 404


async def test_a_database_that_is_away_is_a_503(machine: Machine) -> None:
    machine.away = True
    assert await machine.post(UPDATE) == 503


async def test_a_body_over_the_limit_is_turned_away(machine: Machine) -> None:
    assert await machine.post({"update_id": 1, "text": "x" * BODY_BYTES}) == 413
    assert machine.taken == []


async def test_signs_of_life_tell_alive_from_ready(machine: Machine) -> None:
    assert (await machine.get("/healthz"))[0] == 200
    assert (await machine.get("/readyz"))[0] == 200
    machine.missing = ("database",)
    status, body = await machine.get("/readyz")
    assert (status, "database" in body) == (503, True)


async def test_metrics_are_prometheus_text(machine: Machine) -> None:
    status, body = await machine.get("/metrics")
    assert (status, "# HELP" in body) == (200, True)


async def test_a_taken_port_is_an_error_at_start(machine: Machine) -> None:
    port = int(machine.url.rpartition(":")[2])
    second = WebhookServer((), ready=machine.ready, host="127.0.0.1", port=port)
    with pytest.raises(OSError, match="address already in use"):
        await second.start()
