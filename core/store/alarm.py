"""What operators have to hear of, and where they can be reached. Needs a direct connection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.domain.identity import Chat
from core.domain.record import Json
from core.store.inner import Inner, ask
from core.store.moment import moment
from core.store.outbox import Post
from core.store.person import read_chat


@dataclass(frozen=True, slots=True)
class Raised:
    key: str
    kind: str
    detail: Mapping[str, Json]
    times: int
    told_at: str | None
    """When operators last heard of it, as the store writes it."""


@dataclass(frozen=True, slots=True)
class NearlySpent:
    """A person who has spent nine tenths of a period's credits."""

    chat: Chat
    wallet_id: str
    credits: int
    left: int
    until: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Of the time since the summary before."""

    since: datetime
    until: datetime
    jobs: int
    failed: int
    people: int
    credits_in: int
    credits_out: int
    costs: Mapping[str, int]
    """Micro-USD by provider."""
    revenue: Mapping[str, int]
    """Smallest units by currency."""
    alerts: tuple[str, ...]


class Alarms:
    def __init__(self, inner: Inner) -> None:
        self._inner = inner

    async def watch(self) -> None:
        """Raise and resolve the alerts of models that are ill and of jobs that fail."""
        await ask(self._inner, "select tf.watch(%s) as answer", {})

    async def to_tell(self) -> tuple[Raised, ...]:
        return tuple(Raised(**row) for row in await ask(self._inner, "select tf.alerts_to_tell(%s) as answer", {}))

    async def tell(self, raised: Raised, outbox: Sequence[Post]) -> bool:
        """Whether it was this call, and not another replica's, that told of it."""
        said = {"key": raised.key, "told_at": raised.told_at, "outbox": [post.record() for post in outbox]}
        return bool((await ask(self._inner, "select tf.tell_alert(%s) as answer", said))["told"])

    async def chats(self, names: Sequence[str]) -> tuple[Chat, ...]:
        """Of admins (`telegram:123`) that have written to the bot."""
        rows = await ask(self._inner, "select tf.admin_chats(%s) as answer", {"names": list(names)})
        return tuple(read_chat(row) for row in rows)

    async def nearly_spent(self) -> tuple[NearlySpent, ...]:
        """Those who were not told yet in their period."""
        return tuple(_nearly(row) for row in await ask(self._inner, "select tf.nearly_spent(%s) as answer", {}))

    async def tell_nearly_spent(self, who: NearlySpent, outbox: Sequence[Post]) -> bool:
        said = {
            "wallet_id": who.wallet_id,
            "user_id": who.chat.user_id,
            "until": who.until,
            "outbox": [post.record() for post in outbox],
        }
        return bool((await ask(self._inner, "select tf.tell_nearly_spent(%s) as answer", said))["told"])

    async def figures(self, slot: datetime) -> Figures:
        row = await ask(self._inner, "select tf.summary(%s) as answer", {"slot": slot.isoformat()})
        told = {"since": moment(row["since"]), "until": moment(row["until"]), "alerts": tuple(row["alerts"])}
        return Figures(**{**row, **told})

    async def post(self, outbox: Sequence[Post]) -> None:
        await ask(self._inner, "select tf.tell_operators(%s) as answer", {"outbox": [post.record() for post in outbox]})


def _nearly(row: Mapping[str, Any]) -> NearlySpent:
    return NearlySpent(read_chat(row), row["wallet_id"], row["credits"], row["left"], row["until"])
