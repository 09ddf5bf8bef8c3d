"""Jobs: listed by how they stand, and one of them with everything that happened to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from aiohttp import web

from core.services.admission import PATH
from core.services.office.job import STATES
from web.admin.gate import Visit

PAGE: Final = 40
SHOWN: Final = 20


async def listed(visit: Visit) -> web.StreamResponse:
    """GET /admin/jobs?state=&text=&at=&id="""
    state, text = visit.asked("state", "open"), visit.asked("text")
    found = await visit.office.jobs.listed(state, text=text, limit=PAGE + 1, before=visit.before("id"))
    last = found[PAGE - 1] if len(found) > PAGE else None
    return visit.show("jobs.html", jobs=found[:PAGE], last=last, state=state, states=STATES, text=text)


async def one(visit: Visit) -> web.StreamResponse:
    """GET /admin/jobs/{code}"""
    case = await visit.office.jobs.one(visit.request.match_info["code"])
    acts = await visit.office.books.journal(SHOWN, subject=f"job:{case.job.code}")
    cost = sum(row.cost_micro_usd for row in case.tried)
    return visit.show("job.html", job=case.job, case=case, cost=cost, acts=acts)


async def take(visit: Visit, form: Mapping[str, str]) -> str:
    """POST /admin/jobs/{code} {key, retry: 1 | 0, why}"""
    code, key, why = visit.request.match_info["code"], form["key"], form.get("why", "")
    if form.get("retry") == "1":
        begun = await visit.office.jobs.retry(visit.admin, code, key=key, why=why)
        return f"{PATH}/jobs/{begun}?done={'retried' if begun == code.upper() else 'repeated'}"
    await visit.office.jobs.end(visit.admin, code, key=key, why=why)
    return f"{PATH}/jobs/{code}?done=stopped"
