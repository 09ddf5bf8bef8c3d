"""What the database knows of models: operators' overrides, what the probe saw, and the pool each one is asked from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from core.domain.model import Channel, ModelSpec
from core.store.inner import Inner, ask
from core.store.moment import moment
from core.store.port import Transport


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """What an operator says of a model instead of the file; None: as the file says."""

    model: str
    enabled: bool | None = None
    """True: offered without waiting for a probe. False: not offered."""
    surcharge: int | None = None
    prices: Mapping[str, int] | None = field(default=None, hash=False)
    """Micro-USD by size."""
    rank: int | None = None
    """Place among the candidates of its roles, lowest first, before those without."""
    per_minute: int | None = None
    concurrency: int | None = None


@dataclass(frozen=True, slots=True)
class Probe:
    """What was last seen of a model behind a channel."""

    model: str
    channel: Channel
    answers: bool
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class ModelState:
    overrides: tuple[Override, ...] = ()
    probes: tuple[Probe, ...] = ()
    off: tuple[str, ...] = ()
    """Providers an operator has switched off."""
    left: Mapping[str, int] = field(default_factory=dict, hash=False)
    """Micro-USD that may still be spent, of each provider that has a fund."""


@dataclass(frozen=True, slots=True)
class Seen:
    model: str
    answers: bool
    expected: bool
    """Whether the file lets it answer there: only what was expected can vanish."""


@dataclass(frozen=True, slots=True)
class News:
    vanished: tuple[str, ...]
    returned: tuple[str, ...]


class Models:
    """For every process that offers models."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def state(self) -> ModelState:
        row = await self._transport.call("model_state", {})
        return ModelState(
            tuple(_override(one) for one in row["overrides"]),
            tuple(_probe(one) for one in row["probes"]),
            tuple(row["off"]),
            row["left"],
        )


class ModelRegister:
    """For who may change what is known; needs a direct connection."""

    def __init__(self, inner: Inner) -> None:
        self._inner = inner

    async def override(self, change: Override, *, by: str = "") -> None:
        """Put `change` in the place of what was said of that model before; an empty one takes it back."""
        said = {name: value for name, value in asdict(change).items() if value is not None}
        await ask(self._inner, "select tf.override_model(%s) as answer", {**said, "set_by": by})

    async def record_probe(self, channel: Channel, seen: Sequence[Seen]) -> News:
        """Store what was seen. Each change is news to one caller only, and keeps or resolves an alert."""
        arguments = {"channel": channel.value, "seen": [asdict(one) for one in seen]}
        row = await ask(self._inner, "select tf.record_probe(%s) as answer", arguments)
        return News(tuple(row["vanished"]), tuple(row["returned"]))


class Why(StrEnum):
    """What a call has to wait for."""

    RESTING = "resting"
    RATE = "rate"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Wait:
    """No place yet. `seconds` until there may be one: exact but for FULL, where somebody may be done earlier."""

    why: Why
    seconds: float


@dataclass(frozen=True, slots=True)
class Pool:
    model: str
    rests_s: float
    failures: int
    """In a row."""
    busy: int
    """Calls under way over all workers."""


class Pools:
    """The places for calls, shared by all workers. A lease is a uuid; whoever holds it may repeat each call."""

    def __init__(self, inner: Inner, worker: str) -> None:
        self._inner = inner
        self._worker = worker

    async def take(self, model: ModelSpec, lease: str, *, seconds: float) -> Wait | None:
        """A place for one call, for at most `seconds`; None: it is taken."""
        arguments = {
            "model": model.id,
            "lease": lease,
            "worker": self._worker,
            "per_minute": model.per_minute,
            "concurrency": model.concurrency,
            "seconds": seconds,
        }
        row = await ask(self._inner, "select tf.take_slot(%s) as answer", arguments)
        return None if row["taken"] else Wait(Why(row["why"]), float(row["wait_s"]))

    async def give_back(
        self, lease: str, *, fine: bool, pauses: Sequence[float] = (), retry_after_s: float = 0.0, window_s: float = 0.0
    ) -> bool:
        """End a call, once; whether it was this call's doing.

        `fine` forgets earlier trouble. `pauses` are the seconds the model rests after the first, second ... trouble
        within `window_s` of the last rest, at least `retry_after_s`; none: nothing is learned of its health.
        """
        arguments = {
            "lease": lease,
            "fine": fine,
            "pauses": list(pauses),
            "retry_after_s": retry_after_s,
            "window_s": window_s,
        }
        return bool((await ask(self._inner, "select tf.give_back(%s) as answer", arguments))["given_back"])

    async def all(self) -> tuple[Pool, ...]:
        """Models that were ever asked."""
        return tuple(Pool(**row) for row in await ask(self._inner, "select tf.model_pools(%s) as answer", {}))


def _override(row: Mapping[str, Any]) -> Override:
    return Override(**{name: row[name] for name in Override.__dataclass_fields__})


def _probe(row: Mapping[str, Any]) -> Probe:
    return Probe(row["model"], Channel(row["channel"]), row["answers"], moment(row["seen_at"]))
