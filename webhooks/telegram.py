"""Telegram's calls: proved by the secret they carry, handed to whoever takes updates."""

from __future__ import annotations

import hmac
import json
from collections.abc import Awaitable, Callable

from aiohttp import web

from core.domain.record import Json
from core.services.desk import Unavailable

PATH = "/telegram"
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 (a header's name)

Take = Callable[[Json], Awaitable[None]]
"""Takes one decoded update; returns once it is safe. Raises Unavailable, or ValueError for what is no update."""


def routes(take: Take, secret: str) -> tuple[web.RouteDef, ...]:
    """The route of Telegram's webhook; none at all without a secret."""

    async def receive(request: web.Request) -> web.Response:
        given = request.headers.get(SECRET_HEADER, "")
        if not hmac.compare_digest(given.encode(errors="replace"), secret.encode()):
            return web.Response(status=401)
        try:
            await take(json.loads(await request.read()))
        except ValueError:
            return web.Response(status=400)
        except Unavailable:
            # Telegram keeps the update and comes again.
            return web.Response(status=503)
        return web.Response()

    return (web.post(PATH, receive),) if secret else ()
