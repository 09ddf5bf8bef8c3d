"""A turn in the store: opened with what is known, stored whole in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from core.domain.guild import Payer
from core.domain.record import Json
from core.domain.team import Seat
from core.domain.wallet import Wallet
from core.store.group import Group
from core.store.guild import GuildChange
from core.store.job import Cancelled
from core.store.join import Issue, Join, Leave
from core.store.outbox import Post
from core.store.person import Profile, Receipt
from core.store.port import Transport
from core.store.team import TeamChange, read_seat
from core.store.voucher import Redeem
from core.store.wallet import read_wallet

PLAIN: Final = frozenset(["event", "user_id", "platform", "place", "version", "session", "language", "outbox"])
"""What a turn may hold to be stored together with others (api.store_turns): money keeps to its own transaction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningJob:
    job_id: str
    code: str
    kind: str
    status: str
    stage: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenTurn:
    """What is known when an event arrives. `version` is the session's (0: there is none yet)."""

    duplicate: bool
    user_id: str
    new_user: bool
    language: str
    plan: str
    session: Json
    version: int
    profile: Profile
    wallet: Wallet
    seat: Seat | None
    """In somebody's team."""
    running_jobs: tuple[RunningJob, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewJob:
    """An order: hold (if `price` > 0), brief, job and queue row, all or nothing.

    `job_id` and `code` come from the event, so a replay orders the same job. Jobs of one `lane` share `slots` slots
    per person; a lane of its own never waits for another. `follows`: kinds of jobs that, open and about the order's own
    variant, it comes after. `hold_seconds`: when the hold is given up, job and all.
    """

    job_id: str
    code: str
    kind: str
    order: Mapping[str, Json]
    queue: str
    quote: Mapping[str, Json] = field(default_factory=dict)
    price: int = 0
    ordered: int = 1
    model: str | None = None
    project_id: str | None = None
    brief_id: str | None = None
    brief: Mapping[str, Json] | None = None
    seed: int | None = None
    priority: int = 0
    lane: str = "set"
    slots: int = 1
    follows: Sequence[str] = ()
    hold_seconds: float = 1800
    run_at: datetime | None = None
    deadline: datetime | None = None
    guild: str | None = None
    """The server it is ordered in, whose caps it counts for."""
    member: str | None = None
    """Who orders in that server: the keyed hash under which it is counted, whoever else the person becomes."""
    payer: Payer = Payer.PERSON
    """The same for all orders of a turn that cost something."""

    def record(self) -> dict[str, Json]:
        return {
            "job_id": self.job_id,
            "code": self.code,
            "kind": self.kind,
            "order": dict(self.order),
            "queue": self.queue,
            "quote": dict(self.quote),
            "price": self.price,
            "ordered": self.ordered,
            "model": self.model,
            "project_id": self.project_id,
            "brief_id": self.brief_id,
            "brief": None if self.brief is None else dict(self.brief),
            "seed": self.seed,
            "priority": self.priority,
            "lane": self.lane,
            "slots": self.slots,
            "follows": list(self.follows),
            "hold_seconds": self.hold_seconds,
            "run_at": _text(self.run_at),
            "deadline": _text(self.deadline),
            "guild": self.guild,
            "member": self.member,
            "payer": self.payer.value,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitLimit:
    """At most `most` jobs within `seconds`, of some kinds only, of free (or only of paid) ones; per person, or for
    `everyone` together. With `octets`, none of them once so many bytes of pictures are kept.
    LimitReached carries {name, limit, used, retry_after}."""

    name: str
    seconds: float = 0
    most: int
    kinds: Sequence[str] = ()
    free: bool | None = None
    everyone: bool = False
    octets: bool = False

    def record(self) -> dict[str, Json]:
        kinds = {"kinds": list(self.kinds)} if self.kinds else {}
        free = {} if self.free is None else {"free": self.free}
        return {
            "name": self.name,
            "seconds": self.seconds,
            "most": self.most,
            "everyone": self.everyone,
            "octets": self.octets,
            **kinds,
            **free,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Timer:
    """A queue task for later, once per key while it waits; setting it again moves it."""

    key: str
    task: str
    args: Mapping[str, Json]
    run_at: datetime
    queue: str = "turns"

    def record(self) -> dict[str, Json]:
        return {
            "key": self.key,
            "task": self.task,
            "args": dict(self.args),
            "run_at": self.run_at.isoformat(),
            "queue": self.queue,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantMark:
    code: str
    pinned: bool | None = None
    deleted: bool | None = None
    current: int | None = None

    def record(self) -> dict[str, Json]:
        return {"code": self.code, "pinned": self.pinned, "deleted": self.deleted, "current": self.current}


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelRequest:
    """One job by code, or all open ones; `closing` is sent for jobs that end here (see `Jobs.cancel`)."""

    code: str = ""
    closing: Sequence[Post] = ()

    def record(self) -> dict[str, Json]:
        return {"code": self.code, "outbox": [post.record() for post in self.closing]}


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnToStore:
    """`event` is the happening's unique id (None: no deduplication); `version` that of the session it began with."""

    event: str | None
    user_id: str
    platform: str
    place: str
    version: int
    session: Json
    language: str | None = None
    """To be remembered as the person's."""
    settings: Mapping[str, Json] | None = None
    """Merged into the stored ones; None as a value removes one."""
    last_answers: Mapping[str, Json] | None = None
    outbox: Sequence[Post] = ()
    orders: Sequence[NewJob] = ()
    limits: Sequence[SubmitLimit] = ()
    cancels: Sequence[CancelRequest] = ()
    marks: Sequence[VariantMark] = ()
    timers: Sequence[Timer] = ()
    forget_selfies: bool = False
    delete_person: bool = False
    """Everything of the person goes, session included; the outbox of this turn is the farewell."""
    linking: Issue | Join | Leave | None = None
    """Comes first: after a join, or after leaving here, session and messages are those of the person it made."""
    guild: GuildChange | None = None
    team: TeamChange | None = None
    redeem: Redeem | None = None
    """Comes first: its credits pay for what the turn orders."""

    def record(self) -> dict[str, Json]:
        """Only what there is of it: most turns are a session and a message."""
        parts: dict[str, Sequence[Any]] = {
            "outbox": self.outbox,
            "orders": self.orders,
            "limits": self.limits,
            "cancel_jobs": self.cancels,
            "mark_variants": self.marks,
            "timers": self.timers,
        }
        optional = {
            "language": self.language,
            "settings": self.settings,
            "last_answers": self.last_answers,
            "forget_selfies": self.forget_selfies or None,
            "delete_person": self.delete_person or None,
            "linking": self.linking and self.linking.record(),
            "guild": self.guild and self.guild.record(),
            "team": self.team and self.team.record(),
            "redeem": self.redeem and self.redeem.record(),
        }
        return {
            "event": self.event,
            "user_id": self.user_id,
            "platform": self.platform,
            "place": self.place,
            "version": self.version,
            "session": self.session,
            **{name: [one.record() for one in some] for name, some in parts.items() if some},
            **{name: value for name, value in optional.items() if value is not None},
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredTurn:
    duplicate: bool
    """The event had been handled before: nothing was written."""
    version: int = 0
    cancelled: tuple[Cancelled, ...] = ()
    receipt: Receipt | None = None


class Turns:
    """Turns that come at the same moment are opened, and plain ones stored, by one call."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._opening = Group(transport, alone="open_turn", together="open_turns")
        self._storing = Group(transport, alone="store_turn", together="store_turns")

    async def open(
        self,
        *,
        event: str,
        platform: str,
        ref: str,
        place: str,
        language: str,
        person_hash: str | None = None,
        starter: int = 0,
    ) -> OpenTurn:
        """Everything known of a person in a place. A first event makes the person, with the starter grant once per
        `person_hash` (a salted hash; None: an anonymous browser, no grant)."""
        row = await self._opening.call(
            {
                "event": event,
                "platform": platform,
                "ref": ref,
                "place": place,
                "language": language,
                "person_hash": person_hash,
                "starter": starter,
            }
        )
        session: Mapping[str, Any] = row["session"] or {"data": None, "version": 0}
        return OpenTurn(
            duplicate=row["duplicate"],
            user_id=row["user_id"],
            new_user=row["new_user"],
            language=row["language"],
            plan=row["plan"],
            session=session["data"],
            version=session["version"],
            profile=Profile.read(row["profile"]),
            wallet=read_wallet(row["wallet"]),
            seat=read_seat(row["seat"]) if row["seat"] else None,
            running_jobs=tuple(RunningJob(**job) for job in row["running_jobs"]),
        )

    async def store(self, turn: TurnToStore) -> StoredTurn:
        """Write it whole, or nothing of it.

        Raises Conflict (the session moved on, or what `linking`, `guild`, `team` or `redeem` rest on: open again),
        Insufficient, LimitReached, Blocked, Unknown.
        """
        record = turn.record()
        if record.keys() <= PLAIN:
            row = await self._storing.call(record)
        else:
            row = await self._transport.call(_storing(turn), record)
        if row["duplicate"]:
            return StoredTurn(duplicate=True)
        return StoredTurn(
            duplicate=False,
            version=row["version"],
            cancelled=tuple(Cancelled.read(one) for some in row["cancelled"] for one in some),
            receipt=Receipt.read(row["receipt"]) if "receipt" in row else None,
        )


def _storing(turn: TurnToStore) -> str:
    """The function for what is more than a session and its messages."""
    if turn.linking:
        return "store_linking"
    if turn.redeem:
        return "store_redeeming"
    if turn.team:
        return "store_team_turn"
    return "store_guild_turn" if turn.guild else "store_turn"


def _text(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
