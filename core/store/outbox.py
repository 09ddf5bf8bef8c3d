"""Messages on their way to a platform, in order per chat, at least once."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.domain.record import Json
from core.store.moment import moment
from core.store.port import Transport

CHANNEL = "tf_outbox"
"""Notified with the platform whose outbox grew, if its senders had found nothing to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A view to be put into the outbox, together with whatever transaction carries it.

    `key` is unique for ever: the same key again is the same message. Empty fields are the turn's or the job's own.
    A view with a slot (its own field, unless given here) replaces the message last shown in that slot.
    """

    key: str
    view: Json
    slot: str = ""
    platform: str = ""
    place: str = ""
    language: str = ""
    job_id: str = ""
    user_id: str = ""

    def record(self) -> dict[str, Json]:
        optional = {
            "slot": self.slot,
            "platform": self.platform,
            "place": self.place,
            "language": self.language,
            "job_id": self.job_id,
            "user_id": self.user_id,
        }
        return {"key": self.key, "view": self.view, **{name: value for name, value in optional.items() if value}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What was last shown in a slot."""

    slot: str
    view: Json
    receipt: dict[str, Json]


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingRow:
    """A message to deliver. `replaces` is the receipt of the message now standing in its slot, {} for a new one.

    `retires`: what stands in the slots its view names as having had their time.
    """

    id: int
    key: str
    view: Json
    language: str
    slot: str
    job_id: str | None
    user_id: str | None
    attempts: int
    replaces: dict[str, Json]
    retires: tuple[Standing, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """A chat leased to a sender, with its next messages in order.

    The lease ends at `lease_until` (the database's time), `lease_seconds` after the claim: a sender sends nothing of
    this parcel later than that by its own monotonic clock.
    """

    place: str
    lease_until: datetime
    lease_seconds: float
    rows: tuple[PendingRow, ...]


@dataclass(frozen=True, slots=True)
class Idle:
    """Nothing is due: look again after `seconds`, or on the next wake-up when it is None."""

    seconds: float | None


class Outbox:
    """One platform's outbox."""

    def __init__(self, transport: Transport, platform: str) -> None:
        self._transport = transport
        self._platform = platform

    async def claim(self, sender: str, *, lease_seconds: float, limit: int = 1) -> Parcel | Idle:
        """The chat that waits longest and is due, with up to `limit` of its messages (none, if they were withdrawn)."""
        row = await self._transport.call(
            "claim_chat",
            {"platform": self._platform, "sender": sender, "lease_seconds": lease_seconds, "limit": limit},
        )
        if "rows" not in row:
            return Idle(None if row["wait_ms"] is None else row["wait_ms"] / 1000)
        return Parcel(
            place=row["place"],
            lease_until=moment(row["lease_until"]),
            lease_seconds=lease_seconds,
            rows=tuple(_pending(one) for one in row["rows"]),
        )

    async def let_go(self, senders: Sequence[str]) -> None:
        """Give back what these senders hold: they are stopping, and whoever comes next need not wait for a lease."""
        await self._transport.call("let_go", {"platform": self._platform, "senders": list(senders)})

    async def delivered(
        self,
        row_id: int,
        sender: str,
        receipt: Mapping[str, Json],
        *,
        chat_pace_ms: int = 0,
        bot_pace_ms: int = 0,
        keep_seconds: float = 0,
    ) -> bool:
        """Store the receipt and let go of the chat, or keep it for `keep_seconds` to send its next message.

        False: the lease is lost, and nothing further of this chat may be sent under it. The paces say how long the
        chat and the whole platform rest before the next claim.
        """
        answer = await self._transport.call(
            "delivered",
            {
                "id": row_id,
                "sender": sender,
                "receipt": dict(receipt),
                "chat_pace_ms": chat_pace_ms,
                "bot_pace_ms": bot_pace_ms,
                "keep_seconds": keep_seconds,
            },
        )
        return bool(answer["lease"])

    async def undelivered(
        self,
        row_id: int,
        sender: str,
        error: str,
        *,
        retry_after: float | None = None,
        everywhere: bool = False,
        permanent: bool = False,
        unreachable: bool = False,
    ) -> bool:
        """Let go of the chat after a failure; whether the message was given up.

        `retry_after` seconds rest the chat (`everywhere`: the platform) and count as no attempt; without it the pause
        doubles up to a minute and the tenth failure gives the message up. `permanent` gives this message up at once,
        `unreachable` every message of the chat until the person is heard of again.
        """
        answer = await self._transport.call(
            "undelivered",
            {
                "id": row_id,
                "sender": sender,
                "error": error,
                "retry_after": retry_after,
                "everywhere": everywhere,
                "permanent": permanent,
                "unreachable": unreachable,
            },
        )
        return bool(answer["dropped"])

    async def wakeups(self) -> AsyncGenerator[None]:
        """Yields whenever this platform's outbox may have grown, and now and then. Close it with `aclosing`."""
        async with aclosing(self._transport.listen(CHANNEL)) as told:
            async for payload in told:
                if payload in ("", self._platform):
                    yield

    async def find_reference(self, sha256: str, form: str) -> str | None:
        """How the platform calls a file it already has (Telegram's file_id), by content and form of sending."""
        arguments = {"platform": self._platform, "sha256": sha256, "form": form}
        reference: str | None = await self._transport.call("file_reference", arguments)
        return reference

    async def keep_reference(self, sha256: str, form: str, reference: str) -> None:
        arguments = {"platform": self._platform, "sha256": sha256, "form": form, "ref": reference}
        await self._transport.call("keep_file_reference", arguments)

    async def shown(self, place: str, message: str) -> str:
        """Code of the variant that a delivered message shows, as its receipt says; empty: none that is remembered."""
        arguments = {"platform": self._platform, "place": place, "message": message}
        code: str | None = await self._transport.call("shown_variant", arguments)
        return code or ""


def _pending(row: Mapping[str, Any]) -> PendingRow:
    return PendingRow(
        id=row["id"],
        key=row["key"],
        view=row["view"],
        language=row["language"],
        slot=row["slot"] or "",
        job_id=row["job_id"],
        user_id=row["user_id"],
        attempts=row["attempts"],
        replaces=row["replaces"] or {},
        retires=tuple(Standing(**one) for one in row["retires"]),
    )
