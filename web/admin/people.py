"""People and their wallets: who there is, one of them with everything, and credits given and taken."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from aiohttp import web

from core.services.admission import PATH
from core.services.office.book import Wanted
from web.admin.form import credits_of
from web.admin.gate import Visit

PAGE: Final = 25
SHOWN: Final = 10


async def listed(visit: Visit) -> web.StreamResponse:
    """GET /admin?q=&page=: who was here last, or who is meant."""
    words, number = visit.asked("q"), min(visit.number("page") or 0, 10_000)
    found = await visit.office.people.found(words, limit=PAGE + 1, offset=number * PAGE)
    return visit.show("people.html", people=found[:PAGE], words=words, page=number, more=len(found) > PAGE)


async def one(visit: Visit) -> web.StreamResponse:
    """GET /admin/people/{person}"""
    office, user = visit.office, visit.request.match_info["person"]
    person = await office.people.one(user)
    return visit.show(
        "person.html",
        person=person,
        postings=await office.books.postings(Wanted(user_id=user), limit=SHOWN),
        acts=await office.books.journal(SHOWN, user_id=user),
        jobs=await office.jobs.listed(user_id=user, limit=SHOWN),
        payments=await office.payments.listed(user_id=user, limit=SHOWN),
        proposals=[row for row in await office.proposals.waiting() if row.user_id == user],
        there={user: person.to_spend},
    )


async def move(visit: Visit, form: Mapping[str, str]) -> str:
    """POST /admin/people/{person}/move {key, way: grant | deduct, credits, why}"""
    user, amount = visit.request.match_info["person"], credits_of(form)
    amount = -amount if form.get("way") == "deduct" else amount
    moved = await visit.office.people.move(visit.admin, user, amount, key=form.get("key", ""), why=form.get("why", ""))
    return f"{PATH}/people/{user}?done={'proposed' if moved.proposal else 'moved'}"


async def freeze(visit: Visit, form: Mapping[str, str]) -> str:
    """POST /admin/people/{person}/freeze {key, freeze: 1 | 0, why}"""
    user, on = visit.request.match_info["person"], form.get("freeze") == "1"
    await visit.office.people.freeze(visit.admin, user, freeze=on, key=form.get("key", ""), why=form.get("why", ""))
    return f"{PATH}/people/{user}?done={'frozen' if on else 'unfrozen'}"
