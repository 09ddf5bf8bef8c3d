"""Calls of a cron service: what is due is queued, each slot once, whoever else asks."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from hmac import compare_digest
from typing import Protocol

from aiohttp import web

from core.services.desk import Unavailable

PATH = "/schedules"
_SCHEME = "Bearer "


class Due(Protocol):
    """Who knows the schedules. Both raise Unavailable when nothing can be queued now."""

    async def tick(self) -> tuple[str, ...]:
        """Queue every slot that is due and that nobody has queued; of which schedules."""

    async def trigger(self, name: str) -> bool:
        """The same of one schedule; whether it was this call's. Raises KeyError where there is none of that name."""


def routes(due: Due, token: str) -> tuple[web.RouteDef, ...]:
    """POST /schedules and /schedules/NAME, for whoever has the token."""

    async def all_due(_: web.Request) -> web.Response:
        return web.json_response({"queued": list(await due.tick())}, status=202)

    async def one(request: web.Request) -> web.Response:
        name = request.match_info["name"]
        try:
            queued = await due.trigger(name)
        except KeyError:
            return web.json_response({"error": "no such schedule"}, status=404)
        return web.json_response({"queued": [name] if queued else []}, status=202)

    def guarded(answer: Callable[[web.Request], Awaitable[web.Response]]) -> Callable[..., Awaitable[web.Response]]:
        async def receive(request: web.Request) -> web.Response:
            given = request.headers.get("Authorization", "")
            if not compare_digest(given.encode("utf-8", "surrogateescape"), (_SCHEME + token).encode()):
                return web.Response(status=401, headers={"WWW-Authenticate": "Bearer"})
            try:
                return await answer(request)
            except Unavailable:
                return web.Response(status=503)

        return receive

    return web.post(PATH, guarded(all_due)), web.post(PATH + "/{name}", guarded(one))
