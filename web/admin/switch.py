"""Switches: features and providers, off for everybody at once."""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web

from core.services.admission import PATH
from web.admin.gate import Visit


async def show(visit: Visit) -> web.StreamResponse:
    """GET /admin/switches"""
    levers = await visit.office.switches.levers()
    return visit.show("switches.html", levers=levers, open=(visit.form or {}).get("name", ""))


async def turn(visit: Visit, form: Mapping[str, str]) -> str:
    """POST /admin/switches {key, name, off: 1 | 0, why}"""
    off = form.get("off") == "1"
    await visit.office.switches.turn(
        visit.admin, form.get("name", ""), off=off, key=form["key"], why=form.get("why", "")
    )
    return f"{PATH}/switches?done={'off' if off else 'on'}"
