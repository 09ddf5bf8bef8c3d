"""Paying by card: what a link from a chat leads to, and the page people come back to who came from another one.

Nothing is asked of the company before a signature of ours was seen, and nobody is sent anywhere but where it said.
"""

from __future__ import annotations

from typing import Final

import structlog
from aiohttp import web

from core.conversation.payment import money, offered
from core.conversation.texts import Speaker, speaker
from core.conversation.view import Link
from core.services.entry import Barred, Entry
from core.services.portal import ENDING
from web.chat.house import HOUSE, House
from web.chat.page import html

PLATFORMS: Final = frozenset({"telegram", "discord"})
"""Those that people go back to by themselves."""
_SAID: Final = {
    Barred.ENDED: ("pay.ended.title", "pay.ended.text"),
    Barred.FOREIGN: ("pay.foreign.title", "pay.foreign.text"),
    Barred.CHANGED: ("pay.changed.title", "pay.changed.text"),
    Barred.GONE: ("pay.gone.title", "pay.gone.text"),
    Barred.PENDING: ("pay.pending.title", "pay.pending.text"),
    Barred.FAILED: ("pay.failed.title", "pay.failed.text"),
    Barred.PAID: ("pay.paid.title", "pay.paid.text"),
    Barred.AWAY: ("pay.away.title", "pay.away.text"),
}
_STATUS: Final = {Barred.ENDED: 410, Barred.GONE: 410, Barred.FOREIGN: 403, Barred.CHANGED: 409, Barred.AWAY: 503}
log = structlog.get_logger()


async def enter(request: web.Request) -> web.StreamResponse:
    """GET /pay/{token}: on to the page where it is paid, or a page that says why not. A second click is the first."""
    house = request.app[HOUSE]
    guest = await house.visit(request)
    entry = Entry(why=Barred.ENDED)
    if house.counter:
        token, back = request.match_info["token"], house.options.origin(request) + "/"
        entry = await house.counter.enter(token, guest.person, back, guest.language)
    return _led(request, house, guest.language, entry)


async def manage(request: web.Request) -> web.StreamResponse:
    """GET /plan/{token}, or that and /cancel: on to where a subscription is changed, or straight to where it ends."""
    house = request.app[HOUSE]
    guest = await house.visit(request)
    entry = Entry(why=Barred.GONE)
    if house.counter:
        token, back = request.match_info["token"], house.options.origin(request) + "/"
        ending = request.path.endswith(ENDING)
        entry = await house.counter.portal.enter(token, guest.person, back, ending=ending)
    return _led(request, house, guest.language, entry)


def _led(request: web.Request, house: House, language: str, entry: Entry) -> web.Response:
    if entry.why is None:
        return web.Response(status=303, headers={"Location": entry.url})
    return _page(house, language, entry, entry.why, request.path)


async def back(request: web.Request) -> web.StreamResponse:
    """GET /back/{platform}: whoever has paid or not, and came from a bot. It knows nothing of either."""
    house, platform = request.app[HOUSE], request.match_info["platform"]
    if platform not in PLATFORMS:
        raise web.HTTPNotFound
    language = (await house.visit(request)).language
    voice = speaker(language)
    values = {"title": voice.say("pay.back.title"), "text": voice.say("pay.back.text"), "link": None}
    return html(house.renderer.page("pay.html", language, platform=voice.say(f"platform.{platform}"), **values))


def _page(house: House, language: str, entry: Entry, why: Barred, path: str) -> web.Response:
    voice = speaker(language)
    title, text = _SAID[why]
    if entry.now and entry.now.plan:
        text = "pay.changed.plan"
    values = {
        "title": voice.say(title),
        "text": voice.say(text, **_prices(voice, entry)),
        "link": _way_on(voice, entry, why, path),
    }
    platform = voice.say(f"platform.{entry.platform}") if entry.platform in PLATFORMS else ""
    answer = html(house.renderer.page("pay.html", language, platform=platform, **values), _STATUS.get(why, 200))
    if why is Barred.AWAY:
        answer.headers["Retry-After"] = "30"
    return answer


def _prices(voice: Speaker, entry: Entry) -> dict[str, object]:
    if not (entry.was and entry.was.price and entry.now):
        return {}
    name = voice.say(f"plan.{entry.now.plan}") if entry.now.plan else ""
    prices = {"old": money(voice, entry.was.price), "new": money(voice, entry.now.price)}
    return {"n": entry.now.credits, "plan": name, **prices}


def _way_on(voice: Speaker, entry: Entry, why: Barred, path: str) -> Link | None:
    if entry.now:
        return offered(voice, entry.now)
    return Link(voice.say("pay.again"), path) if why is Barred.AWAY else None
