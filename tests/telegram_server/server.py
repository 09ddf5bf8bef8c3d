"""The Bot API on loopback: every call is checked against contract and rules, then done to the world, then recorded."""

import asyncio
import json
from collections import defaultdict, deque
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from aiohttp import web

from . import rules
from .contract import Contract
from .fault import Fault
from .mailbox import Hook, Mailbox
from .message import Message, User
from .method import METHODS, Request
from .refusal import Refusal
from .star import Checkout
from .upload import FILE_BYTES, MEGABYTE, Part
from .world import Chat, World

TOKEN = "123456:AAHtest-token_of_the_loopback_server000"


@dataclass(frozen=True)
class Call:
    """A request as it came and how it was answered; `status` 0 is a dropped connection."""

    method: str
    params: Mapping[str, str]
    parts: Mapping[str, Part]
    status: int
    at: float


class TelegramServer:
    """Telegram for tests: `async with TelegramServer(contracts) as server`.

    `violations` names whatever no correct bot does; a test ends with it empty. `calls` records every request but
    getUpdates. `world` holds chats, messages and files; `mailbox` the updates.
    """

    def __init__(self, contracts: Path, token: str = TOKEN) -> None:
        self.token = token
        self.contract = Contract.load(contracts)
        self.world = World()
        self.calls: list[Call] = []
        self.violations: list[str] = []
        self.mailbox = Mailbox(self._inspect_update, self.violations.append)
        self._faults: defaultdict[str, deque[tuple[int | None, Fault]]] = defaultdict(deque)
        self._runner: web.AppRunner | None = None
        self.port = 0

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Listen on 127.0.0.1, on a free port the first time and on the same one ever after."""
        app = web.Application(client_max_size=FILE_BYTES + MEGABYTE)
        app.router.add_route("*", "/bot{token}/{method}", self._answer)
        app.router.add_get("/file/bot{token}/{path:.+}", self._download)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()
        self.port = self._runner.addresses[0][1]
        self.mailbox.open()

    async def stop(self) -> None:
        """Close; what the world holds stays, so that a started server goes on where it was."""
        await self.mailbox.close()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    @property
    def base_url(self) -> str:
        """For `ApplicationBuilder.base_url`: the token is appended to it."""
        return f"http://127.0.0.1:{self.port}/bot"

    @property
    def base_file_url(self) -> str:
        """For `ApplicationBuilder.base_file_url`."""
        return f"http://127.0.0.1:{self.port}/file/bot"

    def group(self, chat_id: int = -1_001_000_000_001, title: str = "Editors") -> Chat:
        """A supergroup that the bot is a member of; people join it by being given it."""
        return self.world.chats.setdefault(chat_id, Chat(chat_id, "supergroup", title))

    def fail(self, method: str, *faults: Fault, chat_id: int | None = None) -> None:
        """Put faults before the next calls of a method (of one chat, if given), one for each call."""
        self._faults[method].extend((chat_id, one) for one in faults)

    def called(self, method: str, *, status: int | None = None) -> list[Call]:
        """The recorded calls of a method, optionally only those answered with the status."""
        return [one for one in self.calls if one.method == method and status in {None, one.status}]

    def take_violations(self) -> list[str]:
        """The violations so far, forgotten: for a test that provokes them."""
        taken = list(self.violations)
        self.violations.clear()
        return taken

    def hear(self, message: Message) -> None:
        """Tell the bot of a person's message."""
        self.mailbox.push("message", self.world.payload(message), message.chat_id)

    def press(self, person: User, message: Message, data: str) -> str:
        """Tell the bot of a press; returns the query's id."""
        chat = self.world.chats[message.chat_id]
        query = self.world.query(person, message, data)
        known = chat.messages.get(message.id)
        gone = {"chat": chat.payload(), "message_id": message.id, "date": 0}
        body = {
            "id": query.id,
            "from": person.payload(),
            "message": self.world.payload(known) if known else gone,
            "chat_instance": str(chat.id),
            "data": data,
        }
        self.mailbox.push("callback_query", body, chat.id)
        return query.id

    def ask_checkout(self, person: User, url: str) -> Checkout:
        """Ask the bot whether this person may pay an invoice."""
        query = self.world.stars.check_out(url, person.id, self.world.now())
        body = {"id": query.id, "from": person.payload(), **query.invoice.payload()}
        self.mailbox.push("pre_checkout_query", body, person.id)
        return query

    def tell_paid(self, person: User, query: Checkout) -> dict[str, Any]:
        """Take the Stars and tell the bot so; what was told."""
        chat = self.world.chats[person.id]
        told = {**query.invoice.payload(), **self.world.stars.charge(person.payload(), query.invoice, self.world.now())}
        self.mailbox.push("message", self.world.service(chat, person, successful_payment=told), chat.id)
        return told

    def renew(self, person: User, charge: str) -> str:
        """Collect the next month of what this charge is one of, and tell the bot so; the new charge's name."""
        stars, now = self.world.stars, self.world.now()
        assert not stars.charges[charge].cancelled, "nothing more is collected"
        invoice = stars.charges[charge].invoice
        told = {**invoice.payload(), **stars.charge(person.payload(), invoice, now, first=False)}
        self.mailbox.push("message", self.world.service(self.world.chats[person.id], person, successful_payment=told),
                          person.id)  # fmt: skip
        return str(told["telegram_payment_charge_id"])

    def tell_refunded(self, person: User, told: Mapping[str, Any]) -> None:
        """Give the Stars back."""
        chat = self.world.chats[person.id]
        self.world.stars.charges[told["telegram_payment_charge_id"]].refunded_at = self.world.now()
        self.mailbox.push("message", self.world.service(chat, person, refunded_payment=_returned(told)), chat.id)

    def _inspect_update(self, update: dict[str, Any]) -> None:
        """A server that tests by the contract keeps to it."""
        problems = self.contract.value_problems(update, "Update")
        assert not problems, problems

    async def _download(self, http: web.Request) -> web.Response:
        file = self.world.files.by_path(http.match_info["path"])
        if http.match_info["token"] != self.token or file is None:
            return web.json_response(Refusal(404, "Not Found").payload(), status=404)
        return web.Response(body=file.data, content_type="application/octet-stream")

    async def _answer(self, http: web.Request) -> web.Response:
        method = http.match_info["method"]
        if http.match_info["token"] != self.token:
            return web.json_response(Refusal(401, "Unauthorized").payload(), status=401)
        params, parts = await _read(http)
        request = Request(method, params, parts)
        fault = self._fault(request)
        response = await self._misbehaved(request, fault) if fault else await self._done(request)
        if method != "getUpdates":
            status = response.status if response else 0
            self.calls.append(Call(method, params, parts, status, self.world.now()))
        if response is None:
            assert http.transport is not None
            http.transport.abort()
            return web.Response(status=500)
        return response

    def _fault(self, request: Request) -> Fault | None:
        queue = self._faults[request.method]
        for chat_id, fault in queue:
            if chat_id is None or request.params.get("chat_id") == str(chat_id):
                queue.remove((chat_id, fault))
                return fault
        return None

    async def _misbehaved(self, request: Request, fault: Fault) -> web.Response | None:
        """The faulty answer, None for a dropped connection. Even then the request itself must be right."""
        await asyncio.sleep(fault.delay_seconds)
        if fault.status is not None or fault.drop == "before":
            try:
                await self._inspect(request)
            except Refusal as refusal:
                return web.json_response(refusal.payload(), status=refusal.status)
        if fault.drop == "before":
            return None
        if fault.html:
            page = f"<html><body><h1>{fault.status} {fault.description}</h1></body></html>"
            return web.Response(text=page, content_type="text/html", status=fault.status or 502)
        if fault.status is not None:
            body = Refusal(fault.status, fault.description, **fault.parameters).payload()
            return web.json_response(body, status=fault.status)
        response = await self._done(request)
        return None if fault.drop == "after" else response

    async def _done(self, request: Request) -> web.Response:
        try:
            await self._inspect(request)
            result = await self._perform(request)
        except Refusal as refusal:
            if refusal.blame:
                self._blame(request, [refusal.description])
            return web.json_response(refusal.payload(), status=refusal.status)
        return web.json_response({"ok": True, "result": result})

    async def _inspect(self, request: Request) -> None:
        problems = self.contract.problems(request.method, request.params, request.parts)
        # In a thread, because it decodes what was uploaded.
        problems += await asyncio.to_thread(rules.problems, request.method, request.params, request.parts)
        if problems:
            self._blame(request, problems)
            raise Refusal(400, "Bad Request: " + "; ".join(problems))

    def _blame(self, request: Request, problems: Collection[str]) -> None:
        self.violations.extend(f"{request.method}: {problem}" for problem in problems)

    async def _perform(self, request: Request) -> Any:
        method = request.method
        match method:
            case "getUpdates":
                return await self._poll(request)
            case "setWebhook" | "deleteWebhook":
                return self._set_webhook(request)
            case "getWebhookInfo":
                return self._webhook_info()
        if method not in METHODS:
            raise Refusal(400, "Bad Request: method is not modelled by this server", blame=True)
        return METHODS[method](self.world, request)

    async def _poll(self, request: Request) -> list[dict[str, Any]]:
        whole = {name: int(request.params.get(name, default)) for name, default in _POLL.items()}
        allowed = request.decoded("allowed_updates")
        return await self.mailbox.poll(whole["offset"], whole["limit"], whole["timeout"], allowed)

    def _set_webhook(self, request: Request) -> bool:
        params, drop = request.params, request.params.get("drop_pending_updates") == "true"
        if url := params.get("url"):
            hook = Hook(url, params.get("secret_token"), int(params.get("max_connections", "40")))
            self.mailbox.set_hook(hook, request.decoded("allowed_updates"), drop=drop)
        else:
            self.mailbox.remove_hook(drop=drop)
        return True

    def _webhook_info(self) -> dict[str, Any]:
        hook = self.mailbox.hook
        info: dict[str, Any] = {
            "url": hook.url if hook else "",
            "has_custom_certificate": False,
            "pending_update_count": self.mailbox.pending,
        }
        return info | ({"last_error_message": self.mailbox.last_error} if self.mailbox.last_error else {})


def _returned(told: Mapping[str, Any]) -> dict[str, Any]:
    """What of a payment its refund says."""
    said = ("currency", "total_amount", "invoice_payload", "telegram_payment_charge_id", "provider_payment_charge_id")
    return {name: told[name] for name in said}


_POLL = {"offset": "0", "limit": "100", "timeout": "0"}


async def _read(http: web.Request) -> tuple[dict[str, str], dict[str, Part]]:
    """Parameters as strings and files by part name, from a query, a form, a multipart form or JSON."""
    params, parts = dict(http.query), {}
    if http.content_type == "multipart/form-data":
        form = await http.post()
        for name, value in form.items():
            if isinstance(value, web.FileField):
                parts[name] = Part(value.filename, value.content_type, value.file.read())
            else:
                params[name] = str(value)
    elif http.content_type == "application/json":
        body = await http.json()
        params |= {name: value if isinstance(value, str) else json.dumps(value) for name, value in body.items()}
    else:
        params |= {name: str(value) for name, value in (await http.post()).items()}
    return params, parts
