"""Pictures and files, each only for the person it belongs to."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote

from aiohttp import web

from core.services.desk import Asset, AssetGone, NotYours
from core.services.example import EXAMPLE
from web.chat.house import HOUSE

SHOWN: Final = frozenset({"image/jpeg", "image/png", "image/webp"})
"""Media types a browser may show in place; anything else is a download (an SVG would be a page of ours)."""
HOUR: Final = "private, max-age=3600"
_UNSAFE = re.compile(r'[\x00-\x1f\x7f"\\/:*?<>|]+')


async def picture(request: web.Request) -> web.StreamResponse:
    """GET /picture/{asset}: 404 for what is gone and for what is somebody else's, alike; the example is everybody's."""
    asset = await _own(request)
    if asset.media_type not in SHOWN:
        raise web.HTTPNotFound
    if request.headers.get("If-None-Match") == _etag(asset):
        return web.Response(status=304, headers={"ETag": _etag(asset), "Cache-Control": HOUR})
    return web.Response(
        body=asset.data, content_type=asset.media_type, headers={"ETag": _etag(asset), "Cache-Control": HOUR}
    )


async def file(request: web.Request) -> web.StreamResponse:
    """GET /file/{asset}?name=: the same bytes as a download."""
    return download(await _own(request), request.query.get("name", ""))


async def redeemed(request: web.Request) -> web.StreamResponse:
    """GET /f/{key}?expires=&signature=&name=: a link for leaving the page; the signature stands for the cookie."""
    redeem, expires = request.app[HOUSE].redeem, request.query.get("expires", "")
    if redeem is None or not re.fullmatch(r"[0-9]{1,12}", expires):
        raise web.HTTPNotFound
    try:
        asset = await redeem(request.match_info["key"], int(expires), request.query.get("signature", ""))
    except AssetGone as gone:
        raise web.HTTPNotFound from gone
    return download(asset, request.query.get("name", ""))


def download(asset: Asset, name: str) -> web.Response:
    answer = web.Response(body=asset.data, content_type=asset.media_type)
    answer.headers["Content-Disposition"] = disposition(name or asset.id)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def disposition(name: str) -> str:
    """RFC 6266: a plain name for old programs, the true one in UTF-8."""
    clean = _UNSAFE.sub("_", name).strip(" .")[:120] or "file"
    plain = clean.encode("ascii", "replace").decode().replace("?", "_")
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(clean, safe='')}"


async def _own(request: web.Request) -> Asset:
    house, asset = request.app[HOUSE], request.match_info["asset"]
    if asset == EXAMPLE:
        return await house.desk.asset(EXAMPLE)
    guest = await house.visit(request)
    if guest.person is None:
        raise web.HTTPNotFound
    try:
        return await house.desk.asset(asset, guest.envelope("look"))
    except (AssetGone, NotYours) as gone:
        raise web.HTTPNotFound from gone


def _etag(asset: Asset) -> str:
    return f'"{asset.sha256[:32]}"'
