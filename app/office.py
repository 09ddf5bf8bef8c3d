"""`thumbnail-factory admin people|ledger|payments|jobs|switch|alerts|usage ...`: the operators' pages for the command
line, by the same functions, under the login the system knows."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import click

from app.database import connection_string
from app.factory import opened
from app.operator import explained, operator
from core.domain.administration import Admin
from core.domain.identity import account
from core.services.office.book import Wanted
from core.services.office.office import Office
from core.settings import Settings

MICRO = 1_000_000


def main(settings: Settings, *, verb: str, **given: str | int | None) -> None:
    if not settings.embedded:
        connection_string(settings)
    with explained():
        for line in asyncio.run(_lines(settings, verb, given)) or ["None."]:
            click.echo(line)


async def _lines(settings: Settings, verb: str, given: dict[str, str | int | None]) -> list[str]:
    async with opened(settings) as factory:
        office, me = factory.office, operator(settings)
        if "why" in given:
            return await _done(office, me, verb, {name: value for name, value in given.items() if value is not None})
        return await _seen(office, verb, {name: value for name, value in given.items() if value is not None})


async def _done(office: Office, me: Admin, verb: str, given: dict[str, str | int]) -> list[str]:
    """An act, under a key of its own; what it was done to is named by `name`."""
    name, why, key = str(given["name"]), str(given["why"]), uuid4().hex
    match verb:
        case "release" | "drop":
            provider, _, reference = name.partition(":")
            one, *_ = await office.payments.one(provider, reference)
            if verb == "drop":
                await office.payments.reject(me, one, key=key, why=why)
                return [f"{name} stands for no credits."]
            amount, whose = int(given["credits"]) if "credits" in given else None, str(given.get("whose", ""))
            moved = await office.payments.release(me, one, key=key, why=why, amount=amount, whose=whose)
            if moved.proposal:
                return [f"Proposed. Somebody else: thumbnail-factory admin approve {moved.proposal}"]
            return [f"{name} is credited."]
        case "retry" | "end":
            if verb == "end":
                await office.jobs.end(me, name, key=key, why=why)
            else:
                name = await office.jobs.retry(me, name, key=key, why=why)
        case "on" | "off":
            await office.switches.turn(me, name, off=verb == "off", key=key, why=why)
        case "freeze" | "unfreeze":
            found = await office.people.meant(name)
            await office.people.freeze(me, found.user_id, freeze=verb == "freeze", key=key, why=why)
        case "seen-to":
            await office.usage.resolve(me, name, key=key, why=why)
    return [f"{name}: done, and in the journal."]


async def _seen(office: Office, verb: str, given: dict[str, str | int]) -> list[str]:
    text, limit = str(given.get("text", "")), int(given.get("limit", 30))
    match verb:
        case "people":
            return [
                f"{account(one.user_id)}  {one.to_spend:7d} to spend, {one.held} held, {one.debt} owed  "
                f"{', '.join(one.identities)}{'  FROZEN' if one.frozen_at else ''}"
                for one in await office.people.found(text, limit=limit)
            ]
        case "ledger":
            return [
                f"{one.at:%Y-%m-%d %H:%M} {one.kind:<9} {one.credits:+7d}  "
                f"{account(one.user_id) if one.user_id else 'left'}  {one.reference or ''}".rstrip()
                for one in await office.books.postings(Wanted(text=text), limit=limit)
            ]
        case "payments":
            return [
                f"{one.at:%Y-%m-%d %H:%M} {one.provider}:{one.reference}  paid {one.paid_minor} "
                f"{one.paid_currency or ''}, credited {one.credited}{f'  IN DOUBT: {one.doubt}' if one.doubt else ''}"
                for one in await office.payments.listed(text=text, doubted=bool(given.get("doubted")), limit=limit)
            ]
        case "jobs":
            return [
                f"{one.created_at:%Y-%m-%d %H:%M} {one.code} {one.kind:<12} {one.status:<11} price {one.price}  "
                f"{one.failure or ''}{'  SILENT' if one.stale else ''}".rstrip()
                for one in await office.jobs.listed(str(given.get("state", "open")), text=text, limit=limit)
            ]
        case "switches":
            return [
                f"{one.name:<10} {'off: ' + one.off.reason if one.off else 'on' if one.ready else 'no key'}"
                for one in await office.switches.levers()
            ]
        case "alerts":
            return [
                f"{one.last_at:%Y-%m-%d %H:%M} {one.key}  {one.times} times  {one.detail}"
                for one in await office.usage.alerts(limit)
                if one.resolved_at is None
            ]
        case _:
            figures = await office.usage.figures(limit)
            return [
                f"{row.name:<32} {row.calls:6d} calls, {row.failed} failed  ${row.cost_micro_usd / MICRO:,.2f}"
                for row in figures.models
            ]
