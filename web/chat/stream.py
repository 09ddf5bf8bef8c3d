"""The live connection: changed transcript lines, as HTML, to every open tab.

A WebSocket per tab and not server-sent events, because browsers stop at six streams per host and a seventh tab would
hang, pictures included; sharing one stream between tabs needs workers that phones do not all have.
The cursor is the highest revision shown, kept by the page: any replica goes on where another stopped.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from typing import Any, Final

import structlog
from aiohttp import WSCloseCode, web

from core.services.desk import Line, Unavailable
from web.chat.bell import Ear
from web.chat.guard import is_same_origin
from web.chat.house import HOUSE, House

READ_LINES: Final = 200
LIVELY_SECONDS: Final = 1.0
"""Between two looks while something may be going on; a bell in this process is heard at once."""
IDLE_SECONDS: Final = 5.0
LIVELY_FOR_SECONDS: Final = 600.0
TABS: Final = 16
"""Live connections of one person in one process."""
CLOSE_SECONDS: Final = 0.5
log = structlog.get_logger()


async def live(request: web.Request) -> web.StreamResponse:
    """GET /live?after=<revision>: `{"release"}` first, then `{"cursor", "lines": [{"seq", "key", "html"}]}`."""
    house = request.app[HOUSE]
    if not is_same_origin(request):
        raise web.HTTPForbidden
    guest = await house.visit(request)
    if guest.person is None:
        raise web.HTTPUnauthorized
    if house.bell.listeners(guest.person) >= TABS:
        raise web.HTTPTooManyRequests(headers={"Retry-After": "30"})
    after = request.query.get("after", "0")
    socket = web.WebSocketResponse(heartbeat=25, timeout=CLOSE_SECONDS, max_msg_size=1024)
    await socket.prepare(request)
    house.sockets.add(socket)
    try:
        with house.bell.listen(guest.person) as ear:
            feed = asyncio.create_task(
                _feed(socket, house, guest.person, guest.language, int(after) if after.isdecimal() else 0, ear)
            )
            try:
                async for _ in socket:
                    pass  # The page says nothing here; reading notices that it has gone.
            finally:
                feed.cancel()
                await asyncio.gather(feed, return_exceptions=True)
    finally:
        house.sockets.discard(socket)
    return socket


async def _feed(socket: web.WebSocketResponse, house: House, place: str, language: str, cursor: int, ear: Ear) -> None:
    try:
        await socket.send_json({"release": house.release})
        lively_until = time.monotonic() + LIVELY_FOR_SECONDS
        rung = False
        while not socket.closed:
            message, cursor, full = await _news(house, place, language, cursor)
            if rung and not message:
                message, cursor = await _begun_anew(house, place, language, cursor)
            if message:
                await socket.send_json(message)
                lively_until = time.monotonic() + LIVELY_FOR_SECONDS
            rung = not full and await ear.wait(LIVELY_SECONDS if time.monotonic() < lively_until else IDLE_SECONDS)
            if rung:
                lively_until = time.monotonic() + LIVELY_FOR_SECONDS
    except ConnectionError:
        return
    except Exception:
        # The reader waits for a page that waits for us: hang up, the page comes back with its cursor.
        log.exception("web.feed_failed")
        await socket.close(code=WSCloseCode.INTERNAL_ERROR)


async def _news(house: House, place: str, language: str, cursor: int) -> tuple[dict[str, Any], int, bool]:
    """A message for the page (or none), the next cursor, and whether there is more to read at once."""
    try:
        lines = await house.transcript.read(place, after=cursor, limit=READ_LINES)
    except Unavailable:
        return {"waiting": True}, cursor, False
    if not lines:
        return {}, cursor, False
    cursor = max(line.revision for line in lines)
    return {"cursor": cursor, "lines": _rendered(house, lines, language)}, cursor, len(lines) == READ_LINES


async def _begun_anew(house: House, place: str, language: str, cursor: int) -> tuple[dict[str, Any], int]:
    """The chat was erased (/delete_me) when its revisions began again: the page forgets what it shows."""
    lines = await house.transcript.read(place, after=0, limit=READ_LINES)
    newest = max((line.revision for line in lines), default=0)
    if not lines or newest >= cursor:
        return {}, cursor
    return {"erased": True, "cursor": newest, "lines": _rendered(house, lines, language)}, newest


def _rendered(house: House, lines: Iterable[Line], language: str) -> list[dict[str, Any]]:
    return [
        {"seq": line.seq, "key": line.key, "html": house.renderer.line(line, language)}
        for line in sorted(lines, key=lambda line: line.seq)
    ]


async def hang_up(app: web.Application) -> None:
    """On shutdown: every page hears that it should come back."""
    sockets = list(app[HOUSE].sockets)
    await asyncio.gather(*(socket.close(code=WSCloseCode.SERVICE_RESTART) for socket in sockets))
