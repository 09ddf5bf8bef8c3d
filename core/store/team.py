"""Teams: who sits in one, and what a turn may change of that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.domain.identity import Chat
from core.domain.plan import PLANS, PlanId
from core.domain.record import Json
from core.domain.team import Invitation, Mate, Seat, SeatBar, Team
from core.store.inner import Inner, ask
from core.store.outbox import Post
from core.store.person import read_chat
from core.store.port import Transport

INVITED_S = 7 * 86_400.0
SEATS = PLANS[PlanId.TEAM].seats


@dataclass(frozen=True, slots=True)
class Invite:
    """One person, by the code of which this is stored."""

    code_hash: str

    def record(self) -> dict[str, Json]:
        return {"invite": {"code": self.code_hash, "seconds": INVITED_S}}


@dataclass(frozen=True, slots=True)
class Take:
    """Sit down by an invitation, which is used up."""

    code_hash: str

    def record(self) -> dict[str, Json]:
        return {"take": {"code": self.code_hash, "seats": SEATS}}


@dataclass(frozen=True, slots=True)
class Vacate:
    """One's own seat, or one in one's own team."""

    seat: str

    def record(self) -> dict[str, Json]:
        return {"leave": self.seat}


@dataclass(frozen=True, slots=True)
class Cap:
    """None: the seat may spend all there is."""

    seat: str
    credits: int | None

    def record(self) -> dict[str, Json]:
        return {"cap": {"seat": self.seat, "credits": self.credits}}


TeamChange = Invite | Take | Vacate | Cap


class Teams:
    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def read(
        self, user_id: str, *, platform: str, ref: str, event: str, code_hash: str = "", invitation: str = ""
    ) -> Team:
        """A person's team, whose they sit in, and what a code leads to: `code_hash` of one that was typed, which counts
        as a try, or the `invitation` a button carries."""
        row = await self._transport.call(
            "team",
            {
                "user_id": user_id,
                "platform": platform,
                "ref": ref,
                "event": event,
                "seats": SEATS,
                "code": code_hash or None,
                "invitation": invitation or None,
            },
        )
        owner = row["owner"] or {}
        found = row.get("invitation")
        return Team(
            owns=row["owns"],
            mates=tuple(map(_mate, row["mates"])),
            owner=owner.get("person") or "",
            chat=_chat(owner.get("chat")),
            invitation=None if found is None else _invitation(found, code_hash or invitation),
        )


@dataclass(frozen=True, slots=True)
class Turned:
    """A seat whose team lost its plan, or has it again, since whoever holds it was told."""

    seat: str
    open: bool
    at: str
    """When it was seen, as the store writes it."""
    chat: Chat | None


class Seats:
    """The worker's half; needs a direct connection."""

    def __init__(self, inner: Inner) -> None:
        self._inner = inner

    async def to_tell(self) -> tuple[Turned, ...]:
        rows = await ask(self._inner, "select tf.seats_to_tell(%s) as answer", {})
        return tuple(Turned(row["seat"], row["open"], row["at"], _chat(row["chat"])) for row in rows)

    async def tell(self, turned: Turned, outbox: list[Post]) -> bool:
        """Whether it was this call, and not another replica's, that told of it."""
        said = {"seat": turned.seat, "open": turned.open, "outbox": [post.record() for post in outbox]}
        return bool((await ask(self._inner, "select tf.tell_seat(%s) as answer", said))["told"])


def read_seat(row: Mapping[str, Any]) -> Seat:
    return Seat(
        id=row["id"],
        open=row["open"],
        has=row["has"],
        cap=row["cap"],
        used=row["used"],
        shared=row.get("shared", {}),
    )


def _mate(row: Mapping[str, Any]) -> Mate:
    return Mate(
        seat=read_seat(row),
        person=row["person"],
        platforms=tuple(row["platforms"] or ()),
        chat=_chat(row["chat"]),
    )


def _invitation(row: Mapping[str, Any], code_hash: str) -> Invitation:
    if "reason" in row:
        return Invitation(bar=SeatBar(row["reason"]), retry_after_s=row.get("retry_after", 0))
    return Invitation(id=code_hash, owner=row["person"], chat=_chat(row["chat"]))


def _chat(row: Mapping[str, Any] | None) -> Chat | None:
    return read_chat(row) if row else None
