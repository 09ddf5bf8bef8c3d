"""Pictures and files, each only for the person it belongs to."""

from __future__ import annotations

import re
from contextlib import aclosing
from typing import Final
from urllib.parse import quote

import structlog
from aiohttp import hdrs, web

from core.services.desk import Asset, AssetGone, Download, Envelope, NotYours, Unavailable
from core.services.example import EXAMPLE
from web.chat.house import HOUSE

SHOWN: Final = frozenset({"image/jpeg", "image/png", "image/webp"})
"""Media types a browser may show in place; anything else is a download (an SVG would be a page of ours)."""
ASKED_FOR: Final = "private, no-cache"
"""Kept by the browser and asked for each time: what was deleted here is not shown from there."""
log = structlog.get_logger()
_UNSAFE = re.compile(r'[\x00-\x1f\x7f"\\/:*?<>|]+')


async def picture(request: web.Request) -> web.StreamResponse:
    """GET /picture/{asset}: 404 for what is gone and for what is somebody else's, alike; the example is everybody's."""
    asset = await _shown(request)
    if asset.media_type not in SHOWN:
        raise web.HTTPNotFound
    if request.headers.get("If-None-Match") == _etag(asset):
        return web.Response(status=304, headers={"ETag": _etag(asset), "Cache-Control": ASKED_FOR})
    return web.Response(
        body=asset.data, content_type=asset.media_type, headers={"ETag": _etag(asset), "Cache-Control": ASKED_FOR}
    )


async def file(request: web.Request) -> web.StreamResponse:
    """GET /file/{asset}?name=: the same bytes as a download."""
    guest, house = await owner(request), request.app[HOUSE]
    try:
        found = await house.desk.download(request.match_info["asset"], guest)
    except (AssetGone, NotYours) as gone:
        raise web.HTTPNotFound from gone
    return await download(request, found)


async def redeemed(request: web.Request) -> web.StreamResponse:
    """GET /f/{key}?expires=&signature=&name=: a link for leaving the page; the signature stands for the cookie."""
    redeem, expires = request.app[HOUSE].redeem, request.query.get("expires", "")
    if redeem is None or not re.fullmatch(r"[0-9]{1,12}", expires):
        raise web.HTTPNotFound
    try:
        found = await redeem(request.match_info["key"], int(expires), request.query.get("signature", ""))
    except AssetGone as gone:
        raise web.HTTPNotFound from gone
    return await download(request, found)


async def download(request: web.Request, found: Download) -> web.StreamResponse:
    """Piece by piece, as fast as the other side takes it: an export may be larger than the memory that is left."""
    answer = web.StreamResponse()
    answer.content_type, answer.content_length = found.media_type, found.byte_count
    answer.headers["Content-Disposition"] = disposition(request.query.get("name", "") or found.id)
    answer.headers["Cache-Control"] = "private, no-store"
    async with aclosing(found.pieces()) as pieces:
        try:
            piece = await anext(pieces, b"")  # before anything is said: what is gone can still be a 404
        except AssetGone as gone:
            raise web.HTTPNotFound from gone
        await answer.prepare(request)
        try:
            while piece and request.method != hdrs.METH_HEAD:
                await answer.write(piece)
                piece = await anext(pieces, b"")
        except ConnectionResetError:
            log.info("download.left", path=request.path)
        except (AssetGone, Unavailable) as fault:
            # Half a file must not look like a whole one, nor end in a page of ours.
            log.warning("download.broken_off", path=request.path, error=str(fault))
            if request.transport:
                request.transport.abort()
    return answer


def disposition(name: str) -> str:
    """RFC 6266: a plain name for old programs, the true one in UTF-8."""
    clean = _UNSAFE.sub("_", name).strip(" .")[:120] or "file"
    plain = clean.encode("ascii", "replace").decode().replace("?", "_")
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(clean, safe='')}"


async def _shown(request: web.Request) -> Asset:
    house, asset = request.app[HOUSE], request.match_info["asset"]
    if asset == EXAMPLE:
        return await house.desk.asset(EXAMPLE)
    guest = await owner(request)
    try:
        return await house.desk.asset(asset, guest)
    except (AssetGone, NotYours) as gone:
        raise web.HTTPNotFound from gone


async def owner(request: web.Request) -> Envelope:
    """Whose browser asks; 404 for one nobody has said anything from."""
    guest = await request.app[HOUSE].visit(request)
    if guest.person is None:
        raise web.HTTPNotFound
    return guest.envelope("look")


def _etag(asset: Asset) -> str:
    return f'"{asset.sha256[:32]}"'
