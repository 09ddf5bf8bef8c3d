"""`thumbnail-factory admin pools`: the money that lies with providers, in dollars here and micro-USD in the store."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from decimal import Decimal
from uuid import uuid4

import click

from app.database import connection_string
from app.factory import opened
from app.operator import explained, operator
from app.stop import Stop
from core.domain.payment import decimals, rate
from core.domain.record import Json
from core.services.office.pool import Pool
from core.settings import Settings

MICRO = 1_000_000
_NEVER = -1


def micro(dollars: Decimal | None) -> int | None:
    """Raises Stop for what is less than a millionth of a dollar."""
    if dollars is None:
        return None
    if (exact := dollars * MICRO) != int(exact):
        raise Stop(f"${dollars} is no whole number of millionths.")
    return int(exact)


def main(
    settings: Settings,
    *,
    verb: str,
    name: str = "",
    to: str = "",
    amount: Decimal | None = None,
    rules: Mapping[str, Decimal | int | bool | None] | None = None,
    percent: int | None = None,
    rates: Sequence[str] = (),
    why: str = "",
    key: str | None = None,
) -> None:
    if not settings.embedded:
        connection_string(settings)
    with explained():
        if verb == "shares":
            asyncio.run(_share(settings, percent, dict(map(_rate, rates)), why, key))
            return
        asyncio.run(_carry_out(settings, verb, name, to, micro(amount) or 0, dict(rules or {}), why, key))


async def _carry_out(
    settings: Settings,
    verb: str,
    name: str,
    to: str,
    amount: int,
    rules: dict[str, Decimal | int | bool | None],
    why: str,
    key: str | None,
) -> None:
    async with opened(settings) as factory:
        pools, me = factory.office.pools, operator(settings)
        if name:
            key = key or uuid4().hex[:12]
            # Before anything is booked: whoever loses the answer must know what to ask again with.
            click.echo(f"The key of this act is {key}.")
            if verb == "refill":
                moved = await pools.refill(me, name, amount, key=key, why=why)
            elif verb == "move":
                moved = await pools.move(me, name, to, amount, key=key, why=why)
            else:
                moved = await pools.rule(me, name, _changes(rules), key=key, why=why)
            if moved.replayed:
                click.echo("Nothing new, the key has done so before.")
            if moved.proposal:
                click.echo(f"Only proposed. Somebody else: thumbnail-factory admin approve {moved.proposal}")
        found = [pool for pool in await pools.listed() if pool.fund]
        for pool in found:
            click.echo(_line(pool))
        if not found:
            click.echo("None: every provider is asked without limit.")


def _rate(text: str) -> tuple[str, int]:
    """Raises Stop."""
    try:
        return rate(text)
    except ValueError:
        raise Stop(
            f"{text!r} is no rate: say eur=1.08, of which the smallest unit is whole millionths of a dollar."
        ) from None


async def _share(settings: Settings, percent: int | None, rates: Mapping[str, int], why: str, key: str | None) -> None:
    async with opened(settings) as factory:
        pools = factory.office.pools
        if percent is not None or rates:
            key = key or uuid4().hex[:12]
            click.echo(f"The key of this act is {key}.")
            if not await pools.share(operator(settings), percent, rates, key=key, why=why):
                click.echo("Nothing new, the key has done so before.")
        shares = await pools.shares()
        click.echo(f"{shares.percent} % of what people pay is set aside for the pools.")
        for currency, worth in sorted(shares.rates.items()):
            click.echo(f"{currency:<5} ${Decimal(worth) * 10 ** decimals(currency) / MICRO:f}")
        for currency in shares.without:
            click.echo(f"{currency:<5} NOTHING is set aside of what is paid in it: say what one is worth.")


def _changes(rules: Mapping[str, Decimal | int | bool | None]) -> dict[str, Json]:
    changes = {
        name: micro(value) if isinstance(value, Decimal) else value
        for name, value in rules.items()
        if value is not None
    }
    if not changes:
        raise Stop("Say what to change: --help lists it.")
    return {name: _NEVER if isinstance(value, int) and value < 0 else value for name, value in changes.items()}


def _line(pool: Pool) -> str:
    fund = pool.fund
    assert fund is not None
    left = "no limit" if fund.left is None else f"${fund.left / MICRO:.2f} left"
    cap = "" if fund.daily_cap is None else f" of ${fund.daily_cap / MICRO:.2f}"
    keeps = "" if fund.keeps is None else f", keeps ${fund.keeps / MICRO:.2f}"
    last = pool.request
    asks = f", refill asked for since {last.since:%Y-%m-%d %H:%M} UTC" if last and last.ended_at is None else ""
    out = f"  NOT OFFERED: {', '.join(pool.left_out)}" if pool.left_out else ""
    return (
        f"{fund.provider:<10} {left:<12} balance ${fund.balance / MICRO:.2f}, reserved ${fund.reserved / MICRO:.2f}, "
        f"today ${fund.spent_today / MICRO:.2f}{cap}, low ${fund.low / MICRO:.2f}, "
        f"emergency ${fund.emergency / MICRO:.2f}, weight {fund.weight}{keeps}{asks}{out}"
    )
