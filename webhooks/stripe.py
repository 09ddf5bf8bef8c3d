"""Stripe's calls: handed on as they came, because the signature is over the very bytes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web

from core.services.desk import Unavailable

PATH = "/stripe"
SIGNATURE_HEADER = "Stripe-Signature"

Take = Callable[[bytes, str], Awaitable[None]]
"""Takes body and signature; returns once what they tell is safe. Raises Unavailable, or ValueError for what is not
Stripe's."""


def routes(take: Take | None) -> tuple[web.RouteDef, ...]:
    """The route of Stripe's webhook; none at all where nobody takes money."""
    if take is None:
        return ()

    async def receive(request: web.Request) -> web.Response:
        try:
            await take(await request.read(), request.headers.get(SIGNATURE_HEADER, ""))
        except ValueError:
            return web.Response(status=400)
        except Unavailable:
            # Stripe comes again, for three days.
            return web.Response(status=503)
        return web.Response()

    return (web.post(PATH, receive),)
