"""The guard: who may call at all, and what every answer carries.

A page on loopback is reachable by every site the person visits. Three doors keep them out: only known host names are
answered (DNS rebinding), only requests that a page of this very origin made may change anything, and a form must carry
a token only such a page knows.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "frame-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
SANDBOX: Final = "allow-popups allow-popups-to-escape-sandbox"
"""What a frame with HTML of others may do: its links open as pages of their own; no script, no form, none of ours."""
HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    # Not no-referrer: it turns the Origin of our own plain forms into "null".
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})


def host_rule(allowed: frozenset[str]) -> Middleware:
    """Middleware: 421 for a Host header whose name (any port) is not allowed."""

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        if _host_name(request.headers.get("Host", "")) not in allowed:
            raise web.HTTPMisdirectedRequest
        return await handler(request)

    return check


def is_same_origin(request: web.Request) -> bool:
    """Whether a page of this origin made the request. Without either header nobody vouches for it."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None and site != "same-origin":
        return False
    origin = request.headers.get("Origin")
    if origin is None:
        return site is not None
    # The scheme may be a proxy's business; the authority is the browser's.
    return urlsplit(origin).netloc.lower() == request.headers.get("Host", "").lower()


def dress(*, secure: bool) -> Callable[[web.Request, web.StreamResponse], Awaitable[None]]:
    """Signal handler that gives every answer its headers."""

    async def add(request: web.Request, response: web.StreamResponse) -> None:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Cache-Control", "no-store")
        if secure:
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")

    return add


def _host_name(header: str) -> str:
    try:
        return urlsplit(f"//{header}").hostname or ""
    except ValueError:
        return ""
