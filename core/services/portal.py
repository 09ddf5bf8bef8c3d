"""The portal: links to where a company lets people change or end what they are subscribed to.

Its pages live for minutes, so it is asked for one when somebody follows a link.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import structlog

from core.payments.base import Cashier
from core.payments.error import PaymentError
from core.services.desk import Unavailable
from core.services.entry import BACK, BROWSER, Barred, Entry
from core.services.seal import Seal
from core.store import error
from core.store.subscription import Subscriptions

log = structlog.get_logger(__name__)

PATH = "/plan"
ENDING = "/cancel"
"""Behind a link: straight to where it is ended."""
LINK_S = 24 * 3600.0


class Portal:
    """`public_url`: where people of other platforms reach our pages."""

    def __init__(
        self,
        cashier: Cashier,
        subscriptions: Subscriptions,
        seal: Seal,
        public_url: str,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._cashier = cashier
        self._subscriptions = subscriptions
        self._seal = seal
        self._public_url = public_url.rstrip("/")
        self._clock = clock

    def link(self, order: str, platform: str, *, ending: bool) -> str:
        """Where people of that platform follow it. `order`: ours, that the subscription began with."""
        path = f"{PATH}/{self._seal.sealed(order, int(self._clock() + LINK_S))}{ENDING if ending else ''}"
        return path if platform == BROWSER else self._public_url + path

    async def enter(self, token: str, person: str | None, back: str, *, ending: bool) -> Entry:
        """What somebody finds who follows it. `person`: who this browser is, if it has a chat; `back`: its address.
        Raises Unavailable."""
        order = self._seal.opened(token, self._clock())
        try:
            held = await self._subscriptions.managed(self._cashier.name, order) if order else None
        except error.Unavailable as gone:
            raise Unavailable(str(gone)) from gone
        if held is None:
            return Entry(why=Barred.GONE)
        if held.platform == BROWSER and held.person != person:
            return Entry(why=Barred.FOREIGN)
        if held.platform != BROWSER:
            back = f"{self._public_url}{BACK}/{held.platform}"
        try:
            reference = held.reference if ending else ""
            return Entry(url=await self._cashier.portal(held.customer, back, ending=reference))
        except PaymentError as trouble:
            log.error("portal.refused", subscription=held.reference, reason=f"{type(trouble).__name__} {trouble}")
            return Entry(why=Barred.AWAY, platform=held.platform)
