"""Effects: what a turn wants done, carried out in the transaction that stores the turn."""

from __future__ import annotations

from dataclasses import dataclass, field

from core.conversation.view import NoticeView
from core.domain.brief import Brief
from core.domain.guild import ALONE, Means, Payer
from core.domain.identity import Chat, Offer
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
    payer: Payer = Payer.PERSON
    means: Means = ALONE
    """Of a preview, whose card says who would pay for what comes of it."""
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
class SaveRules:
    """For a server: `values` by the field of `Rules`."""

    guild: str
    values: dict[str, Json]


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveCredits:
    """Bought credits become a server's, if the person still has as many to give as they were told (`having`)."""

    guild: str
    credits: int
    having: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgetSelfies:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class DeletePerson:
    """/delete_me, confirmed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueCode:
    """The code that was shown, by what is stored of it, joins whoever enters it."""

    issues: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinPerson:
    """Become one person with whoever issued the code. `told` is said where they asked for it."""

    offer: Offer
    told: NoticeView


@dataclass(frozen=True, slots=True, kw_only=True)
class LeavePerson:
    """This identity becomes a person of its own, with nothing. `here`: it is the one this turn is of."""

    identity: str
    here: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RedeemVoucher:
    """The code that was entered becomes credits, before anything is ordered; `voucher` is what is stored of it."""

    voucher: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Said to somebody else, where they are alone with the bot."""

    chat: Chat
    view: NoticeView


@dataclass(frozen=True, slots=True, kw_only=True)
class InviteMate:
    """The code that was shown, by what is stored of it, seats whoever enters it."""

    issues: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeSeat:
    invitation: str
    told: Told | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveSeat:
    """One's own, or one in one's own team."""

    seat: str
    told: Told | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CapSeat:
    """None: the seat may spend all there is."""

    seat: str
    credits: int | None


TeamEffect = InviteMate | TakeSeat | LeaveSeat | CapSeat
Effect = (
    Order
    | SettleAlbum
    | CancelJobs
    | MarkVariant
    | SaveSettings
    | SaveRules
    | GiveCredits
    | ForgetSelfies
    | DeletePerson
    | IssueCode
    | JoinPerson
    | LeavePerson
    | RedeemVoucher
    | TeamEffect
)
