"""The ledger: every movement with its entries, found by kind, person, day or words."""

from __future__ import annotations

from datetime import date
from typing import Final

from aiohttp import web

from core.services.office.book import LAST, Wanted
from web.admin.gate import Visit

PAGE: Final = 40


async def show(visit: Visit) -> web.StreamResponse:
    """GET /admin/ledger?kind=&person=&text=&since=&until=&before="""
    office, whose = visit.office, visit.asked("person")
    people = await office.people.found(whose, limit=2) if whose else ()
    asked = {name: visit.asked(name) for name in ("kind", "text")}
    asked |= {name: _day(visit.asked(name)) for name in ("since", "until")}
    lost = bool(whose) and len(people) != 1
    wanted = Wanted(**asked, user_id=people[0].user_id if people else "")
    before = visit.number("before") or LAST
    found = () if lost else await office.books.postings(wanted, limit=PAGE + 1, before=before)
    return visit.show(
        "ledger.html",
        postings=found[:PAGE],
        more=found[PAGE - 1].id if len(found) > PAGE else 0,
        kinds=await office.books.kinds(),
        audit=await office.books.audit(),
        asked={**asked, "person": whose},
        lost=lost,
    )


def _day(text: str) -> str:
    """As 2026-11-21; empty for what is none."""
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return ""
