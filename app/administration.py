"""`thumbnail-factory admin proposals|approve|reject|journal`: the second operator's word, and who did what."""

from __future__ import annotations

import asyncio

import click

from app.database import connection_string
from app.factory import opened
from app.operator import explained, operator
from app.refund import say
from core.domain.identity import account
from core.services.office.office import Office
from core.settings import Settings
from core.store.administration import Done, Proposal


def main(
    settings: Settings,
    *,
    verb: str,
    proposal: str = "",
    limit: int = 0,
) -> None:
    if not settings.embedded:
        connection_string(settings)
    with explained():
        if proposal:
            asyncio.run(_decide(settings, proposal, approve=verb == "approve"))
        else:
            asyncio.run(_list(settings, verb, limit))


async def _decide(settings: Settings, proposal: str, *, approve: bool) -> None:
    async with opened(settings) as factory:
        decided = await factory.office.proposals.decide(operator(settings), proposal, approve=approve)
        click.echo(f"{'Approved' if approve else 'Rejected'}{'' if decided.fresh else ' before, by you'}.")
        say(decided.outcomes)


async def _list(settings: Settings, verb: str, limit: int) -> None:
    async with opened(settings) as factory:
        office = factory.office
        lines = await _waiting(office) if verb == "proposals" else await _done(office, limit)
        for line in lines or ["None."]:
            click.echo(line)


async def _waiting(office: Office) -> list[str]:
    return [
        f"{one.id}  {f'{one.credits:+d} for ' if one.credits else ''}{_whom(one)}, "
        f"by {one.proposed_by} until {one.expires_at:%Y-%m-%d %H:%M} UTC: {one.reason}"
        for one in await office.proposals.waiting()
    ]


def _whom(one: Proposal) -> str:
    if one.user_id:
        return account(one.user_id)
    return one.subject or ("somebody who has left" if one.wallet else "a code")


def _about(one: Done) -> str:
    if one.wallet_id:
        return f"wallet {one.wallet_id}"
    return one.subject or ("the pages" if one.act == "sign_in" else "codes")


async def _done(office: Office, limit: int) -> list[str]:
    return [
        f"{one.at:%Y-%m-%d %H:%M} UTC  {one.actor:<16} {one.act:<13} {one.credits:+7d}  "
        + ": ".join(filter(None, (_about(one), one.reason)))
        for one in await office.books.journal(limit)
    ]
