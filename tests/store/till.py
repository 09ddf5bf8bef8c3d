"""Credits moved at will, as only tests do: what people buy, spend and give back moves by payments, jobs and acts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import psycopg

from core.store.direct import DirectTransport
from core.store.inner import ask
from core.store.wallet import Wallets

FUNCTIONS: Final = """
create schema till;
create function till.topup(p jsonb) returns jsonb language sql as $$
  select tf.topup(tf.wallet_of((p->>'user_id')::uuid), (p->>'credits')::bigint, p->>'key', p->>'reference') $$;
create function till.clawback(p jsonb) returns jsonb language sql as $$
  select tf.clawback(tf.wallet_of((p->>'user_id')::uuid), (p->>'credits')::bigint, p->>'key', p->>'reference') $$;
create function till.hold(p jsonb) returns jsonb language sql as $$
  select tf.hold_credits(tf.wallet_of((p->>'user_id')::uuid), (p->>'job_id')::uuid, (p->>'credits')::bigint,
                         coalesce((p->>'seconds')::double precision, 1800)) $$;
create function till.settle(p jsonb) returns jsonb language sql as $$
  select tf.settle_hold((p->>'job_id')::uuid, (p->>'captured')::bigint) $$;
"""
MOVES: Final = ("topup", "clawback", "hold", "settle")


def open_till(dsn: str) -> None:
    """Make the functions in a migrated database."""
    with psycopg.connect(dsn, autocommit=True) as owner:
        owner.execute(FUNCTIONS)


def qualified(function: str) -> str:
    """A function of one jsonb with its schema."""
    return f"{'till' if function in MOVES else 'api'}.{function}"


@dataclass(frozen=True, slots=True)
class Settlement:
    captured: int
    released: int
    replayed: bool


class Till(Wallets):
    """Every movement carries a key: the same key again moves nothing, with other parameters it raises Conflict."""

    def __init__(self, direct: DirectTransport) -> None:
        super().__init__(direct)
        self._direct = direct

    async def topup(self, user_id: str, amount: int, *, key: str, reference: str | None = None) -> bool:
        """Bought credits; debt is repaid first. Whether this call (and not an earlier one) moved them."""
        arguments = {"user_id": user_id, "credits": amount, "key": key, "reference": reference}
        return not (await ask(self._direct, "select till.topup(%s) as answer", arguments))["replayed"]

    async def clawback(self, user_id: str, amount: int, *, key: str, reference: str | None = None) -> bool:
        """Money went back: bought credits are taken, what is spent already becomes debt."""
        arguments = {"user_id": user_id, "credits": amount, "key": key, "reference": reference}
        return not (await ask(self._direct, "select till.clawback(%s) as answer", arguments))["replayed"]

    async def hold(self, user_id: str, hold_id: str, amount: int, *, seconds: float = 1800) -> bool:
        """Reserve credits for no job of ours. Raises Insufficient, Blocked."""
        arguments = {"user_id": user_id, "job_id": hold_id, "credits": amount, "seconds": seconds}
        return not (await ask(self._direct, "select till.hold(%s) as answer", arguments))["replayed"]

    async def settle(self, hold_id: str, captured: int) -> Settlement:
        """Keep `captured` of a hold and give the rest back. Raises Ended when it was settled otherwise."""
        row = await ask(self._direct, "select till.settle(%s) as answer", {"job_id": hold_id, "captured": captured})
        return Settlement(row["captured"], row["released"], row["replayed"])
