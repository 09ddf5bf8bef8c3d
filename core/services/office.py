"""The office: everything operators do and look at, for their pages and for the command line alike.

Each act names who does it; whether they may is judged here, and what they did is on record with the act itself.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import wraps
from typing import Any, Final, ParamSpec, TypeVar

from core.domain.administration import Act, Admin
from core.domain.identity import ACCOUNT_DIGITS
from core.domain.job import JobStatus
from core.domain.switch import KINDS, PROVIDER, Feature
from core.services.desk import Unavailable
from core.store import error
from core.store.administration import Administration, Done, Moved, Proposal
from core.store.control import OPEN, Control, Hold, JobRow, Switch, Tried
from core.store.job import Happening, Jobs, StoredJob
from core.store.ledger import LAST, Ledger, Person, Posting, Wanted
from core.store.quarantine import Claimed, Payment, Quarantine, Told
from core.store.usage import Alert, Calls, Takings, Usage

__all__ = [
    "LAST",
    "STATES",
    "Alert",
    "Case",
    "Claimed",
    "Done",
    "Figures",
    "JobRow",
    "Lever",
    "Moved",
    "Office",
    "Payment",
    "Person",
    "Posting",
    "Proposal",
    "Reason",
    "Refused",
    "Told",
    "Wanted",
]

HOUSE: Final = "studio"
"""Whose models are nobody else's."""
LONGEST_WHY: Final = 80
MOST_CREDITS: Final = 1_000_000
KNOWN_PLATFORMS: Final = ("telegram", "discord")
"""Whose numbers of a person an operator can know; a browser's is nobody's business."""
_ACCOUNT = re.compile(rf"[0-9a-f]{{{ACCOUNT_DIGITS},32}}")
P = ParamSpec("P")
T = TypeVar("T")


class Reason(StrEnum):
    """Why an act was refused. Nothing was done."""

    ROLE = "role"
    """Somebody with more to say has to do it."""
    NO_REASON = "no_reason"
    """Every act says why, in 1 to 80 characters."""
    AMOUNT = "amount"
    OWN = "own"
    """Somebody else has to approve it."""
    SHORT = "short"
    """There are not so many credits to take; `detail` has `have` and `need`."""
    UNKNOWN = "unknown"
    NOBODY = "nobody"
    """It does not say whose it is, or what was said names nobody, or several."""
    REUSED = "reused"
    """The key did something else before, or somebody was faster."""
    OVER = "over"
    """It was decided, has expired or has ended."""
    LATER = "later"
    """Not as it is now."""


_REASONS: Final[dict[type[error.Rejected], Reason]] = {
    error.Insufficient: Reason.SHORT,
    error.Blocked: Reason.OWN,
    error.Unknown: Reason.UNKNOWN,
    error.Conflict: Reason.REUSED,
    error.Ended: Reason.OVER,
    error.LimitReached: Reason.LATER,
}


STATES: Final[Mapping[str, tuple[str, ...]]] = {
    "open": OPEN,
    "failed": (JobStatus.FAILED, JobStatus.PARTLY_DONE),
    "done": (JobStatus.DONE,),
    "cancelled": (JobStatus.CANCELLED,),
    "all": (),
}
"""How jobs are listed."""


@dataclass(frozen=True, slots=True)
class Case:
    """One job with all that is known of how it went."""

    job: StoredJob
    timeline: tuple[Happening, ...]
    hold: Hold | None
    tried: tuple[Tried, ...]


