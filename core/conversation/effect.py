"""Effects: what a turn wants done, carried out in the transaction that stores the turn."""

from __future__ import annotations

from dataclasses import dataclass, field

from core.domain.brief import Brief
from core.domain.job import JobKind
from core.domain.price import Quote
from core.domain.record import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Make a job: held and queued, or not at all. Ids come from the event, so a replay orders the same job."""

    code: str
    kind: JobKind
    brief: Brief
    quote: Quote
    variant: str = ""
    """Code of the variant a refinement works on."""
    options: dict[str, Json] = field(default_factory=dict)
    """What a refinement needs: `headline`, `vibe`, `touch` or `words`, `format`, `type` or `job`. A preview and a set
    name their `draft`; a set also brings the person's own `answers`, to be kept as the last ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SettleAlbum:
    """Send AlbumSettled to this session once no picture has come for a while."""

    album: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelJobs:
    """One job by code, or all of the person's that have not ended."""

    job: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkVariant:
    variant: str
    pinned: bool | None = None
    deleted: bool | None = None
    current: int | None = None
    """Version to show from now on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveSettings:
    values: dict[str, Json]


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgetSelfies:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class DeletePerson:
    """/delete_me, confirmed."""


Effect = Order | SettleAlbum | CancelJobs | MarkVariant | SaveSettings | ForgetSelfies | DeletePerson
