"""`make check-money`, or `python -m tests.money [SEED]`: fails where a credit was lost or made, or a bug survived."""

from __future__ import annotations

import asyncio
import logging
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click
import psycopg

from core.store.embedded import EmbeddedPostgres
from tests.money import month, order
from tests.money.crowd import CLIENTS, Journal, at_work, connections_die, the_server_dies
from tests.money.ledger import played
from tests.money.mutant import CHECKS, MUTANTS
from tests.money.server import scratch, served

STORIES, STEPS = 500, 66
"""One step in ten finds nothing it could do: 30,000 are compared."""
ROUNDS, CRASH_ROUNDS = 20, 20
CRASHES = (CLIENTS * 20, CLIENTS * 60)
"""Answers after which the server dies; twenty rounds give more than a hundred to each client."""
COUNTED = (
    "events",
    "orders",
    "steps",
    "moments",
    "operations",
    "kills",
    "crashes",
    "mutants killed",
    "lost",
    "doubled",
)

Part = Callable[[EmbeddedPostgres, int], Counter[str]]


def orders(server: EmbeddedPostgres, _seed: int) -> Counter[str]:
    """all orders of six events"""
    with _owner(server) as connection:
        payment = order.of_payment(connection)
    with _owner(server) as connection:
        subscription = order.of_subscription(connection)
    with _owner(server) as connection:
        entitlements = order.of_entitlements(connection)
    with _owner(server) as connection:
        months = order.of_months(connection)
    return Counter({"events": payment + subscription + entitlements + months, "orders": 4 * order.ORDERS})


def model(server: EmbeddedPostgres, seed: int) -> Counter[str]:
    """the ledger beside its model"""
    with _owner(server) as connection:
        return Counter({"steps": played(connection, STORIES, STEPS, seed)})


def calendar(server: EmbeddedPostgres, _seed: int) -> Counter[str]:
    """month ends and summer time"""
    with _owner(server) as connection:
        return Counter({"moments": month.kept(connection)})


def kills(server: EmbeddedPostgres, _seed: int) -> Counter[str]:
    """fifty clients, connections killed"""
    with scratch(server) as dsn:
        return _counted(asyncio.run(at_work(dsn, ROUNDS, connections_die)), "kills")


def crashes(_server: EmbeddedPostgres, _seed: int) -> Counter[str]:
    """fifty clients, the server killed"""
    with served(durable=True) as server, scratch(server) as dsn:
        return _counted(asyncio.run(at_work(dsn, CRASH_ROUNDS, the_server_dies(server, CRASHES))), "crashes")


def mutants(server: EmbeddedPostgres, _seed: int) -> Counter[str]:
    """planted bugs"""
    survived = []
    for mutant in MUTANTS:
        began = time.perf_counter()
        with _owner(server) as connection:
            mutant.plant(connection)
            try:
                CHECKS[mutant.check](connection)
            except (AssertionError, psycopg.Error):
                click.echo(f"  killed by {mutant.check:<20} {mutant.bug} ({time.perf_counter() - began:.0f} s)")
            else:
                survived.append(mutant.bug)
    if survived:
        raise AssertionError(f"survived: {', '.join(survived)}")
    return Counter({"mutants killed": len(MUTANTS)})


@contextmanager
def _owner(server: EmbeddedPostgres) -> Iterator[psycopg.Connection]:
    with scratch(server) as dsn, psycopg.connect(dsn) as connection:
        yield connection


def _counted(journal: Journal, harm: str) -> Counter[str]:
    if not journal.harmed:
        raise AssertionError("nobody came to harm")
    return Counter(
        {"operations": journal.acknowledged, harm: journal.harmed, "lost": journal.lost, "doubled": journal.doubled}
    )


PARTS: tuple[Part, ...] = (orders, model, calendar, kills, crashes, mutants)


def main(seed: int) -> bool:
    """Whether everything held."""
    logging.disable(logging.CRITICAL)  # of connections that die on purpose
    total, faults = Counter(dict.fromkeys(COUNTED, 0)), 0
    with served() as server:
        for part in PARTS:
            began = time.perf_counter()
            try:
                found = part(server, seed)
            except (AssertionError, LookupError, psycopg.Error) as error:
                faults += 1
                click.echo(f"FAILED {part.__doc__}: {error}\n" + "\n".join(getattr(error, "__notes__", ())))
                continue
            total.update(found)
            figures = ", ".join(f"{count:,} {name}" for name, count in found.items())
            click.echo(f"{part.__doc__:<36} {figures} ({time.perf_counter() - began:.0f} s)")
    click.echo(f"seed {seed}")
    for name in COUNTED:
        click.echo(f"{name:<16}{total[name]:>9,}")
    return not faults and not total["lost"] and not total["doubled"]


if __name__ == "__main__":
    sys.exit(not main(int(sys.argv[1]) if len(sys.argv) > 1 else 1))
