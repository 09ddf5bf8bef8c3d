"""`thumbnail-factory admin`: what operators do to wallets, under the login they have on this machine."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import click

from app.credit import LONGEST_WHY, actor, found
from app.database import connection_string
from app.factory import opened
from app.refund import say
from app.stop import Stop
from core.domain.identity import account
from core.settings import Settings
from core.store.administration import Administration, Proposal
from core.store.error import Blocked, Conflict, Ended, Insufficient, StoreError, Unknown
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
    reason = " ".join(why.split())
    if who and not 0 < len(reason) <= LONGEST_WHY:
        raise Stop(f"Say why in 1 to {LONGEST_WHY} characters: the person reads it under /balance.")
    try:
        if who:
            asyncio.run(_move(settings, who, -amount if verb == "deduct" else amount, reason, key or uuid4().hex[:12]))
        elif proposal:
            asyncio.run(_decide(settings, proposal, approve=verb == "approve"))
        else:
            asyncio.run(_list(settings, verb, limit))
    except Insufficient as short:
        raise Stop(f"Nothing was taken: there are {short.detail['have']} to take.") from None
    except Conflict:
        raise Stop(f"The key {key} has done something else before. Nothing was done now.") from None
    except Blocked:
        raise Stop("You proposed it yourself: somebody with another login has to approve it.") from None
    except (Ended, Unknown) as gone:
        raise Stop(f"Nothing was done: {gone}.") from None
    except StoreError as error:
        raise Stop(f"The database does not take it: {error}") from error


async def _move(settings: Settings, who: str, amount: int, why: str, key: str) -> None:
    async with opened(settings) as factory:
        holder = await found(Treasury(factory.direct), who)
        # Before anything moves: whoever loses the answer must know what to ask again with.
        click.echo(f"The key of this act is {key}.")
        moved = await factory.administration.move(holder.user_id, amount, key=key, why=why, actor=actor())
        again = "Nothing new, the key has done so before: " if moved.replayed else ""
        if moved.proposal:
            click.echo(f"{again}{amount:+d} proposed. Somebody else: thumbnail-factory admin approve {moved.proposal}")
        else:
            click.echo(f"{again}{amount:+d} for account {account(holder.user_id)}, by {actor()}.")


async def _decide(settings: Settings, proposal: str, *, approve: bool) -> None:
    async with opened(settings) as factory:
        fresh = await factory.administration.decide(proposal, approve=approve, actor=actor())
        click.echo(f"{'Approved' if approve else 'Rejected'}{'' if fresh else ' before, by you'}.")
        if approve:
            say(await factory.refunding.carry_out())


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
        return "a code or a payment"
    return account(one.user_id) if one.user_id else "somebody who has left"


async def _done(known: Administration, limit: int) -> list[str]:
    return [
        f"{one.at:%Y-%m-%d %H:%M} UTC  {one.actor:<16} {one.act:<8} {one.credits:+7d}  "
        f"{f'wallet {one.wallet_id}' if one.wallet_id else one.subject or 'codes'}: {one.reason}"
        for one in await known.journal(limit)
    ]
