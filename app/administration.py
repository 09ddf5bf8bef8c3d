"""`thumbnail-factory admin proposals|approve|reject|journal`: the second operator's word, and who did what."""

from __future__ import annotations

import asyncio

import click

from app.database import connection_string
from app.factory import opened
from app.operator import explained, operator
from app.refund import say
from core.domain.identity import account
from core.settings import Settings
from core.store.administration import Administration, Proposal


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
        known = factory.administration
        lines = await _waiting(known) if verb == "proposals" else await _done(known, limit)
        for line in lines or ["None."]:
            click.echo(line)


async def _waiting(known: Administration) -> list[str]:
    return [
        f"{one.id}  {f'{one.credits:+d} for ' if one.credits else ''}{_whom(one)}, "
        f"by {one.proposed_by} until {one.expires_at:%Y-%m-%d %H:%M} UTC: {one.reason}"
        for one in await known.proposals()
    ]


def _whom(one: Proposal) -> str:
    if not one.wallet:
        return one.subject or "a code"
    return account(one.user_id) if one.user_id else "somebody who has left"


async def _done(known: Administration, limit: int) -> list[str]:
    return [
        f"{one.at:%Y-%m-%d %H:%M} UTC  {one.actor:<16} {one.act:<8} {one.credits:+7d}  "
        f"{f'wallet {one.wallet_id}' if one.wallet_id else one.subject or 'codes'}: {one.reason}"
        for one in await known.journal(limit)
    ]
