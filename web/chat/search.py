"""The piece of a page a provider wants shown with its search: HTML of others, in a frame that may do nothing here."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from core.services.desk import AssetGone, NotYours
from web.chat.guard import SANDBOX
from web.chat.house import HOUSE
from web.chat.picture import owner

POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "style-src 'unsafe-inline'",
        "img-src data: https:",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'self'",
        f"sandbox {SANDBOX}",
    )
)
PAGE: Final = """\
<!doctype html>
<meta charset="utf-8">
<meta name="color-scheme" content="light dark">
<base target="_blank">
<style>body {{ margin: 1px; }}</style>
{chip}
"""
"""Around it; the provider's terms forbid to change what is inside."""


async def show(request: web.Request) -> web.StreamResponse:
    """GET /search/{name}: only to whom the picture belongs; for everybody else there is nothing."""
    chip, guest = request.app[HOUSE].chip, await owner(request)
    if chip is None:
        raise web.HTTPNotFound
    try:
        html = await chip(request.match_info["name"], guest)
    except (AssetGone, NotYours) as gone:
        raise web.HTTPNotFound from gone
    headers = {
        "Content-Security-Policy": POLICY,
        "X-Frame-Options": "SAMEORIGIN",
        "Referrer-Policy": "no-referrer",
    }
    return web.Response(text=PAGE.format(chip=html), content_type="text/html", charset="utf-8", headers=headers)
