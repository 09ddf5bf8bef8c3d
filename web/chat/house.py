"""The house: what every handler of the browser chat works with."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from aiohttp import web

from core.domain.format import MEGABYTE, UPLOAD_BYTES
from core.services.counter import Counter
from core.services.desk import Desk, Download, Envelope, Transcript
from web.chat.bell import Bell
from web.chat.guard import LOOPBACK
from web.chat.identity import Identities
from web.chat.pace import Pace
from web.chat.render import Renderer
from web.chat.visit import Visit, settle, visit

Redeem = Callable[[str, int, str], Awaitable[Download]]
"""Key, moment it ends (seconds since 1970) and signature of a link -> its file. Raises AssetGone, also when the link is
forged or too old."""

Chip = Callable[[str, Envelope], Awaitable[str]]
"""Name and person -> the HTML a provider wants shown with its search. Raises AssetGone, NotYours, Unavailable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Settings of the site."""

    hosts: frozenset[str] = LOOPBACK
    """Host names (without port) that are answered."""
    secure: bool = False
    """People reach the site by https, here or at a proxy in front."""
    upload_bytes: int = UPLOAD_BYTES
    """Of one file; of a larger one a byte more is read, so that the desk refuses it in its own words."""
    request_bytes: int = 300 * MEGABYTE
    """Of one message with all its pictures."""
    posts_per_minute: float = 60
    posts_at_once: int = 40
    public_url: str = ""
    """Where people reach the site who are not on this machine."""

    def origin(self, request: web.Request) -> str:
        """The address this browser sees: a proxy may speak another scheme with us."""
        public = urlsplit(self.public_url)
        return f"{public.scheme if public.netloc == request.host else request.scheme}://{request.host}"


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    desk: Desk
    transcript: Transcript
    identities: Identities
    renderer: Renderer
    release: str
    bell: Bell
    pace: Pace
    options: Options
    redeem: Redeem | None = None
    chip: Chip | None = None
    counter: Counter | None = None
    sockets: set[web.WebSocketResponse] = field(default_factory=set)

    async def visit(self, request: web.Request) -> Visit:
        return await visit(request, self.identities, secure=self.options.secure)

    async def settle(self, guest: Visit) -> Visit:
        return await settle(guest, self.identities)


HOUSE: Final = web.AppKey("house", House)


def wants_json(request: web.Request) -> bool:
    """The page's script asks for JSON; a browser without it, for a page."""
    return "application/json" in request.headers.get("Accept", "")
