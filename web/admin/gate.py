"""The gate: who is signed in, and what a form must carry before anything is done for them."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any, Final

from aiohttp import web

from core.domain.administration import Admin
from core.services.admission import PATH, SESSION_S, Admission
from core.services.office.act import Refused
from core.services.office.office import Office
from web.admin.page import Pages
from web.chat.guard import is_same_origin
from web.chat.identity import Key, new_key, read_key
from web.chat.pace import Pace

POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
"""As the chat's, without scripts and connections: there are none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What every page works with."""

    office: Office
    admission: Admission
    pages: Pages
    pace: Pace
    secure: bool


_KEY = re.compile(r"[0-9a-f]{32}")
"""Names an act: a form sent twice does it once."""
DESK: Final = web.AppKey("desk", Desk)


@dataclass(frozen=True, slots=True)
class Visit:
    """One request of somebody who is signed in."""

    request: web.Request
    desk: Desk
    admin: Admin
    key: Key
    refused: Refused | None = None
    """Why what this very request asked for was not done; the page is shown again with it."""
    form: Mapping[str, str] | None = None

    @property
    def office(self) -> Office:
        return self.desk.office

    def asked(self, name: str, default: str = "") -> str:
        return self.request.query.get(name, default).strip()

    def number(self, name: str) -> int | None:
        """Of the address; None for what is none."""
        text = self.asked(name)
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None

    def before(self, name: str) -> tuple[datetime, str] | None:
        """Where a page of the listing begins: `at`, and what of that moment; None for the first."""
        try:
            at = datetime.fromisoformat(self.asked("at"))
        except ValueError:
            return None
        return (at, self.asked(name)) if at.tzinfo else None

    def show(self, template: str, **values: Any) -> web.Response:
        """The page, with the words of the form again if it was refused."""
        text = self.desk.pages.render(
            template,
            admin=self.admin,
            csrf=self.key.form_token,
            refused=self.refused,
            form=self.form or {},
            done=self.asked("done"),
            here=self.request.path,
            **values,
        )
        return html(text, 200 if self.refused is None else 409)


Page = Callable[[Visit], Awaitable[web.StreamResponse]]
Deed = Callable[[Visit, Mapping[str, str]], Awaitable[str | web.StreamResponse]]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def html(text: str, status: int = 200) -> web.Response:
    answer = web.Response(text=text, content_type="text/html", charset="utf-8", status=status)
    answer.headers["Content-Security-Policy"] = POLICY
    return answer


def cookie_name(*, secure: bool) -> str:
    return "__Host-factory-admin" if secure else "factory-admin"


def key_of(request: web.Request) -> Key | None:
    return read_key(request.cookies.get(cookie_name(secure=request.app[DESK].secure), ""))


async def visit(request: web.Request) -> Visit:
    """Raises HTTPUnauthorized for everybody who is not signed in."""
    desk, key = request.app[DESK], key_of(request)
    admin = await desk.admission.admin(key.token_hash) if key else None
    if key is None or admin is None:
        raise web.HTTPUnauthorized
    return Visit(request, desk, admin, key)


def page(show: Page) -> Handler:
    """A page for those who are signed in."""

    @wraps(show)
    async def handle(request: web.Request) -> web.StreamResponse:
        return await show(await visit(request))

    return handle


def act(do: Deed, again: Page) -> Handler:
    """A form of theirs. `do` answers where they are led then, or what they see once and never again; refused, the page
    `again` says why."""

    @wraps(do)
    async def handle(request: web.Request) -> web.StreamResponse:
        guest = await visit(request)
        form = {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
        if not is_same_origin(request) or not guest.key.permits(form.get("csrf", "")):
            raise web.HTTPForbidden
        if not _KEY.fullmatch(form.get("key", "")):
            raise web.HTTPForbidden
        if wait := guest.desk.pace.take(guest.key.token_hash):
            raise web.HTTPTooManyRequests(headers={"Retry-After": str(int(wait) + 1)})
        try:
            done = await do(guest, form)
            return web.Response(status=303, headers={"Location": done}) if isinstance(done, str) else done
        except Refused as refused:
            return await again(Visit(request, guest.desk, guest.admin, guest.key, refused, form))

    return handle


async def offer(request: web.Request) -> web.StreamResponse:
    """GET /admin/enter?pass=: a button. Nothing is used up, because links are fetched by more than people."""
    desk, token = request.app[DESK], request.query.get("pass", "")
    login = desk.admission.read(token)
    return html(desk.pages.render("enter.html", token=token, name=login.admin.name, role=login.admin.role))


async def enter(request: web.Request) -> web.StreamResponse:
    """POST /admin/enter: the link is used up, and this browser signed in under a fresh key."""
    desk, form = request.app[DESK], await request.post()
    if not is_same_origin(request):
        raise web.HTTPForbidden
    if desk.pace.take(f"enter {request.remote}"):
        raise web.HTTPTooManyRequests
    key = new_key()
    await desk.admission.enter(str(form.get("pass", "")), key.token_hash)
    answer = web.Response(status=303, headers={"Location": PATH})
    answer.set_cookie(
        cookie_name(secure=desk.secure),
        key.text,
        max_age=int(SESSION_S),
        path="/",
        httponly=True,
        secure=desk.secure,
        samesite="Strict",
    )
    return answer


async def leave(request: web.Request) -> web.StreamResponse:
    """POST /admin/leave {csrf}: signed out here and at once."""
    guest, form = await visit(request), await request.post()
    if not is_same_origin(request) or not guest.key.permits(str(form.get("csrf", ""))):
        raise web.HTTPForbidden
    await guest.desk.admission.leave(guest.key.token_hash)
    answer = web.Response(status=303, headers={"Location": f"{PATH}/bye"})
    answer.del_cookie(cookie_name(secure=guest.desk.secure), path="/")
    return answer


async def bye(request: web.Request) -> web.StreamResponse:
    return html(request.app[DESK].pages.render("fault.html", heading="Signed out", text="See you.", link=False))
