"""`thumbnail-factory admin refund|reconcile`: money given back, and companies' books read against ours."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from uuid import uuid4

import click

from app.database import connection_string
from app.factory import opened
from app.operator import explained, operator
from app.stop import Stop
from core.bootstrap.factory import Factory
from core.payments.error import PaymentError
from core.services.refunding import Outcome
from core.settings import Settings
from core.store.refund import Refundable

_NEEDS = {"stripe": "STRIPE_SECRET_KEY", "stars": "TELEGRAM_BOT_TOKEN"}


def main(
    settings: Settings,
    *,
    verb: str,
    payment: str = "",
    amount: int | None = None,
    why: str = "",
    key: str | None = None,
) -> None:
    if not settings.embedded:
        connection_string(settings)
    try:
        with explained():
            if verb == "refund":
                asyncio.run(_refund(settings, payment, amount, why, key or uuid4().hex[:12]))
            else:
                asyncio.run(_reconcile(settings))
    except PaymentError as trouble:
        raise Stop(f"Not all books could be read ({trouble}): run it again later.") from trouble


async def _refund(settings: Settings, payment: str, amount: int | None, why: str, key: str) -> None:
    async with opened(settings) as factory:
        provider = (await _paid(factory, payment)).provider
        if provider not in factory.books:
            raise Stop(_elsewhere(provider))
        # Before anything moves: whoever loses the answer must know what to ask again with.
        click.echo(f"The key of this act is {key}.")
        given = await factory.office.payments.refund(operator(settings), provider, payment, amount, key=key, why=why)
        if given.proposal:
            click.echo(f"{given.minor} proposed. Somebody else: thumbnail-factory admin approve {given.proposal}")
        say(given.outcomes)


async def _paid(factory: Factory, payment: str) -> Refundable:
    found = await factory.refunds.find(payment)
    if len(found) != 1:
        raise Stop(f"{len(found) or 'No'} payments here are called {payment}. The company's own name of it is meant.")
    return found[0]


def _elsewhere(provider: str) -> str:
    if provider in _NEEDS:
        return f"Nobody can be asked: set {_NEEDS[provider]}."
    return f"{provider} gives money back itself; the credits go when it tells us."


def say(outcomes: Sequence[Outcome]) -> None:
    """What came of refunds, of all that were waiting."""
    for one in outcomes:
        if not one.trouble:
            text = f"{one.refund.minor} given back; the credits go with it."
        elif one.again:
            text = f"not yet ({one.trouble}): a worker tries it again every few minutes."
        else:
            text = f"refused ({one.trouble}): nothing was given back, and no credits were taken."
        click.echo(f"{one.refund.provider} {one.refund.reference}: {text}")


async def _reconcile(settings: Settings) -> None:
    async with opened(settings) as factory:
        if not factory.books:
            raise Stop("There are no books to read: neither STRIPE_SECRET_KEY nor TELEGRAM_BOT_TOKEN is set.")
        for report in await factory.reconcile():
            click.echo(
                f"{report.provider:<8} {report.looked} looked at, {len(report.missed)} missed and merged now, "
                f"{len(report.differs)} differ, {len(report.unheard)} the books do not name"
            )
            for word, payments in (("missed", report.missed), ("differs", report.differs), ("unheard", report.unheard)):
                for payment in payments:
                    click.echo(f"  {word:<8} {payment}")
