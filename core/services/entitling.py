"""Entitling: plans that a platform sells for us, each paid period credited once and given back once."""

from __future__ import annotations

from collections.abc import Sequence

import structlog

from core.domain.entitlement import Membership, Right
from core.domain.plan import Sku
from core.services.conversing import Conversing
from core.services.desk import Envelope, Unavailable
from core.services.till import Doubt
from core.store import error
from core.store.purchase import Purchases
from core.store.subscription import Held, Subscriptions

log = structlog.get_logger(__name__)

_TRIES = 3


class Entitling:
    """`tests`: whether rights nobody paid for count as well, which they do in staging."""

    def __init__(
        self,
        subscriptions: Subscriptions,
        purchases: Purchases,
        conversing: Conversing,
        platform: str,
        plans: Sequence[Sku],
        *,
        tests: bool,
    ) -> None:
        self._subscriptions = subscriptions
        self._purchases = purchases
        self._conversing = conversing
        self._platform = platform
        self.plans = tuple(plans)
        self._meant = {one.item: one.plan for one in plans}
        self.tests = tests

    def sells(self, item: str) -> bool:
        return item in self._meant

    def doubt(self, right: Right) -> Doubt | None:
        """Why a right brings nothing, whatever else is known."""
        if right.test and not self.tests:
            return Doubt.TEST
        return None if right.person else Doubt.NOBODY

    async def settle(self, rights: Sequence[Right], membership: Membership | None, happenings: Sequence[str]) -> None:
        """Bring plan and ledger to what these say, with the happenings closed and the person told where they are alone
        with us. Without a membership rights only end. Raises Unavailable; again it changes nothing."""
        person = next((one.person for one in rights), "")
        for _ in range(_TRIES):
            try:
                held = await self._held(person, membership, happenings) if membership else None
                moved = await self._subscriptions.entitled(self._platform, rights, held, happenings=happenings)
            except (error.Unknown, error.Conflict):
                continue  # the person joined another, or left, this very moment
            except (error.Unavailable, error.Forbidden) as gone:
                raise Unavailable(str(gone)) from gone
            if moved:
                log.info("plan.credited", platform=self._platform, ids=[one.id for one in rights], credits=moved)
            return
        raise Unavailable("this subscription is very busy")

    async def refuse(self, right: Right, reason: Doubt) -> None:
        """Raise the alert that a right brings nothing; it stays open. Raises Unavailable."""
        try:
            if await self._purchases.doubt(right.id, right.item, reason):
                log.error("plan.refused", platform=self._platform, item=right.item, id=right.id, reason=reason)
        except error.Unavailable as gone:
            raise Unavailable(str(gone)) from gone

    async def due(self, rights: Sequence[str]) -> frozenset[str]:
        """Those of these ids of which no period is known that is paid now. Raises Unavailable."""
        try:
            return await self._subscriptions.entitled_due(self._platform, rights)
        except error.Unavailable as gone:
            raise Unavailable(str(gone)) from gone

    async def _held(self, person: str, membership: Membership, happenings: Sequence[str]) -> Held:
        about = next(iter(happenings), membership.reference)
        opened = await self._conversing.open(Envelope(id=about, platform=self._platform, person=person, place=""))
        return Held(opened.user_id, membership, self._meant)
