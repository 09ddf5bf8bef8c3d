"""Usage and cost by day, provider and model; and alerts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

from aiohttp import web

from core.services.admission import PATH
from core.services.office.usage import Figures
from web.admin.chart import Chart, stacked
from web.admin.gate import Visit

SPANS: Final = (7, 30, 90)
SHOWN: Final = 60
COLOURS: Final = 4
OTHERS: Final = "others"


async def show(visit: Visit) -> web.StreamResponse:
    """GET /admin/usage?days="""
    span = visit.number("days")
    span = span if span in SPANS else SPANS[1]
    figures = await visit.office.usage.figures(span)
    days = [figures.since + timedelta(days=number) for number in range(span)]
    return visit.show(
        "usage.html",
        figures=figures,
        span=span,
        spans=SPANS,
        cost=_by("provider", figures, days, "cost_micro_usd"),
        by_model=_by("model", figures, days, "cost_micro_usd"),
        calls=_by("provider", figures, days, "calls"),
        takings=stacked(days, {"credits": {row.day: row.credits for row in figures.takings}}),
        revenue=_revenue(figures, days),
    )


def _by(of: str, figures: Figures, days: list[date], field: str) -> Chart:
    """By `provider` or `model`: the dearest, each in one colour whatever is counted, and all others in the fourth."""
    sums: dict[str, int] = defaultdict(int)
    for row in figures.calls:
        sums[getattr(row, of)] += row.cost_micro_usd
    first = sorted(sums, key=lambda name: (-sums[name], name))[: COLOURS - (len(sums) > COLOURS)]
    series: dict[str, dict[date, int]] = {name: defaultdict(int) for name in (*first, OTHERS)}
    for row in figures.calls:
        name = getattr(row, of)
        series[name if name in first else OTHERS][row.day] += getattr(row, field)
    return stacked(days, {name: row for name, row in series.items() if any(row.values())})


def _revenue(figures: Figures, days: list[date]) -> Chart:
    series: dict[str, dict[date, int]] = defaultdict(dict)
    for row in figures.revenue:
        if row.micro_usd:
            series[row.currency.upper()][row.day] = row.micro_usd
    return stacked(days, dict(sorted(series.items())))


async def alerts(visit: Visit) -> web.StreamResponse:
    """GET /admin/alerts"""
    return visit.show("alerts.html", alerts=await visit.office.usage.alerts(SHOWN))


async def resolve(visit: Visit, form: Mapping[str, str]) -> str:
    """POST /admin/alerts {key, alert, why}"""
    await visit.office.usage.resolve(visit.admin, form.get("alert", ""), key=form["key"], why=form.get("why", ""))
    return f"{PATH}/alerts?done=seen_to"
