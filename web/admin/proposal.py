"""Proposals: what waits for another operator's word."""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web

from core.services.admission import PATH
from web.admin.gate import Visit


async def listed(visit: Visit) -> web.StreamResponse:
    """GET /admin/proposals"""
    rows = await visit.office.proposals.waiting()
    takings = {row.user_id for row in rows if row.user_id and row.credits < 0}
    there = {user: (await visit.office.people.one(user)).to_spend for user in sorted(takings)}
    return visit.show("proposals.html", proposals=rows, there=there)


async def decide(visit: Visit, form: Mapping[str, str]) -> str:
    """POST /admin/proposals {id, approve: 1 | 0}"""
    approve = form.get("approve") == "1"
    await visit.office.proposals.decide(visit.admin, form.get("id", ""), approve=approve)
    return f"{PATH}/proposals?done={'approved' if approve else 'rejected'}"
