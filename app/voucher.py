"""`thumbnail-factory admin code`: codes that people redeem for credits."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import click

from app.database import connection_string
from app.factory import opened
from app.operator import explained, operator
from core.domain.identity import account
from core.settings import Settings


def main(
    settings: Settings,
    *,
    verb: str,
    amount: int = 0,
    uses: int = 0,
    days: int = 0,
    why: str = "",
    referral: str = "",
    key: str | None = None,
    code: str = "",
) -> None:
    if not settings.embedded:
        connection_string(settings)
    key = key or uuid4().hex[:12]
    with explained():
        if verb == "make":
            asyncio.run(_make(settings, amount, uses, days, why, referral, key))
        elif verb == "revoke":
            asyncio.run(_revoke(settings, code, why))
        else:
            asyncio.run(_list(settings))


async def _make(settings: Settings, amount: int, uses: int, days: int, why: str, referral: str, key: str) -> None:
    async with opened(settings) as factory:
        click.echo(f"The key of this act is {key}.")
        me, codes = operator(settings), factory.office.codes
        issued = await codes.make(me, amount, uses, days=days, referral=referral, key=key, why=why)
        click.echo(f"{issued.shown}  brings {amount} to each of {uses}, for {days} days. It is shown here only.")
        link = f", or open https://t.me/YOUR_BOT?start=redeem_{issued.code}" if settings.telegram_bot_token else ""
        click.echo(f"People send /redeem {issued.shown}{link}")
        if issued.proposal:
            click.echo(f"Not good yet. Somebody else: thumbnail-factory admin approve {issued.proposal}")


async def _revoke(settings: Settings, code: str, why: str) -> None:
    async with opened(settings) as factory:
        fresh = await factory.office.codes.revoke(operator(settings), code, why=why)
        click.echo(f"Revoked{'' if fresh else ' before'}: nobody redeems it any more, and what was redeemed stays.")


async def _list(settings: Settings) -> None:
    async with opened(settings) as factory:
        for one in await factory.office.codes.listed():
            owner = f", both with {account(one.owner) if one.owner else 'nobody any more'}" if one.referral else ""
            click.echo(
                f"{one.id}  {one.state:<8} {one.credits} x {one.used}/{one.uses}{owner}, "
                f"until {one.expires_at:%Y-%m-%d}, by {one.made_by}: {one.note}"
            )
