"""Codes that people redeem for credits: made, shown once, and ended."""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web

from core.services.admission import PATH
from web.admin.form import credits_of, number_of
from web.admin.gate import Visit


async def listed(visit: Visit) -> web.StreamResponse:
    """GET /admin/codes"""
    return visit.show("codes.html", codes=await visit.office.codes.listed(), issued=None)


async def make(visit: Visit, form: Mapping[str, str]) -> web.StreamResponse:
    """POST /admin/codes {key, credits, uses, days, referral?, why}: the page with the code on it, this once."""
    issued = await visit.office.codes.make(
        visit.admin,
        credits_of(form),
        number_of(form, "uses"),
        days=number_of(form, "days"),
        referral=form.get("referral", ""),
        key=form["key"],
        why=form.get("why", ""),
    )
    return visit.show("codes.html", codes=await visit.office.codes.listed(), issued=issued)


async def revoke(visit: Visit, form: Mapping[str, str]) -> str:
    """POST /admin/codes/{code}/revoke {key, why}"""
    await visit.office.codes.revoke(visit.admin, visit.request.match_info["code"], why=form.get("why", ""))
    return f"{PATH}/codes?done=revoked"
