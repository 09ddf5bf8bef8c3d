"""`thumbnail-factory credits show|grant|deduct`: what a person or a Discord server has, and what operators do to it."""

from __future__ import annotations

import asyncio
import re
from uuid import uuid4

import click

from app.database import connection_string
from app.factory import opened
from app.operator import explained, operator
from app.stop import Stop
from core.domain.guild import Guild, Payer
from core.domain.identity import ACCOUNT_DIGITS, account
from core.services.office.act import said
from core.settings import Settings
from core.store.administration import Moved
from core.store.guild import Guilds
from core.store.wallet import Balance, Holder, Treasury, Wallets

PLATFORMS = ("telegram", "discord")
"""Whose numbers of a person an operator can know; a browser's is nobody's business."""
_ACCOUNT = re.compile(rf"[0-9a-f]{{{ACCOUNT_DIGITS},32}}")
_GUILD = re.compile(r"guild:(\d{17,20})")
"""A server's wallet is there as soon as somebody gives it something, so that a slip must not pass for a number."""
_GUILDS = "discord"


def main(
    settings: Settings,
    *,
    verb: str,
    who: str,
    amount: int = 0,
    why: str = "",
    key: str | None = None,
    new: bool = False,
) -> None:
    if not settings.embedded:
        connection_string(settings)
    key = key or uuid4().hex[:12]
    if verb == "show":
        with explained():
            asyncio.run(_show(settings, who))
    else:
        with explained(f". Say the same once more with --key {key}: it is done once, whatever has come of it now."):
            asyncio.run(_move(settings, who, amount if verb == "grant" else -amount, said(why), key, new=new))


async def _show(settings: Settings, who: str) -> None:
    async with opened(settings) as factory:
        if guild := _GUILD.fullmatch(who):
            _print_guild(guild[1], await Guilds(factory.transport).read(_GUILDS, guild[1]))
        else:
            holder = await found(Treasury(factory.direct), who)
            _print(holder, await Wallets(factory.transport).balance(holder.user_id))


async def _move(settings: Settings, who: str, amount: int, why: str, key: str, *, new: bool) -> None:
    async with opened(settings) as factory:
        treasury, people, me = Treasury(factory.direct), factory.office.people, operator(settings)
        if amount > 0 and (guild := _GUILD.fullmatch(who)):
            if not new and not await treasury.knows_guild(_GUILDS, guild[1]):
                raise Stop(f"Nobody has used this factory in server {guild[1]} yet. If the number is right, add --new.")
            _announce(key)
            _told(await people.give_guild(me, _GUILDS, guild[1], amount, key=key, why=why), amount, key)
            _print_guild(guild[1], await Guilds(factory.transport).read(_GUILDS, guild[1]))
        else:
            holder = await found(treasury, who)
            _announce(key)
            _told(await people.move(me, holder.user_id, amount, key=key, why=why), amount, key)
            _print(holder, await Wallets(factory.transport).balance(holder.user_id))


def _announce(key: str) -> None:
    """Before anything moves: whoever loses the answer must know what to ask again with."""
    click.echo(f"The key of this act is {key}.")


def _told(moved: Moved, amount: int, key: str) -> None:
    if moved.proposal:
        click.echo(f"{amount:+d} proposed. Somebody else: thumbnail-factory admin approve {moved.proposal}")
    elif moved.replayed:
        click.echo(f"Nothing moved: the key {key} has done so before.")
    else:
        click.echo(f"{abs(amount)} {'given' if amount > 0 else 'taken'} (key {key}).")


async def found(treasury: Treasury, who: str) -> Holder:
    """Raises Stop unless exactly one person is meant."""
    platform, colon, ref = who.partition(":")
    if colon and platform in PLATFORMS and ref:
        holder = await treasury.of_identity(platform, ref)
        if holder is None:
            raise Stop(f"{who} has not written to this factory yet: a person has a wallet from the first message on.")
        return holder
    digits = who.lower().replace("-", "")
    if not _ACCOUNT.fullmatch(digits):
        raise Stop(f"{who} names nobody. Say telegram:ID, discord:ID, guild:ID, or the account shown under /balance.")
    holders = await treasury.of_account(digits)
    if not holders:
        raise Stop(f"Nobody here has the account {who}. /balance in their chat shows it.")
    if len(holders) > 1:
        raise Stop(f"{who} may be any of these, so say more of it: {', '.join(one.user_id for one in holders)}")
    return holders[0]


def _print_guild(guild: str, known: Guild) -> None:
    pays = "pays for its members" if known.rules.payer is Payer.GUILD else "does not pay: /server there decides"
    click.echo(f"server {guild}: to spend {known.wallet.available}; held {known.wallet.held}; {pays}")


def _print(holder: Holder, balance: Balance) -> None:
    wallet = balance.wallet
    click.echo(
        f"account {account(holder.user_id)} ({holder.user_id}): {', '.join(holder.platforms)}, "
        f"last seen {holder.last_seen_at:%Y-%m-%d %H:%M} UTC"
    )
    click.echo(
        f"to spend {wallet.available}: monthly {wallet.monthly}, given back {wallet.granted}, "
        f"without an end {wallet.purchased}; held {wallet.held}, owed {wallet.debt}"
    )
    for one in balance.movements:
        click.echo(f"  {one.at:%Y-%m-%d %H:%M} {one.kind:<9} {one.credits:+6d}  {one.reference or ''}".rstrip())
