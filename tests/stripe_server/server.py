"""Stripe on loopback: every request is checked against the contract, then done to the world, then recorded."""

import asyncio
import json
import random
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import aiohttp
from aiohttp import web
from stripe import WebhookSignature

from . import form, refusal
from .contract import Contract, Operation
from .refusal import Refusal
from .world import Thing, World

KEY = "sk_test_loopback0000000000000000"
SECRET = "whsec_loopback00000000000000000000"
_KEY_LENGTH = 255


@dataclass(frozen=True)
class Call:
    """A request as it came and how it was answered."""

    operation: str
    asked: Mapping[str, Any]
    key: str | None
    """Its Idempotency-Key."""
    status: int
    replayed: bool = False


@dataclass
class _First:
    """What an Idempotency-Key was first used for."""

    asked: tuple[str, str]
    status: int = 0
    body: Thing = field(default_factory=dict)


_LISTS = {
    "/v1/checkout/sessions": "checkout.session",
    "/v1/invoices": "invoice",
    "/v1/invoice_payments": "invoice_payment",
    "/v1/refunds": "refund",
    "/v1/disputes": "dispute",
    "/v1/webhook_endpoints": "webhook_endpoint",
}
_FILTERS = frozenset({"created", "payment_intent", "status", "limit", "starting_after"})
"""Of the lists, by the SDK's own parameter types: the contract's subset holds none."""
_READS = {
    "GetCheckoutSessionsSession": "checkout.session",
    "GetSubscriptionsSubscriptionExposedId": "subscription",
    "GetInvoicesInvoice": "invoice",
    "GetChargesCharge": "charge",
    "GetPaymentIntentsIntent": "payment_intent",
    "GetEventsId": "event",
}


