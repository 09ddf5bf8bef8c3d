"""`thumbnail-factory admin code`: codes that people redeem for credits."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import click

from app.credit import LONGEST_WHY, actor, found
from app.database import connection_string
from app.factory import opened
from app.stop import Stop
from core.domain.identity import account
from core.settings import Settings
from core.store.error import Conflict, StoreError, Unknown
from core.store.wallet import Treasury

_GROUP = 5
"""Letters that are read out together."""


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
    reason = " ".join(why.split())
    if verb != "list" and not 0 < len(reason) <= LONGEST_WHY:
        raise Stop(f"Say why in 1 to {LONGEST_WHY} characters: whoever redeems a code reads it under /balance.")
    try:
        if verb == "make":
            asyncio.run(_make(settings, amount, uses, days, reason, referral, key or uuid4().hex[:12]))
        elif verb == "revoke":
            asyncio.run(_revoke(settings, code, reason))
        else:
            asyncio.run(_list(settings))
    except Conflict:
        raise Stop(f"The key {key} has made something else before. Nothing was made now.") from None
    except Unknown as gone:
        raise Stop(f"Nothing was done: {gone}.") from None
    except StoreError as error:
        raise Stop(f"The database does not take it: {error}") from error


async def _make(settings: Settings, amount: int, uses: int, days: int, why: str, referral: str, key: str) -> None:
    async with opened(settings) as factory:
        owner = (await found(Treasury(factory.direct), referral)).user_id if referral else None
        click.echo(f"The key of this act is {key}.")
        codes = factory.voucher_codes
        code = codes.fresh(actor(), key)
        made = await factory.voucher_office.make(
            codes.hashed(code), amount, uses, owner=owner, note=why, days=days, key=key, actor=actor()
        )
        shown = "-".join(code[start : start + _GROUP] for start in range(0, len(code), _GROUP))
        click.echo(f"{shown}  brings {amount} to each of {uses}, for {days} days. It is shown here only.")
        link = f", or open https://t.me/YOUR_BOT?start=redeem_{code}" if settings.telegram_bot_token else ""
        click.echo(f"People send /redeem {shown}{link}")
        if made.proposal:
            click.echo(f"Not good yet. Somebody else: thumbnail-factory admin approve {made.proposal}")


async def _revoke(settings: Settings, code: str, why: str) -> None:
    async with opened(settings) as factory:
        fresh = await factory.voucher_office.revoke(code, why=why, actor=actor())
        click.echo(f"Revoked{'' if fresh else ' before'}: nobody redeems it any more, and what was redeemed stays.")


async def _list(settings: Settings) -> None:
    async with opened(settings) as factory:
        for one in await factory.voucher_office.all():
            owner = f", both with {account(one.owner) if one.owner else 'nobody any more'}" if one.referral else ""
            click.echo(
                f"{one.id}  {one.state:<8} {one.credits} x {one.used}/{one.uses}{owner}, "
                f"until {one.expires_at:%Y-%m-%d}, by {one.made_by}: {one.note}"
            )
