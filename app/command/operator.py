"""`admin`: everything an operator does under their login."""

from __future__ import annotations

from uuid import UUID

import click

from app.command.carrying import carry_out
from app.command.office import ACTS, LOOKS
from app.command.option import KEY, LIMIT, WHY
from app.command.pool import pools
from app.command.voucher import codes


@click.group()
def admin() -> None:
    """Act for the whole factory under your login, on record.

    Every act is written down with who did it and why. Beyond ADMIN_ALONE_UP_TO credits or ADMIN_POOLS_ALONE_UP_TO
    dollars within a day it is only proposed, and another person has to approve it; ADMINS says who has several logins.
    """


@admin.command("link")
def admin_link() -> None:
    """Print a link that signs you in to the operators' pages, once.

    Under your login on this machine, as an owner: who is at the command line has all of the factory here anyway.
    """
    carry_out("admission")


@admin.command("proposals")
def admin_proposals() -> None:
    """Print what waits for a second operator."""
    carry_out("administration", verb="proposals")


@admin.command("approve")
@click.argument("proposal", metavar="ID", type=click.UUID)
def admin_approve(proposal: UUID) -> None:
    """Carry out what somebody else proposed."""
    carry_out("administration", verb="approve", proposal=str(proposal))


@admin.command("reject")
@click.argument("proposal", metavar="ID", type=click.UUID)
def admin_reject(proposal: UUID) -> None:
    """Drop a proposal, your own included."""
    carry_out("administration", verb="reject", proposal=str(proposal))


@admin.command("journal")
@LIMIT
def admin_journal(limit: int) -> None:
    """Print who did what to which wallet, newest first."""
    carry_out("administration", verb="journal", limit=limit)


@admin.command("refund")
@click.argument("payment", metavar="PAYMENT")
@click.argument("amount", metavar="[MINOR]", type=click.IntRange(1), required=False)
@WHY
@KEY
def admin_refund(payment: str, amount: int | None, why: str, key: str | None) -> None:
    """Give the money of a payment back, and take its credits.

    PAYMENT is the company's name of it: Stripe's pi_..., or Telegram's charge. MINOR is in smallest units (cents);
    without it all that is left is given back, and of Stars always all.
    """
    carry_out("refund", verb="refund", payment=payment, amount=amount, why=why, key=key)


@admin.command("reconcile")
def admin_reconcile() -> None:
    """Read the books of Stripe and Telegram against ours.

    What we were not told of is merged, what differs is printed. It runs by itself every hour.
    """
    carry_out("refund", verb="reconcile")


for verb in (*LOOKS, *ACTS, codes, pools):
    admin.add_command(verb)
