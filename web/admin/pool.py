"""Pools and refill: the money that lies with providers, in dollars here and micro-USD in the store."""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web

from core.domain.record import Json
from core.services.admission import PATH
from core.services.office.act import Reason, Refused
from web.admin.form import micro_of, number_of, rates_of
from web.admin.gate import Visit

SHOWN = 20
WHOLE = 100
"""Per cent."""
_NEVER = -1
"""Takes a cap or a floor away."""


async def listed(visit: Visit) -> web.StreamResponse:
    """GET /admin/pools"""
    pools = await visit.office.pools.listed()
    subjects = ("shares", *(f"pool:{one.provider}" for one in pools))
    acts = [row for subject in subjects for row in await visit.office.books.journal(SHOWN, subject=subject)]
    latest = sorted(acts, key=lambda row: -row.id)[:SHOWN]
    shares, open_ = await visit.office.pools.shares(), visit.request.match_info.get("provider", "")
    return visit.show("pools.html", pools=pools, shares=shares, acts=latest, open=open_)


async def share(visit: Visit, form: Mapping[str, str]) -> str:
    """POST /admin/pools {key, percent?, rates?, why}: what is set aside of what people pay."""
    percent = number_of(form, "percent") if form.get("percent", "").strip() else None
    if percent is not None and percent > WHOLE:
        raise Refused(Reason.AMOUNT)
    await visit.office.pools.share(visit.admin, percent, rates_of(form), key=form["key"], why=form.get("why", ""))
    return f"{PATH}/pools?done=pool_set"


async def tend(visit: Visit, form: Mapping[str, str]) -> str:
    """POST /admin/pools/{provider}/{refill | move | set} {key, why, ...}: amount (and to), or the rules anew."""
    named = visit.request.match_info
    provider, deed, pools = named["provider"], named["deed"], visit.office.pools
    key, why = form["key"], form.get("why", "")
    if deed == "set":
        changes = await _changes(visit, provider, form)
        moved = await pools.rule(visit.admin, provider, changes, key=key, why=why)
    else:
        amount = micro_of(form, "amount")
        if amount is None:
            raise Refused(Reason.AMOUNT)
        if deed == "refill":
            moved = await pools.refill(visit.admin, provider, amount, key=key, why=why)
        else:
            moved = await pools.move(visit.admin, provider, form.get("to", ""), amount, key=key, why=why)
    return f"{PATH}/pools?done={'proposed' if moved.proposal else f'pool_{deed}'}"


async def _changes(visit: Visit, provider: str, form: Mapping[str, str]) -> dict[str, Json]:
    """What the form says otherwise than it stands."""
    fund = next((one.fund for one in await visit.office.pools.listed() if one.provider == provider), None)
    if fund is None:
        raise Refused(Reason.UNKNOWN)
    bounds: dict[str, Json] = {
        "cap": _NEVER if fund.daily_cap is None else fund.daily_cap,
        "keeps": _NEVER if fund.keeps is None else fund.keeps,
    }
    stands = {**bounds, "low": fund.low, "emergency": fund.emergency, "weight": fund.weight, "active": fund.active}
    return {name: value for name, value in _rules(form).items() if value != stands[name]}


def _rules(form: Mapping[str, str]) -> dict[str, Json]:
    """The whole form, as it stands; an empty cap or floor is none."""
    amounts = {name: micro_of(form, name) for name in ("cap", "low", "emergency", "keeps")}
    if any(value is not None and value < 0 for value in amounts.values()):
        raise Refused(Reason.AMOUNT)
    bounded = {name: _NEVER if amounts[name] is None else amounts[name] for name in ("cap", "keeps")}
    floors = {name: amounts[name] or 0 for name in ("low", "emergency")}
    return {**bounded, **floors, "weight": number_of(form, "weight"), "active": form.get("active") == "1"}
