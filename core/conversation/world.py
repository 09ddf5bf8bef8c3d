"""The world as far as one turn may know it: loaded by the service before the engine runs, never by the engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from core.conversation.event import Photo
from core.domain.door import entered
from core.domain.guild import ALONE, Guild, Means, Member, Payer
from core.domain.identity import Linking
from core.domain.job import JobKind, JobStatus, Recipe, Stage
from core.domain.model import Catalogue
from core.domain.plan import PLANS, Plan, PlanId
from core.domain.record import Json
from core.domain.subscription import Subscription
from core.domain.team import Seat, Team
from core.domain.voucher import Redeemable
from core.domain.wallet import Movement, Wallet


class Need(StrEnum):
    """What an event needs loaded beyond session, profile and wallet; `engine.needs(session, event)` names it."""

    VARIANT = "variant"
    LATEST = "latest"
    """As the variant: the one finished last, where none is named."""
    JOB = "job"
    JOBS = "jobs"
    GALLERY = "gallery"
    BALANCE = "balance"
    LAST_SELFIES = "last_selfies"
    LINKING = "linking"
    SUBSCRIPTIONS = "subscriptions"
    VOUCHER = "voucher"
    TEAM = "team"
    GIVEABLE = "giveable"
    """Of the guild: what the person may give it."""
    ADMIN = "admin"
    """Where whoever runs the factory signs in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantFacts:
    """A variant of this person at its current version."""

    code: str
    job: str
    position: int
    version: int
    versions: int
    recipe: Recipe
    picture: str
    """Asset id of the current picture."""
    made_at: datetime | None = None
    """When the variant was drawn first."""
    previous: int = 0
    """Number of the version this one was made from: what Undo goes back to. 0: it is the first."""
    previous_picture: str = ""
    previous_recipe: Recipe | None = None
    previous_facts: dict[str, Json] = field(default_factory=dict)
    """That version's own, as `recipe` and `facts` are this one's."""
    pinned: bool = False
    deleted: bool = False
    returned: int = 0
    """Credits the job that made the variant has given back."""
    face: str = ""
    """What sets its headline."""
    squeezed: bool = False
    """No other face left these words large enough to be read."""
    bare: bool = False
    """Its small line is left out: nobody could have read it."""
    without: tuple[str, ...] = ()
    """Effects that would have left these words illegible."""
    mark: str = ""
    """How the word that carries it stands out."""
    facts: dict[str, Json] = field(default_factory=dict)
    """Model, seed, timings, credits, scores as stored when it was drawn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobFacts:
    code: str
    kind: JobKind
    status: JobStatus
    stage: Stage
    price: int
    captured: int
    headline: str
    created_at: datetime
    queue_position: int = 0
    seconds_left: int = 0
    recipe: Recipe | None = None
    variants: tuple[str, ...] = ()
    payer: Payer = Payer.PERSON
    by_team: bool = False
    """Their team's wallet bears what the person would."""


class Limit(StrEnum):
    """Why an order was not taken although it could be paid."""

    SUBMITS = "submits"
    FREE_SETS = "free_sets"
    GUILD_JOBS = "guild_jobs"
    GUILD_CREDITS = "guild_credits"
    """The server bears no more for this member today."""
    READINGS = "readings"
    SWITCHED_OFF = "switched_off"
    FROZEN = "frozen"
    """An operator lets nothing be spent from the wallet."""
    DISK = "disk"
    EVERYBODY = "everybody"
    """All persons together draw as much for free as the factory bears."""


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    now: datetime
    event_id: str
    """Unique per event: new draft ids and job codes are derived from it, so that a replay makes the same ones."""
    catalogue: Catalogue
    person: str = ""
    """Id of who did it."""
    wallet: Wallet = field(default_factory=Wallet)
    seat: Seat | None = None
    """In a team, which pays first."""
    plan: Plan = PLANS[PlanId.FREE]
    """Their own, or their team's."""
    sold: tuple[PlanId, ...] = ()
    """Plans that can be subscribed to; none: no plan is a door to anything."""
    elsewhere: Mapping[PlanId, tuple[str, ...]] = field(default_factory=dict)
    """Those of them that are sold in chats of other platforms only, and which."""
    subscriptions: tuple[Subscription, ...] = ()
    """Newest first."""
    settings: dict[str, Json] = field(default_factory=dict)
    last_answers: dict[str, Json] = field(default_factory=dict)
    group: bool = False
    private: bool = False
    """In a group, and nobody else there sees what is answered."""
    member: Member | None = None
    """In a server that has us; what holds there is in `guild`."""
    guild: Guild = field(default_factory=Guild)
    new_person: bool = False
    variant: VariantFacts | None = None
    job: JobFacts | None = None
    jobs: tuple[JobFacts, ...] = ()
    gallery: tuple[VariantFacts, ...] = ()
    page: int = 0
    pages: int = 1
    movements: tuple[Movement, ...] = ()
    last_selfies: tuple[Photo, ...] = ()
    linking: Linking = field(default_factory=Linking)
    team: Team = field(default_factory=Team)
    voucher: Redeemable | None = None
    """What the code they entered is worth; None: they entered none."""
    limit: Limit | None = None
    """Set when the store refused the orders of this very event; the engine runs again and says so."""
    retry_after_s: int = 0
    foreign: bool = False
    """The subject of the press exists and belongs to somebody else."""
    admin_link: str = ""
    """Signs this person in to the operators' pages; empty: they are none, or others would see it."""
    release: str = ""
    example: str = ""
    """Asset id of the picture a newcomer is shown; empty: none."""
    example_size: tuple[int, int] = (0, 0)
    """Its width and height in pixels."""

    @property
    def through_team(self) -> bool:
        """The plan is that of a team they sit in."""
        return self.seat is not None and self.seat.open and self.plan.id is PlanId.TEAM

    @property
    def overheard(self) -> bool:
        """Whether others see what is answered."""
        return self.group and not self.private

    @property
    def payer(self) -> Payer:
        """Who pays here, unless a person says that they do."""
        return self.guild.rules.payer if self.member else Payer.PERSON

    @property
    def means(self) -> Means:
        """What the server they are in bears for them now."""
        return self.guild.means if self.member else ALONE

    def entered(self, payer: Payer) -> Plan:
        """The plan whose doors are open to an order."""
        return entered(self.plan, bought=payer is Payer.GUILD or self.wallet.purchased > 0)

    def affords(self, cost: int, payer: Payer = Payer.PERSON) -> bool:
        """Whether one wallet has as much: the server's, or the team's and then the person's own."""
        if payer is Payer.GUILD:
            return cost <= self.guild.wallet.available
        return cost <= self.wallet.available or (self.seat is not None and self.seat.bears(cost))
