"""The outbox: views leave in order per chat, at least once, no faster than the platform bears."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from contextlib import aclosing, suppress
from dataclasses import dataclass, replace
from typing import Any

import structlog

from core import failpoint
from core.conversation.view import ProgressView, View, ended
from core.domain.record import Json, RecordError, from_record
from core.services.desk import Courier, Delivery, PlaceGone, Refused, TryLater
from core.services.metric import DELIVERIES
from core.store.error import StoreError
from core.store.outbox import Idle, Outbox, Parcel, PendingRow, Standing

log = structlog.get_logger(__name__)

LEASE_S = 60.0
"""Longer than one delivery takes, shorter than a person waits for a sender that died."""
ROWS_PER_CLAIM = 10
FAULT_PAUSE_S = 1.0
_VIEW: Any = View


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a platform may be sent to: milliseconds between two bursts to one chat, and between messages to all."""

    chat_ms: int = 0
    bot_ms: int = 0
    burst: int = ROWS_PER_CLAIM
    """The most messages that go to one chat without a rest."""
    group_ms: int = 0
    """What each message to a group asks for; a group rests as long as all of its burst asks."""
    is_group: Callable[[str], bool] = lambda _: False

    def rest_ms(self, place: str, sent: int) -> int:
        """How long a chat rests after a burst of so many messages."""
        return max(self.chat_ms, sent * self.group_ms if self.is_group(place) else 0)


class Delivering:
    """Senders of one platform; any number may run, in any number of processes."""

    def __init__(self, outbox: Outbox, courier: Courier, pace: Pace, sender: str, *, chats_at_once: int = 4) -> None:
        self._outbox = outbox
        self._courier = courier
        self._pace = pace
        self._sender = sender
        self._chats_at_once = chats_at_once
        self._wake = asyncio.Event()

    async def run(self) -> None:
        """Deliver until cancelled. A message that was under way then is sent by whoever comes next, without delay."""
        senders = [f"{self._sender}:{number}" for number in range(self._chats_at_once)]
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._listen())
                for sender in senders:
                    group.create_task(self._send(sender))
        finally:
            with suppress(StoreError):  # then the leases run out
                await self._outbox.let_go(senders)

    async def _listen(self) -> None:
        async with aclosing(self._outbox.wakeups()) as wakeups:
            async for _ in wakeups:
                self._wake.set()

    async def _send(self, sender: str) -> None:
        while True:
            self._wake.clear()
            try:
                claimed = await self._outbox.claim(sender, lease_seconds=LEASE_S, limit=self._pace.burst)
                if isinstance(claimed, Parcel):
                    await self._deliver(claimed, sender)
                    continue
            except StoreError as lost:
                log.warning("outbox.store_lost", platform=self._courier.platform, error=str(lost))
                claimed = Idle(FAULT_PAUSE_S)
            with suppress(TimeoutError):  # not wait_for: before Python 3.12 it can lose a cancellation
                async with asyncio.timeout(claimed.seconds):
                    await self._wake.wait()

    async def _deliver(self, parcel: Parcel, sender: str) -> None:
        until = time.monotonic() + parcel.lease_seconds
        standing: dict[str, Standing] = {}
        for place, row in enumerate(parcel.rows):
            if time.monotonic() >= until:
                return
            # The parcel was read before its first row went out: what stands in a slot since then, only we know.
            now = standing.get(row.slot)
            current = replace(
                row,
                replaces=dict(now.receipt if now else row.replaces),
                retires=tuple(standing.get(one.slot, one) for one in row.retires),
            )
            last = place == len(parcel.rows) - 1
            receipt = await self._deliver_row(parcel.place, current, sender, place + 1, keep=not last)
            if receipt is None:
                return
            if row.slot:
                standing[row.slot] = Standing(slot=row.slot, view=row.view, receipt=dict(receipt))

    async def _deliver_row(
        self, place: str, row: PendingRow, sender: str, sent: int, *, keep: bool
    ) -> Mapping[str, Json] | None:
        """The receipt, if the next row of this chat may follow under the same lease. `sent`: rows of this burst."""
        with structlog.contextvars.bound_contextvars(outbox_id=row.id, job_id=row.job_id, place=place):
            try:
                failpoint.reach("outbox.before_send")
                delivery, retired = _plan(place, row)
                receipt = await self._courier.deliver(delivery)
                failpoint.reach("outbox.after_send")
            except StoreError:
                raise
            except Exception as fault:
                DELIVERIES.labels(self._courier.platform, type(fault).__name__).inc()
                await self._give_back(row, sender, fault)
                return None
            DELIVERIES.labels(self._courier.platform, "delivered").inc()
            for old in retired:
                await self._retire(old)
            leased = await self._outbox.delivered(
                row.id,
                sender,
                receipt,
                chat_pace_ms=0 if keep else self._pace.rest_ms(place, sent),
                bot_pace_ms=self._pace.bot_ms,
                keep_seconds=LEASE_S if keep else 0,
            )
            return receipt if leased else None

    async def _retire(self, old: Delivery) -> None:
        try:
            await self._courier.deliver(old)
        except StoreError:
            raise
        except Exception as fault:
            # The new message stands; buttons left on the old one are answered as stale ones.
            log.info("message.not_retired", key=old.key, error=repr(fault))

    async def _give_back(self, row: PendingRow, sender: str, fault: Exception) -> None:
        """Let go of a message that was not shown: later, never, or not until the person comes back."""
        match fault:
            case TryLater(seconds=seconds, everywhere=everywhere):
                log.info("delivery.postponed", seconds=seconds, everywhere=everywhere)
                await self._outbox.undelivered(row.id, sender, str(fault), retry_after=seconds, everywhere=everywhere)
            case PlaceGone():
                log.info("delivery.place_gone", error=str(fault))
                await self._outbox.undelivered(row.id, sender, str(fault), unreachable=True)
            case Refused() | RecordError():
                log.error("delivery.refused", error=str(fault))
                await self._outbox.undelivered(row.id, sender, str(fault), permanent=True)
            case _:
                log.warning("delivery.failed", error=repr(fault), attempts=row.attempts + 1)
                await self._outbox.undelivered(row.id, sender, repr(fault))


def _plan(place: str, row: PendingRow) -> tuple[Delivery, tuple[Delivery, ...]]:
    """The message, and those that lose their buttons by it. Raises RecordError for a view of another release."""
    view: View = from_record(_VIEW, row.view)
    stands = {one.slot: (old, one.receipt) for one in row.retires if (old := _legible(one)) is not None}
    # What tells of work under way is never left behind: the work's result will take its place.
    anew = row.slot in stands and not isinstance(stands[row.slot][0], ProgressView)
    plain = Delivery(id=row.id, key=row.key, place=place, view=view, language=row.language)
    retired = tuple(
        replace(plain, key=f"{row.key}:{slot}", view=ended(old), replaces=receipt, retiring=True)
        for slot, (old, receipt) in stands.items()
        if slot != row.slot or anew
    )
    return plain if anew else replace(plain, replaces=row.replaces), retired


def _legible(one: Standing) -> View | None:
    """What stands there. A view of another release cannot be shown again: its buttons stay, and count as stale."""
    try:
        view: View = from_record(_VIEW, one.view)
    except RecordError as fault:
        log.warning("message.illegible", slot=one.slot, error=str(fault))
        return None
    return view
