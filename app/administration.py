"""`thumbnail-factory admin`: what operators do to wallets, under the login they have on this machine."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import click

from app.credit import found
from app.database import connection_string
from app.factory import opened
from app.operator import explained, operator
from app.refund import say
from core.domain.identity import account
from core.settings import Settings
from core.store.administration import Administration, Proposal
from core.store.wallet import Treasury


def main(
    settings: Settings,
    *,
    verb: str,
    who: str = "",
    amount: int = 0,
    why: str = "",
    key: str | None = None,
    proposal: str = "",
    limit: int = 0,
) -> None:
    if not settings.embedded:
        connection_string(settings)
    with explained():
        if who:
            asyncio.run(_move(settings, who, -amount if verb == "deduct" else amount, why, key or uuid4().hex[:12]))
        elif proposal:
            asyncio.run(_decide(settings, proposal, approve=verb == "approve"))
        else:
            asyncio.run(_list(settings, verb, limit))


async def _move(settings: Settings, who: str, amount: int, why: str, key: str) -> None:
    async with opened(settings) as factory:
        holder, me = await found(Treasury(factory.direct), who), operator(settings)
        # Before anything moves: whoever loses the answer must know what to ask again with.
        click.echo(f"The key of this act is {key}.")
        moved = await factory.office.people.move(me, holder.user_id, amount, key=key, why=why)
        again = "Nothing new, the key has done so before: " if moved.replayed else ""
        if moved.proposal:
            click.echo(f"{again}{amount:+d} proposed. Somebody else: thumbnail-factory admin approve {moved.proposal}")
        else:
            click.echo(f"{again}{amount:+d} for account {account(holder.user_id)}, by {me.name}.")


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
        f"{one.id}  {one.credits:+d} for {_whom(one)}, "
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
