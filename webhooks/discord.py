"""Discord's calls: proved by their signature, handed to whoever takes interactions, or what happens to the application.

An interaction is answered by a call of ours to Discord, never in the response, so that there is one way to answer.
"""

from __future__ import annotations

import json
import time
from collections.abc import Awaitable, Callable

from aiohttp import web
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from core.domain.record import Json
from core.services.desk import Unavailable

PATH, EVENTS_PATH = "/discord", "/discord/events"
SIGNATURE_HEADER, TIMESTAMP_HEADER = "X-Signature-Ed25519", "X-Signature-Timestamp"
FRESH_S = 300.0
"""How old a call may be, or how far our clock from Discord's. What is repeated within is known by its id."""

_PING, _PONG = 1, {"type": 1}
_EVENTS_PING = 0

Take = Callable[[Json], Awaitable[None]]
"""Takes a decoded record; returns once it is safe. Raises Unavailable, or ValueError for what is none."""


def routes(take: Take, told: Take, public_key: str, now: Callable[[], float] = time.time) -> tuple[web.RouteDef, ...]:
    """The routes for interactions, and for events as `{"type", "timestamp", "data"}`; none at all without a key.

    `public_key` in hex, as the developer portal shows it. Raises ValueError for what is no key.
    """
    if not public_key:
        return ()
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key))

    async def interaction(request: web.Request) -> web.Response:
        record = await _proved(request, key, now())
        if record.get("type") == _PING:
            return web.json_response(_PONG)
        await _handed(take, record)
        return web.Response(status=202)

    async def event(request: web.Request) -> web.Response:
        record = await _proved(request, key, now())
        if record.get("type") != _EVENTS_PING:
            await _handed(told, record.get("event"))
        return web.Response(status=204, content_type="application/json")

    return web.post(PATH, interaction), web.post(EVENTS_PATH, event)


async def _proved(request: web.Request, key: Ed25519PublicKey, now: float) -> dict[str, Json]:
    """The record of a call that is Discord's and of this moment. Raises the refusal of any other."""
    stamp, raw = request.headers.get(TIMESTAMP_HEADER, ""), await request.read()
    try:
        key.verify(bytes.fromhex(request.headers.get(SIGNATURE_HEADER, "")), stamp.encode(errors="replace") + raw)
        fresh = abs(now - int(stamp)) <= FRESH_S
    except (InvalidSignature, ValueError):
        raise web.HTTPUnauthorized from None
    if not fresh:
        raise web.HTTPUnauthorized
    try:
        record = json.loads(raw)
    except ValueError:
        raise web.HTTPBadRequest from None
    if not isinstance(record, dict):
        raise web.HTTPBadRequest
    return record


async def _handed(take: Take, record: Json) -> None:
    try:
        await take(record)
    except ValueError:
        raise web.HTTPBadRequest from None
    except Unavailable:
        # Discord tells the person, or comes again with an event.
        raise web.HTTPServiceUnavailable from None
