"""The catalogue as it is now: the file, what operators changed, what the probe saw, and which providers have a key."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from enum import StrEnum

import structlog

from core.domain.model import Catalogue, Channel, ModelSpec, Status
from core.domain.price import dearest
from core.providers.catalogue import Sheet
from core.store.error import StoreError
from core.store.model import Models, ModelState, Override, Probe

log = structlog.get_logger(__name__)

FRESH_S = 3.0
"""How old the known state may be: an operator's change is seen everywhere within this time."""


class Off(StrEnum):
    """Why a model is not offered."""

    NO_KEY = "no_key"
    SWITCHED_OFF = "switched_off"
    """Its provider is."""
    DISABLED = "disabled"
    RETIRED = "retired"
    UNSEEN = "unseen"
    """Waits for a probe to see it answer."""
    UNFUNDED = "unfunded"
    """What is left with its provider may not do for the dearest set; orders that reserved enough go on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A row of the file as it stands today."""

    model: ModelSpec
    channel: Channel
    """The door its provider is reached by, or would be."""
    off: Off | None
    rank: int | None
    """An operator's word on its place."""
    probe: Probe | None


def listing(sheet: Sheet, state: ModelState, doors: Mapping[str, Channel], today: date) -> tuple[Listed, ...]:
    """Every row with what speaks against offering it. `doors`: the providers that are on, and their channel."""
    overrides = {row.model: row for row in state.overrides}
    probes = {(row.model, row.channel): row for row in state.probes}
    rows = []
    for written in sheet.models:
        channel = doors.get(written.provider, Channel.DIRECT)
        override = overrides.get(written.id, Override(model=written.id))
        probe = probes.get((written.id, channel))
        model = _overridden(standing(written, channel, probe, today, forced=override.enabled is True), override)
        off = _off(model, override, probe, on=model.provider in doors)
        if off is None and model.provider in state.off and not model.free:
            off = Off.SWITCHED_OFF
        left = state.left.get(model.provider)
        if off is None and left is not None and left < max(dearest(model), 1):
            off = Off.UNFUNDED
        rows.append(Listed(model=model, channel=channel, off=off, rank=override.rank, probe=probe))
    return tuple(rows)


def standing(
    written: ModelSpec, channel: Channel, probe: Probe | None, today: date, *, forced: bool = False
) -> ModelSpec:
    """A row behind a channel today. The probe is the authority in both directions; `forced` is an operator's word."""
    model = written.on(channel)
    if channel is Channel.ENTERPRISE:  # its batches go through a storage bucket of the operator's
        model = replace(model, batch_factor=None)
    past = model.status is Status.RETIRED or (model.until is not None and model.until < today)
    if probe is not None and not probe.answers:
        return replace(model, status=Status.RETIRED)
    if past:
        return replace(model, status=Status.DEPRECATED if probe is not None or forced else Status.RETIRED)
    return model


def assemble(rows: tuple[Listed, ...], sheet: Sheet, *, begun: bool = False) -> Catalogue:
    """What is on offer, or may go on with work that was `begun`: as ranked by an operator, else as in the file; what is
    deprecated is nobody's first choice."""
    place = {
        row.model.id: (
            row.model.free,
            math.inf if row.rank is None else row.rank,
            row.model.status is Status.DEPRECATED,
        )
        for row in rows
        if row.off is None or (begun and row.off is Off.UNFUNDED)
    }
    offered = sorted((row.model for row in rows if row.model.id in place), key=lambda model: place[model.id])
    ranks = {
        role: tuple(sorted((model_id for model_id in ids if model_id in place), key=place.__getitem__))
        for role, ids in sheet.roles.items()
    }
    return Catalogue(
        models=tuple(model for model in offered if model.vibes),
        tools=tuple(model for model in offered if not model.vibes),
        known=tuple(row.model for row in rows),
        ranks=ranks,
    )


def _overridden(model: ModelSpec, override: Override) -> ModelSpec:
    return replace(
        model,
        surcharge=model.surcharge if override.surcharge is None else override.surcharge,
        prices=model.prices if override.prices is None else override.prices,
        per_minute=model.per_minute if override.per_minute is None else override.per_minute,
        concurrency=model.concurrency if override.concurrency is None else override.concurrency,
    )


def _off(model: ModelSpec, override: Override, probe: Probe | None, *, on: bool) -> Off | None:
    if not on:
        return Off.NO_KEY
    # What is free is the end of every route, and its looks are what every picture is set in: it stays.
    if override.enabled is False and not model.free:
        return Off.DISABLED
    if model.status is Status.RETIRED:
        return Off.RETIRED
    if model.probed and probe is None and not override.enabled:
        return Off.UNSEEN
    return None


class LiveCatalogue:
    """Calling it answers at once with the catalogue as last known, for work that has begun; `fresh` looks first, every
    few seconds at most, and leaves out what nobody could pay the provider for."""

    def __init__(
        self,
        sheet: Sheet,
        models: Models,
        doors: Mapping[str, Channel],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.sheet = sheet
        self.doors = doors
        self._models = models
        self._now = now
        self._monotonic = monotonic
        self._rows = listing(sheet, ModelState(), doors, now().date())
        self._catalogue, self._offered = assemble(self._rows, sheet, begun=True), assemble(self._rows, sheet)
        self._looked_at = -math.inf

    def __call__(self) -> Catalogue:
        return self._catalogue

    @property
    def rows(self) -> tuple[Listed, ...]:
        return self._rows

    async def fresh(self) -> Catalogue:
        """What may be ordered, as it was a few seconds ago at most unless the store does not answer."""
        await self.refresh()
        return self._offered

    async def refresh(self) -> None:
        if self._monotonic() - self._looked_at >= FRESH_S:
            await self.reload()

    async def reload(self) -> None:
        """Look now. Without an answer the catalogue stays as it was."""
        self._looked_at = self._monotonic()  # before asking: others need not ask as well
        try:
            state = await self._models.state()
        except StoreError as error:
            log.warning("catalogue.stale", error=repr(error))
            return
        self._rows = listing(self.sheet, state, self.doors, self._now().date())
        self._catalogue = assemble(self._rows, self.sheet, begun=True)
        self._offered = assemble(self._rows, self.sheet)
