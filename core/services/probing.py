"""Probing: which models really answer. The authority over the file in both directions; it never takes anybody down."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Protocol

import structlog

from core.domain.model import Channel, ModelSpec, Status
from core.providers.catalogue import Sheet
from core.providers.error import Forbidden, KeyRefused, PolicyRefusal, ProviderError
from core.services.catalogue import standing
from core.services.metric import MODEL_FAULTS
from core.store.error import StoreError
from core.store.housekeeping import Housekeeping
from core.store.model import ModelRegister, Seen

log = structlog.get_logger(__name__)

LONGEST_WORDS = 300
"""Of what a provider said: enough to know the fault by, not a whole page."""


class Sighting(Protocol):
    """What a provider said of the models asked for; what is in neither set is as it was."""

    @property
    def alive(self) -> frozenset[str]: ...

    @property
    def gone(self) -> frozenset[str]: ...


Look = Callable[[Iterable[str]], Awaitable[Sighting]]
"""Asks a provider, behind the channel this factory reaches it by, which of these ids it knows. Raises ProviderError."""


class Probing:
    def __init__(
        self,
        sheet: Sheet,
        doors: Mapping[str, Channel],
        looks: Mapping[str, Look],
        register: ModelRegister,
        housekeeping: Housekeeping,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """`looks` by provider; who has none is taken at the file's word."""
        self._sheet = sheet
        self._doors = doors
        self._looks = looks
        self._register = register
        self._housekeeping = housekeeping
        self._now = now

    async def run(self) -> None:
        """Ask every provider that is on. One that cannot say keeps what was known of it, and is an alert."""
        for provider, look in self._looks.items():
            if provider not in self._doors:
                continue
            try:
                await self._probe(provider, look)
            except StoreError as error:
                log.warning("probe.not_stored", provider=provider, error=repr(error))

    async def retire(self, model: ModelSpec) -> None:
        """A call found the model gone (404): as if a probe had seen it. Raises nothing: the call's route goes on."""
        try:
            await self._record(self._doors.get(model.provider, Channel.DIRECT), [(model, False)])
        except StoreError as error:
            log.warning("probe.not_stored", provider=model.provider, error=repr(error))

    async def failed(self, model: ModelSpec, error: ProviderError) -> None:
        """A call that came to nothing, in the log and the count; what only an operator can mend is an alert.

        Raises nothing: the call's route goes on.
        """
        told = {"model": model.id, "reason": error.reason.value}
        if isinstance(error, PolicyRefusal):  # of what the person asked for
            log.info("model.refused", **told)
        else:
            log.warning("model.failed", **told, error=repr(error)[:LONGEST_WORDS])
        MODEL_FAULTS.labels(model.id, error.reason.value).inc()
        if isinstance(error, KeyRefused | Forbidden):
            words = {"provider": model.provider, "model": model.id, "error": repr(error)[:LONGEST_WORDS]}
            try:
                await self._housekeeping.raise_alert(_refused(model.provider), "provider.refused", words)
            except StoreError as lost:
                log.warning("alert.not_stored", provider=model.provider, error=repr(lost))

    async def _probe(self, provider: str, look: Look) -> None:
        key = f"probe.failed:{provider}"
        rows = [row for row in self._sheet.models if row.provider == provider]
        try:
            sighting = await look([row.id for row in rows])
        except ProviderError as error:
            log.warning("probe.failed", provider=provider, error=repr(error))
            await self._housekeeping.raise_alert(key, "probe.failed", {"provider": provider, "error": repr(error)})
            return
        await self._housekeeping.resolve_alert(key)
        await self._housekeeping.resolve_alert(_refused(provider))
        told = [(row, row.id in sighting.alive) for row in rows if row.id in sighting.alive | sighting.gone]
        await self._record(self._doors[provider], told)
        log.info("probe.done", provider=provider, alive=len(sighting.alive), gone=len(sighting.gone), asked=len(rows))

    async def _record(self, channel: Channel, found: list[tuple[ModelSpec, bool]]) -> None:
        today = self._now().date()
        seen = [
            Seen(row.id, answers, expected=standing(row, channel, None, today).status is not Status.RETIRED)
            for row, answers in found
        ]
        news = await self._register.record_probe(channel, seen)
        for model in news.vanished:
            log.error("model.vanished", model=model, channel=channel.value)
        for model in news.returned:
            log.info("model.returned", model=model, channel=channel.value)


def _refused(provider: str) -> str:
    return f"provider.refused:{provider}"