@dataclass(frozen=True, slots=True)
class Lever:
    """A switch: `off` says since when, by whom and why; None: it is on."""

    name: str
    provider: bool
    what: tuple[str, ...]
    """The kinds of orders it refuses, or the models that rest."""
    off: Switch | None
    ready: bool = True
    """Whether it could be asked at all: False for a provider without a key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    day: date
    calls: int
    cost_micro_usd: int
    jobs: int
    failed: int
    credits: int


@dataclass(frozen=True, slots=True)
class Figures:
    """What was called, what it cost us and what it brought, from a day (UTC) until now."""

    since: date
    calls: tuple[Calls, ...]
    takings: tuple[Takings, ...]
    providers: Mapping[str, str]
    """Of models; those that are not there are the house's own."""

    def provider(self, model: str) -> str:
        return self.providers.get(model, HOUSE)

    @property
    def cost_micro_usd(self) -> int:
        return sum(row.cost_micro_usd for row in self.calls)

    @property
    def credits(self) -> int:
        return sum(row.credits for row in self.takings)

    @property
    def jobs(self) -> int:
        return sum(row.jobs for row in self.takings)

    @property
    def failed(self) -> int:
        return sum(row.failed for row in self.takings)

    @property
    def models(self) -> tuple[Calls, ...]:
        """All days together, the dearest first."""
        found: dict[str, list[Calls]] = {}
        for row in self.calls:
            found.setdefault(row.model, []).append(row)
        summed = (
            Calls(
                day=self.since,
                model=model,
                calls=sum(row.calls for row in rows),
                failed=sum(row.failed for row in rows),
                cost_micro_usd=sum(row.cost_micro_usd for row in rows),
            )
            for model, rows in found.items()
        )
        return tuple(sorted(summed, key=lambda row: (-row.cost_micro_usd, -row.calls, row.model)))

    @property
    def days(self) -> tuple[Day, ...]:
        """Those on which something happened, the latest first."""
        takings = {row.day: row for row in self.takings}
        found = []
        for day in sorted({*takings, *(row.day for row in self.calls)}, reverse=True):
            rows = [row for row in self.calls if row.day == day]
            ended = takings.get(day) or Takings(day=day, credits=0, jobs=0, failed=0)
            found.append(
                Day(
                    day=day,
                    calls=sum(row.calls for row in rows),
                    cost_micro_usd=sum(row.cost_micro_usd for row in rows),
                    jobs=ended.jobs,
                    failed=ended.failed,
                    credits=ended.credits,
                )
            )
        return tuple(found)


class Refused(Exception):
    def __init__(self, reason: Reason, text: str = "", detail: dict[str, Any] | None = None) -> None:
        super().__init__(text or reason)
        self.reason: Final = reason
        self.detail: Final = detail or {}


def said(why: str) -> str:
    """The reason as it is kept. Raises Refused."""
    reason = " ".join(why.split())
    if not 0 < len(reason) <= LONGEST_WHY:
        raise Refused(Reason.NO_REASON)
    return reason


