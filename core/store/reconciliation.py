"""A company's books against ours: how far they were read, and what of them we do not know."""

from __future__ import annotations

from enum import StrEnum

from core.domain.payment import Told
from core.domain.subscription import Heard
from core.store.inner import Inner, ask
from core.store.payment import record
from core.store.subscription import record_of


class Comparison(StrEnum):
    FOREIGN = "foreign"
    """Other business over the same account."""
    KNOWN = "known"
    MISSED = "missed"
    """Nobody told us."""
    DIFFERS = "differs"
    """It was paid otherwise than we were told."""


class Reconciliation:
    """Of one company; needs a direct connection."""

    def __init__(self, inner: Inner, provider: str) -> None:
        self._inner = inner
        self._provider = provider

    async def mark(self) -> str:
        """How far its books were read; empty: never."""
        row = await ask(self._inner, "select tf.reconciled_to(%s) as answer", {"provider": self._provider})
        return str(row.get("mark", ""))

    async def read_to(self, mark: str) -> None:
        await ask(self._inner, "select tf.reconcile_to(%s) as answer", {"provider": self._provider, "mark": mark})

    async def compare(self, told: Told | Heard) -> Comparison:
        said = record(told) if isinstance(told, Told) else record_of(told)
        arguments = {"provider": self._provider, "record": said}
        row = await ask(self._inner, "select tf.compare_payment(%s) as answer", arguments)
        return Comparison(row["state"])

    async def unconfirmed(self) -> tuple[str, ...]:
        """Payments we were told of that its books have not named, an hour later."""
        return tuple(
            await ask(self._inner, "select tf.unconfirmed_payments(%s) as answer", {"provider": self._provider})
        )

    async def confirm(self, payment: str) -> None:
        arguments = {"provider": self._provider, "reference": payment}
        await ask(self._inner, "select tf.confirm_payment(%s) as answer", arguments)
