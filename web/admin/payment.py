"""Payments: what companies told, what it came to, and those in doubt, which somebody releases or rejects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from aiohttp import web

from core.services.admission import PATH
from core.services.office.book import Wanted
from core.services.office.payment import Payment
from web.admin.form import credits_of, money_of
from web.admin.gate import Visit

PAGE: Final = 40
SHOWN: Final = 20


async def listed(visit: Visit) -> web.StreamResponse:
    """GET /admin/payments?doubted=1&text=&at=&reference="""
    doubted, text = visit.asked("doubted") == "1", visit.asked("text")
    found = await visit.office.payments.listed(
        doubted=doubted, text=text, limit=PAGE + 1, before=visit.before("reference")
    )
    last = found[PAGE - 1] if len(found) > PAGE else None
    return visit.show("payments.html", payments=found[:PAGE], last=last, doubted=doubted, text=text)


async def one(visit: Visit) -> web.StreamResponse:
    """GET /admin/payments/{provider}/{reference}"""
    office, named = visit.office, visit.request.match_info
    found, told, claims = await office.payments.one(named["provider"], named["reference"])
    postings = await office.books.postings(Wanted(text=f"{found.provider}:{found.reference}"), limit=SHOWN)
    acts = await office.books.journal(SHOWN, subject=found.subject)
    left = await office.payments.refundable(found.provider, found.reference)
    return visit.show("payment.html", one=found, told=told, claims=claims, postings=postings, acts=acts, left=left)


async def release(visit: Visit, form: Mapping[str, str]) -> str:
    """POST /admin/payments/{provider}/{reference}/release {key, credits?, whose?, why}"""
    found = await _named(visit)
    amount = credits_of(form) if form.get("credits", "").strip() else None
    whose = form.get("whose", "")
    moved = await visit.office.payments.release(
        visit.admin, found, key=form["key"], why=form.get("why", ""), amount=amount, whose=whose
    )
    return f"{_path(found)}?done={'proposed' if moved.proposal else 'released'}"


async def reject(visit: Visit, form: Mapping[str, str]) -> str:
    """POST /admin/payments/{provider}/{reference}/reject {key, why}"""
    found = await _named(visit)
    await visit.office.payments.reject(visit.admin, found, key=form["key"], why=form.get("why", ""))
    return f"{_path(found)}?done=dropped"


async def refund(visit: Visit, form: Mapping[str, str]) -> str:
    """POST /admin/payments/{provider}/{reference}/refund {key, amount?, why}: in whole units of the currency."""
    found = await _named(visit)
    minor = money_of(form, found.paid_currency)
    given = await visit.office.payments.refund(
        visit.admin, found.provider, found.reference, minor, key=form["key"], why=form.get("why", "")
    )
    mine = [one for one in given.outcomes if one.refund.reference == found.reference]
    refused, later = any(one.trouble and not one.again for one in mine), any(one.again for one in mine)
    done = "proposed" if given.proposal else "not_refunded" if refused else "refund_later" if later else "refunded"
    return f"{_path(found)}?done={done}"


async def _named(visit: Visit) -> Payment:
    found, *_ = await visit.office.payments.one(
        visit.request.match_info["provider"], visit.request.match_info["reference"]
    )
    return found


def _path(one: Payment) -> str:
    return f"{PATH}/payments/{one.provider}/{one.reference}"
