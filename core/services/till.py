"""The till: what was bought on a platform that sells for us becomes credits, once, and a refund takes them back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import structlog

from core.conversation.event import CreditsMoved, PlanStalled
from core.domain.pack import Pack
from core.domain.payment import Cause, Money, Receipt
from core.domain.record import Json
from core.services.conversing import Conversing
from core.services.desk import Envelope, Unavailable
from core.store import error
from core.store.purchase import Purchases, Tell

log = structlog.get_logger(__name__)

TELL_PAID = "tell_paid"
TELL_STALLED = "tell_stalled"
_TRIES = 3


class Doubt(StrEnum):
    """Why a purchase is not credited; an operator can mend it, and then it is."""

    UNKNOWN_ITEM = "unknown_item"
    TEST = "test"
    SUBSCRIPTION = "subscription"
    """It is sold as a pack and is none."""
    PERIOD = "period"
    """It is sold as a plan, and nobody says for which time."""
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bought:
    """A purchase as a platform tells of it; `places`: a regular expression for where its person may be told."""

    id: str
    item: str
    person: str
    places: str
    refunded: bool = False
    test: bool = False
    """No money was paid."""
    runs_out: bool = False
    """A subscription: no pack, whatever it is called."""


class Till:
    """`tests`: whether purchases nobody paid for count as well, which they do in staging."""

    def __init__(
        self, purchases: Purchases, conversing: Conversing, platform: str, packs: Sequence[Pack], *, tests: bool
    ) -> None:
        self._purchases = purchases
        self._conversing = conversing
        self._platform = platform
        self.packs = tuple(packs)
        self._credits = {one.item: one.credits for one in packs}
        self._tests = tests

    def sells(self, item: str) -> bool:
        return item in self._credits

    async def settle(self, bought: Bought, happening: str) -> bool:
        """Bring the ledger to what it says, with the happening closed and the person told. Whether its credits stand
        there now: only then may it be used up. Raises Unavailable; again it changes nothing."""
        for _ in range(_TRIES):
            try:
                if bought.refunded:
                    return await self._taken_back(bought, happening)
                return await self._credited(bought, happening)
            except (error.Unknown, error.Conflict):
                continue  # the person joined another, or left, this very moment
            except (error.Unavailable, error.Forbidden) as gone:
                raise Unavailable(str(gone)) from gone
        raise Unavailable("this purchase is very busy")

    async def _credited(self, bought: Bought, happening: str) -> bool:
        if reason := self._doubt(bought):
            if await self._purchases.doubt(bought.id, bought.item, reason):
                log.error("purchase.refused", platform=self._platform, item=bought.item, id=bought.id, reason=reason)
            return False
        buyer = Envelope(id=happening, platform=self._platform, person=bought.person, place="")
        opened = await self._conversing.open(buyer)
        moved, refunded = await self._purchases.credit(
            bought.id,
            bought.item,
            user_id=opened.user_id,
            amount=self._credits[bought.item],
            happening=happening,
            tell=Tell(bought.person, bought.places),
        )
        if moved:
            log.info("purchase.credited", platform=self._platform, id=bought.id, credits=moved)
        return not refunded

    def _doubt(self, bought: Bought) -> Doubt | None:
        if not self.sells(bought.item):
            return Doubt.UNKNOWN_ITEM
        if bought.test and not self._tests:
            return Doubt.TEST
        if bought.runs_out:
            return Doubt.SUBSCRIPTION
        return None if bought.person else Doubt.NOBODY

    async def _taken_back(self, bought: Bought, happening: str) -> bool:
        tell = Tell(bought.person, bought.places)
        if moved := await self._purchases.refund(bought.id, bought.item, happening=happening, tell=tell):
            log.warning("purchase.refunded", platform=self._platform, id=bought.id, credits=moved)
        return False


async def tell_paid(conversing: Conversing, args: Mapping[str, Json]) -> None:
    """The task that moved credits leave behind: say so in the chat, as a turn of its own."""
    about = args.get("about")
    moved = CreditsMoved(credits=args["credits"], receipt=_receipt(about) if about else None)
    await conversing.handle(Envelope(**args["envelope"]), moved)


def _receipt(about: Mapping[str, Json]) -> Receipt:
    return Receipt(
        cause=Cause(about["cause"]),
        money=Money(about["minor"], about["currency"]) if about["currency"] else None,
        credits=about["credits"],
        reference=about["reference"],
        date=about["date"],
    )


async def tell_stalled(conversing: Conversing, args: Mapping[str, Json]) -> None:
    """The task that a month leaves behind which could not be collected."""
    await conversing.handle(Envelope(**args["envelope"]), PlanStalled())