class StripeServer:
    """Stripe for tests: `async with StripeServer(contracts) as server`.

    `violations` names whatever no correct client does, and whatever this server itself got wrong; a test ends with it
    empty. `calls` records every request.
    """

    def __init__(self, contracts: Path, key: str = KEY, secret: str = SECRET, *, livemode: bool = False) -> None:
        self.key, self.secret = key, secret
        self.contract = Contract.load(contracts)
        self.world = World(self.contract, livemode=livemode)
        self.calls: list[Call] = []
        self.violations: list[str] = []
        self.port = 0
        self._faults: deque[Refusal] = deque()
        self._first: dict[str, _First] = {}
        self._told = 0
        self._runner: web.AppRunner | None = None
        self._writes: dict[str, Callable[[Thing, str], Thing]] = {
            "PostCheckoutSessions": lambda asked, _: self.world.open_session(asked),
            "PostCheckoutSessionsSessionExpire": lambda _, one: self.world.expire(
                self.world.find("checkout.session", one)
            ),
            "PostRefunds": lambda asked, _: self.world.refund(asked),
            "PostBillingPortalSessions": lambda asked, _: self.world.open_portal(asked),
        }

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_route("*", "/{path:.+}", self._answer)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        """What was told of is checked against the contract now, with what was served."""
        if self._runner is not None:
            await self._runner.cleanup()
        for event in self.world.events:
            kind = self.contract.tells.get(event["type"])
            if kind is None:
                self.violations.append(f"no event {event['type']}")
                continue
            found = [*self.contract.problems("event", event), *self.contract.problems(kind, event["data"]["object"])]
            self.violations += [f"{event['type']}: {one}" for one in found]

    @property
    def api_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def fail(self, *faults: Refusal) -> None:
        """Put these before the next calls, one for each; none of them takes effect."""
        self._faults.extend(faults)

    def forget_keys(self) -> None:
        """A day later."""
        self._first.clear()

    def called(self, operation: str) -> list[Call]:
        return [one for one in self.calls if one.operation == operation]

    def take_violations(self) -> list[str]:
        """The violations so far, forgotten: for a test that provokes them."""
        taken = list(self.violations)
        self.violations.clear()
        return taken

    # -- what it tells ---------------------------------------------------------------------------------------------

    def signed(self, body: str, *, secret: str | None = None, at: float | None = None) -> str:
        """The Stripe-Signature header of a body, by default of this moment."""
        stamp = int(time.time() if at is None else at)
        return str(WebhookSignature.generate_signature_header(body, secret or self.secret, stamp))

    def news(self) -> list[Thing]:
        """The events nobody was told of yet; now they are."""
        fresh = self.world.events[self._told :]
        self._told += len(fresh)
        return fresh

    async def deliver(self, url: str, *, seed: int | None = None, times: int = 1) -> list[int]:
        """Post the news to an endpoint, each so many times; with a seed in no order. The statuses of the answers."""
        bodies = [json.dumps(event, indent=2) for event in self.news() for _ in range(times)]
        if seed is not None:
            random.Random(seed).shuffle(bodies)
        async with aiohttp.ClientSession() as session:
            return await asyncio.gather(*(self._post(session, url, body) for body in bodies))

    async def _post(self, session: aiohttp.ClientSession, url: str, body: str) -> int:
        headers = {"Stripe-Signature": self.signed(body), "Content-Type": "application/json; charset=utf-8"}
        async with session.post(url, data=body.encode(), headers=headers) as answer:
            return answer.status

    # -- what it is asked ------------------------------------------------------------------------------------------

    async def _answer(self, request: web.Request) -> web.Response:
        if request.method == "GET" and (kind := _LISTS.get(request.path)):
            return self._listed(request, kind)
        operation = self.contract.find(request.method, request.path)
        key = request.headers.get("Idempotency-Key")
        asked: Thing = {}
        replayed = False
        try:
            if operation is None:
                raise refusal.invalid(f"Unrecognized request URL ({request.method}: {request.path})", blame=True)
            self._admit(request)
            asked = self._read(operation, await request.text(), request)
            status, body, replayed = self._once(operation, asked, key, request)
        except Refusal as refused:
            if refused.blame:
                self.violations.append(f"{request.method} {request.path}: {refused.message}")
            status, body = refused.status, refused.payload()
        self.calls.append(Call(operation.name if operation else "", asked, key, status, replayed))
        headers = {"Request-Id": f"req_{len(self.calls)}"} | ({"Idempotent-Replayed": "true"} if replayed else {})
        return web.json_response(body, status=status, headers=headers)

    def _listed(self, request: web.Request, kind: str) -> web.Response:
        """Newest first, a page at a time."""
        asked = form.parse(request.query_string)
        try:
            self._admit(request)
            if unknown := asked.keys() - _FILTERS:
                raise refusal.invalid(f"unknown parameters {sorted(unknown)}", blame=True)
            status, body = 200, self.world.listed(kind, asked) | {"url": request.path}
        except Refusal as refused:
            if refused.blame:
                self.violations.append(f"{request.method} {request.path}: {refused.message}")
            status, body = refused.status, refused.payload()
        for thing in body.get("data", ()) if kind != "webhook_endpoint" else ():  # the contract holds none
            self.violations += [f"list serves {one}" for one in self.contract.problems(kind, thing)]
        self.calls.append(Call(f"List {kind}", asked, None, status))
        return web.json_response(body, status=status)

    def _admit(self, request: web.Request) -> None:
        if self._faults:
            raise self._faults.popleft()
        if request.headers.get("Authorization") != f"Bearer {self.key}":
            raise refusal.wrong_key()
        if request.headers.get("Stripe-Version") != self.contract.version:
            raise refusal.invalid(f"version {request.headers.get('Stripe-Version')!r} is not pinned", blame=True)

    def _read(self, operation: Operation, body: str, request: web.Request) -> Thing:
        try:
            parameters = form.parse(body if request.method == "POST" else request.query_string)
        except ValueError as unread:
            raise refusal.invalid(str(unread), blame=True) from None
        asked, problems = self.contract.asked(operation, parameters)
        if problems:
            raise refusal.invalid("; ".join(problems), blame=True)
        return asked

    def _once(
        self, operation: Operation, asked: Thing, key: str | None, request: web.Request
    ) -> tuple[int, Thing, bool]:
        """The answer, its status, and whether it is the one given when this key was first used."""
        if request.method != "POST" or key is None:
            return (*self._done(operation, asked), False)
        if not 0 < len(key) <= _KEY_LENGTH:
            raise refusal.invalid(f"an Idempotency-Key has at most {_KEY_LENGTH} characters", blame=True)
        fingerprint = (request.path, json.dumps(asked, sort_keys=True))
        if first := self._first.get(key):
            if first.asked != fingerprint:
                raise refusal.reused()
            return first.status, first.body, True
        status, body = self._done(operation, asked)
        self._first[key] = _First(fingerprint, status, json.loads(json.dumps(body)))
        return status, body, False

    def _done(self, operation: Operation, asked: Thing) -> tuple[int, Thing]:
        one = next(iter(operation.parameters.values()), "")
        try:
            if kind := _READS.get(operation.name):
                thing = self.world.find(kind, one)
            else:
                thing = self._writes[operation.name](asked, one)
        except Refusal as refused:
            if refused.blame:
                self.violations.append(f"{operation.name}: {refused.message}")
            return refused.status, refused.payload()
        self.violations += [f"{operation.name} serves {one}" for one in self.contract.problems(thing["object"], thing)]
        return 200, thing
