"""Discord on loopback: every request is checked against contract and rules, then done to the world, then recorded."""

import asyncio
import json
from collections import defaultdict, deque
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import aiohttp
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from . import rules
from .contract import Contract, Operation
from .fault import Fault
from .gateway import Gateway
from .operation import OPERATIONS, Request, answer
from .refusal import INVALID_FORM, Refusal
from .rules import REQUEST_BYTES, Asked, File
from .world import APPLICATION_ID, FIRST_RESPONSE_SECONDS, NEVER, Interaction, World

TOKEN = "MTEwMDAwMDAwMDAwMDAwMDAwMQ.GLOOPB.ack-token_of_the_loopback_server_0000000"
_API = "/api/v10"


@dataclass(frozen=True)
class Call:
    """A request as it came and how it was answered; `status` 0 is a dropped connection."""

    method: str
    template: str
    parameters: Mapping[str, str]
    body: Any
    files: Mapping[str, File]
    status: int
    at: float


class DiscordServer:
    """Discord for tests: `async with DiscordServer(contracts) as server`.

    `violations` names whatever no correct bot does, an interaction nobody answered included; a test ends with it empty.
    `calls` records every request. Interactions go to the gateway, or signed to `endpoint` once that is set.
    """

    def __init__(self, contracts: Path, token: str = TOKEN) -> None:
        self.token = token
        self.contract = Contract.load(contracts)
        self.world = World()
        self.calls: list[Call] = []
        self.violations: list[str] = []
        self.gateway = Gateway(self.world, token, lambda: self.gateway_url, self.violations.append)
        self.endpoint = ""
        self.events_endpoint = ""
        """Where events of the application are posted to as well, once it is set."""
        self.endpoint_answers: list[int] = []
        """Status of each answer of the endpoint."""
        self.attachment_limit = rules.FILE_BYTES
        self.downloads: list[str] = []
        """Names of files that were fetched off the CDN."""
        self.key = Ed25519PrivateKey.generate()
        self.port = 0
        self._faults: defaultdict[str, deque[Fault]] = defaultdict(deque)
        self._runner: web.AppRunner | None = None
        self._sending: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Listen on 127.0.0.1, on a free port the first time and on the same one ever after."""
        app = web.Application(client_max_size=2 * REQUEST_BYTES)
        app.router.add_get("/gateway/", self.gateway.serve)
        app.router.add_get("/attachments/{number}/{name}", self._download)
        app.router.add_route("*", _API + "/{path:.+}", self._answer)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()
        self.port = self._runner.addresses[0][1]
        self.world.base = f"http://127.0.0.1:{self.port}"

    async def stop(self) -> None:
        """Close; what was never answered is said now. What the world holds stays."""
        await asyncio.gather(*self._sending, return_exceptions=True)
        await self.gateway.close()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None
        for one in list(self.world.unanswered()):
            self.violations.append(f"an interaction of kind {one.kind} was not answered")
            one.answered_as = NEVER

    @property
    def api_url(self) -> str:
        """For `discord.http.Route.BASE`."""
        return f"http://127.0.0.1:{self.port}{_API}"

    @property
    def gateway_url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/gateway/"

    @property
    def public_key(self) -> str:
        """What signatures of interactions are checked with, in hex, as the developer portal shows it."""
        return self.key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()

    def fail(self, operation: str, *faults: Fault) -> None:
        """Put faults before the next calls of an operation ("PATCH /channels/{channel_id}"), one for each call."""
        method, _, template = operation.partition(" ")
        assert (method, template) in OPERATIONS, operation
        self._faults[operation].extend(faults)

    def called(self, operation: str, *, status: int | None = None) -> list[Call]:
        """The recorded calls of an operation, optionally only those answered with the status."""
        return [
            one
            for one in self.calls
            if f"{one.method} {one.template}" == operation and status in {None, one.status}
        ]  # fmt: skip

    def take_violations(self) -> list[str]:
        """The violations so far, forgotten: for a test that provokes them."""
        taken = list(self.violations)
        self.violations.clear()
        return taken

    def deliver(self, interaction: Interaction, payload: dict[str, Any]) -> None:
        """Bring an interaction to the bot, by the gateway or to its endpoint."""
        self.tell(self._post(interaction, payload) if self.endpoint else self._dispatch(interaction, payload))

    def tell(self, going: Coroutine[Any, Any, None]) -> None:
        """Have something on its way; `stop` waits for it."""
        task = asyncio.create_task(going)
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    def happened(self, event: str, data: Mapping[str, Any]) -> None:
        """Tell of something that happened to the application, to shard 0 and by a call."""
        self.tell(self.gateway.tell(event, data, None))
        if self.events_endpoint:
            self.tell(self._call(event, data))

    async def _call(self, event: str, data: Mapping[str, Any]) -> None:
        told = {"type": event, "timestamp": "2026-11-21T00:00:00.000000", "data": data}
        record = {"version": 1, "application_id": str(APPLICATION_ID), "type": 1, "event": told}
        status, _ = await self.post_signed(record, to=self.events_endpoint)
        self.endpoint_answers.append(status)

    async def post_signed(
        self, payload: Any, *, at: int | None = None, signature: str | None = None, to: str = ""
    ) -> tuple[int, bytes]:
        """POST to the endpoint as Discord does; status and body of the answer."""
        body = json.dumps(payload).encode()
        stamp = str(int(self.world.now()) if at is None else at)
        headers = {
            "X-Signature-Ed25519": signature or self.key.sign(stamp.encode() + body).hex(),
            "X-Signature-Timestamp": stamp,
            "Content-Type": "application/json",
        }
        timeout = aiohttp.ClientTimeout(total=FIRST_RESPONSE_SECONDS)
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.post(to or self.endpoint, data=body, headers=headers) as response,
        ):
            return response.status, await response.read()

    async def _dispatch(self, interaction: Interaction, payload: dict[str, Any]) -> None:
        await self.gateway.tell("INTERACTION_CREATE", payload, interaction.channel.guild_id)

    async def _post(self, interaction: Interaction, payload: dict[str, Any]) -> None:
        try:
            status, body = await self.post_signed(payload)
        except (aiohttp.ClientError, TimeoutError):
            self.endpoint_answers.append(0)
            return
        self.endpoint_answers.append(status)
        if status == 200 and interaction.answered_as is None:
            answer(self.world, interaction, json.loads(body), {})

    async def _download(self, http: web.Request) -> web.Response:
        number, query = http.match_info["number"], http.query
        file = self.world.fetch(int(number), query.get("ex", ""), query.get("hm", ""))
        if file is None or file.filename != http.match_info["name"]:
            return web.Response(status=404, text="This content is no longer available.")
        self.downloads.append(file.filename)
        return web.Response(body=file.data, content_type=file.content_type)

    async def _answer(self, http: web.Request) -> web.Response:
        found = self.contract.find(http.method, f"/{http.match_info['path']}")
        if found is None:
            self.violations.append(f"{http.method} /{http.match_info['path']}: no such operation")
            return web.json_response({"message": "404: Not Found", "code": 0}, status=404)
        if http.headers.get("Authorization") not in {f"Bot {self.token}", None}:
            return _json({"message": "401: Unauthorized", "code": 0}, 401)
        body, files = await _read(http)
        fault = self._faults[f"{http.method} {found.template}"]
        response = await self._faulty(http, found, body, files, fault.popleft() if fault else Fault())
        status = response.status if response else 0
        self.calls.append(Call(http.method, found.template, found.parameters, body, files, status, self.world.now()))
        if response is None:
            assert http.transport is not None
            http.transport.abort()
            return web.Response(status=500)
        return response

    async def _faulty(
        self, http: web.Request, found: Operation, body: Any, files: Mapping[str, File], fault: Fault
    ) -> web.Response | None:
        """The answer, None for a dropped connection. Even a request that is answered wrongly must itself be right."""
        await asyncio.sleep(fault.delay_seconds)
        if fault.status is not None or fault.drop == "before":
            problems = self._problems(http, found, body, files)
            if problems:
                return self._refused(found, Refusal(400, INVALID_FORM, "; ".join(problems), blame=True))
        if fault.status is not None:
            return _json(fault.body, fault.status, fault.headers)
        if fault.drop == "before":
            return None
        response = self._done(http, found, body, files)
        return None if fault.drop == "after" else response

    def _done(self, http: web.Request, found: Operation, body: Any, files: Mapping[str, File]) -> web.Response:
        try:
            if problems := self._problems(http, found, body, files):
                raise Refusal(400, INVALID_FORM, "Invalid Form Body: " + "; ".join(problems), blame=True)
            result = self._perform(http, found, body, files)
        except Refusal as refusal:
            return self._refused(found, refusal)
        return web.Response(status=204) if result is None else _json(result, 200)

    def _refused(self, found: Operation, refusal: Refusal) -> web.Response:
        if refusal.blame:
            self.violations.append(f"{found.template}: {refusal.message}")
        return _json(refusal.payload(), refusal.status)

    def _problems(self, http: web.Request, found: Operation, body: Any, files: Mapping[str, File]) -> list[str]:
        problems = self.contract.problems(found, http.query, body, multipart=bool(files))
        return problems or rules.problems(Asked(found.template, http.method, body, files))

    def _perform(self, http: web.Request, found: Operation, body: Any, files: Mapping[str, File]) -> Any:
        match found.template:
            case "/gateway/bot":
                limit = {"total": 1000, "remaining": 1000, "reset_after": 0, "max_concurrency": 1}
                return {"url": self.gateway_url, "shards": 1, "session_start_limit": limit}
            case "/oauth2/applications/@me" | "/applications/@me":
                return self._application()
        operation = OPERATIONS.get((http.method, found.template))
        if operation is None:
            raise Refusal(404, 0, f"{http.method} {found.template} is not modelled by this server", blame=True)
        return operation(self.world, Request(found.parameters, http.query, body, files))

    def _application(self) -> dict[str, Any]:
        return {
            "id": str(APPLICATION_ID),
            "name": "Thumbnail Factory",
            "icon": None,
            "description": "",
            "bot_public": True,
            "bot_require_code_grant": False,
            "verify_key": self.public_key,
            "owner": {"id": "1", "username": "owner", "discriminator": "0", "avatar": None, "public_flags": 0},
            "flags": 0,
            "interactions_endpoint_url": self.endpoint or None,
            "event_webhooks_url": self.events_endpoint or None,
            "event_webhooks_status": 2 if self.events_endpoint else 1,
            "event_webhooks_types": ["ENTITLEMENT_CREATE", "ENTITLEMENT_UPDATE", "ENTITLEMENT_DELETE"],
        }


async def _read(http: web.Request) -> tuple[Any, dict[str, File]]:
    """Decoded JSON (None without a body) and files by part name."""
    if http.content_type != "multipart/form-data":
        raw = await http.read()
        return (json.loads(raw) if raw else None), {}
    form = await http.post()
    body, files = json.loads(str(form.get("payload_json", "{}"))), {}
    for name, part in form.items():
        if isinstance(part, web.FileField):
            files[name] = File(part.filename, part.content_type, part.file.read())
    return body, files


def _json(body: Any, status: int, headers: Mapping[str, str] | None = None) -> web.Response:
    # With a charset beside it, discord.py takes the body for text.
    return web.Response(
        body=json.dumps(body).encode(), status=status, headers={"Content-Type": "application/json", **(headers or {})}
    )
