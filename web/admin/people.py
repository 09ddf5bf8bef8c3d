"""People and their wallets: who there is, one of them with everything, credits given and taken, and proposals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from aiohttp import web

from core.services.admission import PATH
from core.services.office import Reason, Refused, Wanted
from web.admin.gate import Visit

PAGE: Final = 25
SHOWN: Final = 10


async def listed(visit: Visit) -> web.StreamResponse:
    """GET /admin?q=&page=: who was here last, or who is meant."""
    words, number = visit.asked("q"), min(visit.number("page") or 0, 10_000)
    found = await visit.office.people(words, limit=PAGE + 1, offset=number * PAGE)
    return visit.show("people.html", people=found[:PAGE], words=words, page=number, more=len(found) > PAGE)


async def one(visit: Visit) -> web.StreamResponse:
    """GET /admin/people/{person}"""
    office, user = visit.office, visit.request.match_info["person"]
    person = await office.person(user)
    return visit.show(
        "person.html",
        person=person,
        postings=await office.postings(Wanted(user_id=user), limit=SHOWN),
        acts=await office.journal(SHOWN, user_id=user),
        jobs=await office.jobs(user_id=user, limit=SHOWN),
        payments=await office.payments(user_id=user, limit=SHOWN),
        proposals=[row for row in await office.proposals() if row.user_id == user],
        there={user: person.to_spend},
    )


async def move(visit: Visit, form: Mapping[str, str]) -> str:
    """POST /admin/people/{person}/move {key, way: grant | deduct, credits, why}"""
    user, amount = visit.request.match_info["person"], amount_of(form)
    amount = -amount if form.get("way") == "deduct" else amount
    moved = await visit.office.move(visit.admin, user, amount, key=form.get("key", ""), why=form.get("why", ""))
    return f"{PATH}/people/{user}?done={'proposed' if moved.proposal else 'moved'}"


def amount_of(form: Mapping[str, str]) -> int:
    """The credits somebody typed. Raises Refused."""
    text = form.get("credits", "").strip()
    if not (text.isascii() and text.isdecimal() and len(text) < 8):
        raise Refused(Reason.AMOUNT)
    return int(text)


async def freeze(visit: Visit, form: Mapping[str, str]) -> str:
    """POST /admin/people/{person}/freeze {key, freeze: 1 | 0, why}"""
    user, on = visit.request.match_info["person"], form.get("freeze") == "1"
    await visit.office.freeze(visit.admin, user, freeze=on, key=form.get("key", ""), why=form.get("why", ""))
    return f"{PATH}/people/{user}?done={'frozen' if on else 'unfrozen'}"


async def proposals(visit: Visit) -> web.StreamResponse:
    """GET /admin/proposals"""
    rows = await visit.office.proposals()
    takings = {row.user_id for row in rows if row.user_id and row.credits < 0}
    there = {user: (await visit.office.person(user)).to_spend for user in sorted(takings)}
    return visit.show("proposals.html", proposals=rows, there=there)


async def decide(visit: Visit, form: Mapping[str, str]) -> str:
    """POST /admin/proposals {id, approve: 1 | 0}"""
    approve = form.get("approve") == "1"
    await visit.office.decide(visit.admin, form.get("id", ""), approve=approve)
    return f"{PATH}/proposals?done={'approved' if approve else 'rejected'}"