def _translated(call: Callable[P, Awaitable[T]]) -> Callable[P, Awaitable[T]]:
    """Store errors as the front ends know them."""

    @wraps(call)
    async def run(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return await call(*args, **kwargs)
        except error.Rejected as refused:
            raise Refused(_REASONS[type(refused)], str(refused), dict(refused.detail)) from refused
        except (error.Unavailable, error.Forbidden) as gone:
            raise Unavailable(str(gone)) from gone

    return run


def _permitted(admin: Admin, act: Act) -> None:
    if not admin.may(act):
        raise Refused(Reason.ROLE)


class Office:
    """Every method raises Unavailable while the database is gone; acts raise Refused."""

    def __init__(
        self,
        administration: Administration,
        ledger: Ledger,
        quarantine: Quarantine,
        control: Control,
        jobs: Jobs,
        models: Mapping[str, Sequence[str]],
        doors: Container[str],
        give_back: Callable[[], Awaitable[object]],
        usage: Usage,
    ) -> None:
        """`models`: their ids by provider, of those that can be switched off; `doors`: the providers that are set up.
        `give_back`: carries out the refunds that were approved."""
        self._acts = administration
        self._ledger = ledger
        self._quarantine = quarantine
        self._control = control
        self._jobs = jobs
        self._models = models
        self._doors = doors
        self._give_back = give_back
        self._usage = usage

    # -- people and wallets --------------------------------------------------------------------------------------------

    @_translated
    async def people(self, words: str, *, limit: int, offset: int = 0) -> tuple[Person, ...]:
        """Who is meant by `telegram:ID`, `discord:ID`, or digits of an account or a wallet; without words all, who was
        here last first."""
        words = words.strip()
        platform, colon, ref = words.partition(":")
        if not words:
            return await self._ledger.people(limit=limit, offset=offset)
        if colon:
            return await self._ledger.found(platform=platform.lower(), ref=ref) if platform in KNOWN_PLATFORMS else ()
        digits = words.lower().replace("-", "")
        return await self._ledger.found(account=digits) if _ACCOUNT.fullmatch(digits) else ()

    @_translated
    async def person(self, user_id: str) -> Person:
        """Raises Refused (unknown)."""
        try:
            found = await self._ledger.person(user_id)
        except error.Fault:  # no uuid
            found = None
        if found is None:
            raise Refused(Reason.UNKNOWN)
        return found

    @_translated
    async def move(self, admin: Admin, user_id: str, amount: int, *, key: str, why: str) -> Moved:
        """Above zero a gift, below a deduction; beyond the limit only proposed."""
        _permitted(admin, Act.GRANT if amount > 0 else Act.DEDUCT)
        if not 0 < abs(amount) <= MOST_CREDITS:
            raise Refused(Reason.AMOUNT)
        return await self._acts.move(user_id, amount, key=key, why=said(why), actor=admin.name)

    @_translated
    async def decide(self, admin: Admin, proposal: str, *, approve: bool) -> bool:
        """Whether this call (and not an earlier one) decided it. One's own may only be withdrawn, by whatever role."""
        mine = any(one.id == proposal and one.proposed_by == admin.name for one in await self._acts.proposals())
        if approve or not mine:
            _permitted(admin, Act.APPROVE if approve else Act.REJECT)
        try:
            fresh = await self._acts.decide(proposal, approve=approve, actor=admin.name)
        except error.Fault as fault:  # no uuid
            raise Refused(Reason.UNKNOWN) from fault
        if approve:
            await self._give_back()
        return fresh

    @_translated
    async def freeze(self, admin: Admin, user_id: str, *, freeze: bool, key: str, why: str) -> bool:
        _permitted(admin, Act.FREEZE if freeze else Act.UNFREEZE)
        return await self._acts.freeze(user_id, freeze=freeze, key=key, why=said(why), actor=admin.name)

    @_translated
    async def proposals(self) -> tuple[Proposal, ...]:
        return await self._acts.proposals()

    @_translated
    async def journal(self, limit: int, *, before: int | None = None, **of: str) -> tuple[Done, ...]:
        """Newest first. `of`: actor, act, user_id, subject; empty is any."""
        return await self._acts.journal(limit, before=before, **{name: value for name, value in of.items() if value})

    # -- the books -----------------------------------------------------------------------------------------------------

    @_translated
    async def postings(self, wanted: Wanted, *, limit: int, before: int = LAST) -> tuple[Posting, ...]:
        return await self._ledger.postings(wanted, limit=limit, before=before)

    @_translated
    async def kinds(self) -> tuple[str, ...]:
        return await self._ledger.kinds()

    @_translated
    async def audit(self) -> dict[str, int]:
        return await self._ledger.audit()

    # -- payments ------------------------------------------------------------------------------------------------------

    @_translated
    async def payments(
        self,
        *,
        doubted: bool = False,
        text: str = "",
        user_id: str = "",
        limit: int,
        before: tuple[datetime, str] | None = None,
    ) -> tuple[Payment, ...]:
        """Newest first, `before` time and reference of a page's last; `doubted`: only those not credited as told."""
        return await self._quarantine.payments(doubted=doubted, text=text, user_id=user_id, limit=limit, before=before)

    @_translated
    async def payment(self, provider: str, reference: str) -> tuple[Payment, tuple[Told, ...], tuple[Claimed, ...]]:
        """Raises Refused (unknown)."""
        found = await self._quarantine.payment(provider, reference)
        if found is None:
            raise Refused(Reason.UNKNOWN)
        return (found, *await self._quarantine.told(found))

    @_translated
    async def release_payment(
        self, admin: Admin, one: Payment, *, key: str, why: str, amount: int | None = None, whose: str = ""
    ) -> Moved:
        """Credit what was paid: `amount` or as many as were agreed, to `whose` (as `people` finds them) or whom the
        payment names; beyond the limit only proposed."""
        _permitted(admin, Act.RELEASE_PAYMENT)
        if not 0 < (one.credits or 0 if amount is None else amount) <= MOST_CREDITS:
            raise Refused(Reason.AMOUNT)
        user_id = one.user_id
        if whose.strip():
            meant = await self.people(whose, limit=2)
            if len(meant) != 1:
                raise Refused(Reason.NOBODY)
            user_id = meant[0].user_id
        if user_id is None:
            raise Refused(Reason.NOBODY)
        return await self._quarantine.release(
            one.provider, one.reference, key=key, why=said(why), actor=admin.name, amount=amount, user_id=user_id
        )

    @_translated
    async def reject_payment(self, admin: Admin, one: Payment, *, key: str, why: str) -> bool:
        """It stands for no credits, and nobody has to look again; the money is given back at the company."""
        _permitted(admin, Act.REJECT_PAYMENT)
        return await self._quarantine.reject(one.provider, one.reference, key=key, why=said(why), actor=admin.name)

    # -- jobs ----------------------------------------------------------------------------------------------------------

    @_translated
    async def jobs(
        self,
        state: str = "all",
        *,
        text: str = "",
        user_id: str = "",
        limit: int,
        before: tuple[datetime, str] | None = None,
    ) -> tuple[JobRow, ...]:
        """Newest first, `before` time and id of a page's last; `text`: a kind, a code, or how one begins."""
        statuses = STATES.get(state, ())
        return await self._control.jobs(statuses=statuses, text=text, user_id=user_id, limit=limit, before=before)

    @_translated
    async def job(self, code: str) -> Case:
        """Raises Refused (unknown)."""
        found, timeline = await self._jobs.timeline(code=code.upper())
        return Case(found, tuple(timeline), await self._control.hold(found.id), await self._control.tried(found.id))

    @_translated
    async def take_job(self, admin: Admin, code: str, *, retry: bool, key: str, why: str) -> bool:
        """Begin an open job anew, or end it with what it has delivered and give the rest back."""
        _permitted(admin, Act.RETRY_JOB if retry else Act.RELEASE_JOB)
        found, _ = await self._jobs.timeline(code=code.upper())
        return await self._control.take(found.id, retry=retry, key=key, why=said(why), actor=admin.name)

    # -- switches ------------------------------------------------------------------------------------------------------

    @_translated
    async def levers(self) -> tuple[Lever, ...]:
        off = {one.name: one for one in await self._control.switches()}
        features = (Lever(one, False, tuple(KINDS[one]), off.get(one)) for one in Feature)
        providers = (
            Lever(one, True, tuple(ids), off.get(f"{PROVIDER}{one}"), one in self._doors)
            for one, ids in self._models.items()
        )
        return (*features, *providers)

    @_translated
    async def switch(self, admin: Admin, name: str, *, off: bool, key: str, why: str) -> bool:
        """A feature, or a provider: for everybody and at once. What is under way ends as it was ordered."""
        _permitted(admin, Act.SWITCH_OFF if off else Act.SWITCH_ON)
        kinds = KINDS[Feature(name)] if name in list(Feature) else ()
        models = () if kinds else self._models.get(name, ())
        if not (kinds or models):
            raise Refused(Reason.UNKNOWN)
        return await self._control.switch(
            name if kinds else f"{PROVIDER}{name}",
            off=off,
            kinds=kinds,
            models=models,
            key=key,
            why=said(why),
            actor=admin.name,
        )

    # -- usage and alerts ----------------------------------------------------------------------------------------------

    @_translated
    async def usage(self, days: int) -> Figures:
        """Of so many days, today included."""
        since = await self._usage.today() - timedelta(days=days - 1)
        providers = {model: name for name, models in self._models.items() for model in models}
        return Figures(since, await self._usage.calls(since), await self._usage.takings(since), providers)

    @_translated
    async def alerts(self, limit: int) -> tuple[Alert, ...]:
        """Open ones first, then what was seen to last."""
        return await self._usage.alerts(limit)

    @_translated
    async def resolve_alert(self, admin: Admin, alert: str, *, key: str, why: str) -> bool:
        _permitted(admin, Act.RESOLVE_ALERT)
        return await self._usage.resolve(alert, key=key, why=said(why), actor=admin.name)
