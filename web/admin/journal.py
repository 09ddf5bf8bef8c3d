"""The journal: who did what, to whom, and why."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from core.domain.administration import Act
from web.admin.gate import Visit

PAGE: Final = 50
KINDS: Final = (*(act.value for act in Act), "propose", "sign_in")
"""What may stand there."""


async def show(visit: Visit) -> web.StreamResponse:
    """GET /admin/journal?actor=&act=&subject=&before="""
    asked = {name: visit.asked(name) for name in ("actor", "act", "subject")}
    found = await visit.office.books.journal(PAGE + 1, before=visit.number("before"), **asked)
    more = found[PAGE - 1].id if len(found) > PAGE else 0
    return visit.show("journal.html", acts=found[:PAGE], kinds=KINDS, asked=asked, more=more)
