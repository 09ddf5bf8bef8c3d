"""`credits`: what somebody has, and giving or taking some."""

from __future__ import annotations

from collections.abc import Callable

import click

from app.command.carrying import carry_out


@click.group("credits")
def credit() -> None:
    """See what a person or a server has, and give or take some under your login, on record.

    WHO is telegram:ID or discord:ID (the platform's number of the person), or the account that the person reads
    under /balance; a browser chat has nothing else. A Discord server is guild:ID.
    """


@credit.command("show")
@click.argument("who", metavar="WHO")
def credit_show(who: str) -> None:
    """Print what a person or a server has; of a person also what moved last."""
    carry_out("credit", verb="show", who=who)


def _moving(asked: Callable[..., None]) -> Callable[..., None]:
    for said in (
        click.option(
            "--key", help="Names this act: the same key again does nothing. Without one, a fresh one is printed first."
        ),
        click.option("--why", required=True, help="The reason, which the person reads under /balance."),
        click.argument("amount", metavar="N", type=click.IntRange(1, 1_000_000)),
        click.argument("who", metavar="WHO"),
    ):
        asked = said(asked)
    return asked


@credit.command("grant")
@_moving
@click.option("--new", is_flag=True, help="Also to a server that nobody has used this factory in yet.")
def credit_grant(who: str, amount: int, why: str, key: str | None, new: bool) -> None:
    """Give a person or a server credits that never expire.

    WHO is telegram:ID, discord:ID, guild:ID (a Discord server), or the account shown under /balance.
    """
    carry_out("credit", verb="grant", who=who, amount=amount, why=why, key=key, new=new)


@credit.command("deduct")
@_moving
def credit_deduct(who: str, amount: int, why: str, key: str | None) -> None:
    """Take credits from a person, as many as there are at most.

    WHO is telegram:ID, discord:ID, or the account shown under /balance.
    """
    carry_out("credit", verb="deduct", who=who, amount=amount, why=why, key=key)
