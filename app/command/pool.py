"""`admin pools`: the money that lies with providers."""

from __future__ import annotations

from decimal import Decimal

import click

from app.command.carrying import carry_out
from app.command.option import KEY, WHY


@click.group("pools")
def pools() -> None:
    """Look after the money that lies with providers.

    NAME is a provider (gemini), amounts are dollars. A provider without a pool is asked without limit; one whose pool
    may not do for its dearest set is not offered until it is refilled.
    """


@pools.command("list")
def pools_list() -> None:
    """Print every pool: what is left, reserved and spent today, and its thresholds."""
    carry_out("pools", verb="list")


@pools.command("refill", context_settings={"ignore_unknown_options": True})
@click.argument("name", metavar="NAME")
@click.argument("amount", metavar="DOLLARS", type=Decimal)
@WHY
@KEY
def pools_refill(name: str, amount: Decimal, why: str, key: str | None) -> None:
    """Book what was paid to a provider; below zero it corrects. The first refill makes the pool."""
    carry_out("pools", verb="refill", name=name, amount=amount, why=why, key=key)


@pools.command("move")
@click.argument("name", metavar="FROM")
@click.argument("to", metavar="TO")
@click.argument("amount", metavar="DOLLARS", type=Decimal)
@WHY
@KEY
def pools_move(name: str, to: str, amount: Decimal, why: str, key: str | None) -> None:
    """Move money from one pool to another."""
    carry_out("pools", verb="move", name=name, to=to, amount=amount, why=why, key=key)


@pools.command("shares")
@click.option("--percent", type=click.IntRange(0, 100), help="Of what people pay, set aside for the pools.")
@click.option(
    "--rate",
    "rates",
    multiple=True,
    metavar="CURRENCY=DOLLARS",
    help="What one is worth: eur=1.08, xtr=0.013 (a Star).",
)
@click.option("--why", default="", help="The reason, for the journal.")
@KEY
def pools_shares(percent: int | None, rates: tuple[str, ...], why: str, key: str | None) -> None:
    """Print, or change, what of people's payments is set aside; a change counts from then on."""
    carry_out("pools", verb="shares", percent=percent, rates=rates, why=why, key=key)


@pools.command("set", context_settings={"ignore_unknown_options": True})
@click.argument("name", metavar="NAME")
@click.option("--cap", type=Decimal, help="What one day (UTC) may cost; -1: no limit.")
@click.option("--low", type=Decimal, help="Below this a refill is asked for; below a fifth of the last refill anyway.")
@click.option("--emergency", type=Decimal, help="What is never spent.")
@click.option("--weight", type=click.IntRange(0, 1_000_000), help="Its part of what is set aside from revenue.")
@click.option("--keeps", type=Decimal, help="What is above this at a month's end goes to other pools; -1: all stays.")
@click.option("--active/--off", default=None, help="Off: asked without limit, and what it costs still booked.")
@WHY
@KEY
def pools_set(name: str, why: str, key: str | None, **rules: Decimal | int | bool | None) -> None:
    """Change a pool's cap, thresholds and share. What is not named stays."""
    carry_out("pools", verb="set", name=name, rules=rules, why=why, key=key)
