"""A team: whoever has the plan lets others spend its month, each from a seat of their own."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from core.domain.guild import Means
from core.domain.identity import Chat
from core.domain.record import Json


class SeatBar(StrEnum):
    """Why an entered code seats nobody."""

    UNKNOWN = "unknown"
    """Never was, is used or has expired, or its team has no plan any more: nobody learns which."""
    OWN = "own"
    """An invitation to their own team."""
    SEATED = "seated"
    """They hold a seat already."""
    FULL = "full"
    TOO_MANY = "too_many"
    """Codes that were no good, within the hour."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """`id` names it in buttons; acts by it are judged by who they are."""

    id: str
    open: bool = True
    """The team has its plan; until then the seat pays for nothing."""
    has: int = 0
    """Credits the team can spend now: what is left of its plan's month, and nothing its owner bought."""
    cap: int | None = None
    """Of them, what this seat may spend in one period of the plan; None: all."""
    used: int = 0
    """Of that, in this period, what is held included."""
    shared: dict[str, Json] = field(default_factory=dict)
    """Settings of the owner's that hold for who has none of their own."""

    @property
    def means(self) -> Means:
        return Means(pays=self.open, has=self.has, share=None if self.cap is None else max(0, self.cap - self.used))

    def bears(self, cost: int) -> bool:
        """Whether the team pays so much, whole."""
        return self.open and self.means.refused(cost) is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mate:
    """Who holds a seat, as the owner sees them."""

    seat: Seat
    person: str
    platforms: tuple[str, ...] = ()
    chat: Chat | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """What an entered code leads to: a seat in the team of `owner`, or nothing (`bar`)."""

    id: str = ""
    """All that is stored of the code."""
    owner: str = ""
    chat: Chat | None = None
    bar: SeatBar | None = None
    retry_after_s: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """All a turn may know of it. `code` is fresh and not issued yet; `issues` is what is stored of it."""

    owns: bool = False
    """This person's plan is one of a team."""
    mates: tuple[Mate, ...] = ()
    """Who sits in theirs, the first seated first."""
    owner: str = ""
    """Whose team they sit in themselves; empty: nobody's, or somebody's who has left."""
    chat: Chat | None = None
    """That owner's."""
    invitation: Invitation | None = None
    code: str = ""
    issues: str = ""
