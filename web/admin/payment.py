"""Payments: what companies told, what it came to, and those in doubt, which somebody releases or rejects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from aiohttp import web

from core.services.admission import PATH
from core.services.office import Payment, Wanted
from web.admin.gate import Visit
from web.admin.people import amount_of

PAGE: Final = 40
SHOWN: Final = 20


async def listed(visit: Visit) -> web.StreamResponse:
    """GET /admin/payments?doubted=1&text=&at=&reference="""
    doubted, text = visit.asked("doubted") == "1", visit.asked("text")
    found = await visit.office.payments(doubted=doubted, text=text, limit=PAGE + 1, before=visit.before("reference"))
    last = found[PAGE - 1] if len(found) > PAGE else None
    return visit.show("payments.html", payments=found[:PAGE], last=last, doubted=doubted, text=text)


async def one(visit: Visit) -> web.StreamResponse:
    """GET /admin/payments/{provider}/{reference}"""
    office, named = visit.office, visit.request.match_info
    found, told, claims = await office.payment(named["provider"], named["reference"])
    postings = await office.postings(Wanted(text=f"{found.provider}:{found.reference}"), limit=SHOWN)
    acts = await office.journal(SHOWN, subject=found.subject)
    return visit.show("payment.html", one=found, told=told, claims=claims, postings=postings, acts=acts)


async def release(visit: Visit, form: Mapping[str, str]) -> str:
    """POST /admin/payments/{provider}/{reference}/release {key, credits?, whose?, why}"""
    found = await _named(visit)
    amount = amount_of(form) if form.get("credits", "").strip() else None
    whose = form.get("whose", "")
    moved = await visit.office.release_payment(
        visit.admin, found, key=form["key"], why=form.get("why", ""), amount=amount, whose=whose
    )
    return f"{_path(found)}?done={'proposed' if moved.proposal else 'released'}"


async def reject(visit: Visit, form: Mapping[str, str]) -> str:
    """POST /admin/payments/{provider}/{reference}/reject {key, why}"""
    found = await _named(visit)
    await visit.office.reject_payment(visit.admin, found, key=form["key"], why=form.get("why", ""))
    return f"{_path(found)}?done=dropped"


async def _named(visit: Visit) -> Payment:
    found, *_ = await visit.office.payment(visit.request.match_info["provider"], visit.request.match_info["reference"])
    return found


def _path(one: Payment) -> str:
    return f"{PATH}/payments/{one.provider}/{one.reference}"
