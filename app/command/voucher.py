"""`admin code`: codes that people redeem for credits."""

from __future__ import annotations

from uuid import UUID

import click

from app.command.carrying import carry_out
from app.command.option import WHY


@click.group("code")
def codes() -> None:
    """Make codes that people redeem for credits, each person each code once."""


@codes.command("make")
@click.argument("amount", metavar="N", type=click.IntRange(1, 1_000_000))
@click.option("--uses", type=click.IntRange(1, 100_000), default=1, show_default=True, help="How many people.")
@click.option("--days", type=click.IntRange(1, 730), default=30, show_default=True, help="How long it can be redeemed.")
@click.option("--referral", metavar="WHO", default="", help="As much again for them, each time.")
@click.option("--why", required=True, help="The reason, which people read under /balance.")
@click.option("--key", help="Names this act: the same key again shows the same code. Without one, a fresh one.")
def code_make(amount: int, uses: int, days: int, referral: str, why: str, key: str | None) -> None:
    """Make a code worth N credits and print it, this once.

    All that its uses may come to counts against ADMIN_ALONE_UP_TO, together with the other codes of a day.
    """
    carry_out("voucher", verb="make", amount=amount, uses=uses, days=days, referral=referral, why=why, key=key)


@codes.command("list")
def code_list() -> None:
    """Print every code by its id: how often it was redeemed, and whether it is good."""
    carry_out("voucher", verb="list")


@codes.command("revoke")
@click.argument("code", metavar="ID", type=click.UUID)
@WHY
def code_revoke(code: UUID, why: str) -> None:
    """End a code. What was redeemed stays."""
    carry_out("voucher", verb="revoke", code=str(code), why=why)
