"""The counter: packs and plans sold by card from any chat, as links that name an order, and what such a link leads to.

A link is made with the turn that says what is missing; the company is asked for a page when somebody follows it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

import structlog

from core.conversation import payment, texts
from core.conversation.texts import Speaker
from core.conversation.turn import Turn
from core.conversation.view import Link, NoticeView, Shelf, TextView, View
from core.domain.pack import Pack, Ware, offered
from core.domain.payment import OrderState
from core.domain.plan import PlanId, Tariff
from core.payments.base import Cashier
from core.payments.error import PaymentError
from core.services.desk import Envelope, Unavailable
from core.services.entry import BACK, BROWSER, Barred, Entry
from core.services.portal import Portal
from core.services.seal import Seal
from core.store import error
from core.store.payment import Agreed, Buyer, Order, Payments

log = structlog.get_logger(__name__)

PATH = "/pay"
OPEN_S = 23 * 3600.0
"""How long an order can be paid: Stripe's pages live a day at most, and keys of requests are kept as long."""
LEAST_S = 35 * 60.0
"""So long before its end a link ends: Stripe's pages live half an hour at least."""


class Counter:
    """`public_url`: where people of other platforms reach our pages; empty: they are sold nothing by card."""

    def __init__(
        self,
        cashier: Cashier,
        payments: Payments,
        packs: Sequence[Pack],
        plans: Sequence[Tariff],
        portal: Portal,
        seal: Seal,
        public_url: str,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._cashier = cashier
        self._payments = payments
        self._packs = tuple(packs)
        self._plans = tuple(plans)
        self.portal = portal
        self._sold = (*packs, *(one.month for one in plans))
        self._seal = seal
        self._public_url = public_url.rstrip("/")
        self._clock = clock

    async def dressed(self, turn: Turn, envelope: Envelope, user_id: str, voice: Speaker) -> Turn:
        """Its views with packs where credits are missing, and plans where they are shown; among others none, because an
        order has one payer. The same event makes the same orders. Raises what the store does."""
        if (envelope.group and not envelope.private) or not self._reaches(envelope.platform):
            return turn
        views = [
            await self._dressed(view, f"{envelope.id}:{number}", envelope, user_id, voice)
            for number, view in enumerate(turn.views)
        ]
        return replace(turn, views=tuple(views))

    async def _dressed(self, view: View, key: str, envelope: Envelope, user_id: str, voice: Speaker) -> View:
        shelf = view.shelf if isinstance(view, TextView) else None
        if not isinstance(view, NoticeView | TextView) or not (view.lacking or shelf):
            return view
        buyer = Buyer(
            event=key, user_id=user_id, platform=envelope.platform, person=envelope.person, place=envelope.place
        )
        if shelf:
            return replace(view, links=await self._shelved(shelf, buyer, voice))
        wares = [await self._ware(buyer, pack, voice) for pack in offered(self._packs, view.lacking)]
        return payment.selling(voice, view, wares)

    async def _shelved(self, shelf: Shelf, buyer: Buyer, voice: Speaker) -> tuple[Link, ...]:
        if shelf.provider == self._cashier.name:
            url = self.portal.link(shelf.order, buyer.platform, ending=shelf.ending)
            return (Link(voice.say("plans.end" if shelf.ending else "plans.manage"), url),)
        sold = [one for one in self._plans if one.plan in shelf.offered]
        return tuple([payment.offered(voice, await self._month(buyer, one, voice)) for one in sold])

    async def _month(self, buyer: Buyer, sold: Tariff, voice: Speaker) -> Ware:
        order = await self.order(buyer, sold.month, voice.say(f"plan.{sold.plan}"), sold.plan)
        return Ware(sold.month.credits, order.sale.money, self.link(order, buyer.platform), sold.plan)

    async def _ware(self, buyer: Buyer, pack: Pack, voice: Speaker) -> Ware:
        order = await self.order(buyer, pack, voice.say("pack.title", n=pack.credits))
        return Ware(pack.credits, order.sale.money, self.link(order, buyer.platform))

    async def order(self, buyer: Buyer, pack: Pack, title: str, plan: PlanId | None = None) -> Order:
        """`title` is what its page calls it; `plan`: what it begins, if `pack` is its month."""
        assert pack.price is not None
        asked = replace(buyer, event=f"{buyer.event}:{pack.item}:{pack.credits}:{pack.price.minor}")
        back = "" if buyer.platform == BROWSER else f"{self._public_url}{BACK}/{buyer.platform}"
        return await self._payments.order(
            asked, pack, title, back, live=self._cashier.live, seconds=OPEN_S, least=LEAST_S, plan=plan
        )

    def link(self, order: Order, platform: str) -> str:
        """Where people of that platform follow it."""
        ends = int(order.sale.expires_at.timestamp() - LEAST_S)
        path = f"{PATH}/{self._seal.sealed(order.sale.id, ends)}"
        return path if platform == BROWSER else self._public_url + path

    def _reaches(self, platform: str) -> bool:
        return platform == BROWSER or bool(self._public_url)

    async def enter(self, token: str, person: str | None, back: str, language: str) -> Entry:
        """What somebody finds who follows a link. `person`: who this browser is, if it has a chat; `back`: its address,
        where the page leads afterwards. Raises Unavailable."""
        order = self._seal.opened(token, self._clock())
        if order is None:
            return Entry(why=Barred.ENDED)
        try:
            agreed = await self._payments.agreed(order, back)
            return Entry(why=Barred.ENDED) if agreed is None else await self._entered(agreed, person, language)
        except (error.Unavailable, error.Unknown) as gone:
            raise Unavailable(str(gone)) from gone

    async def _entered(self, agreed: Agreed, person: str | None, language: str) -> Entry:
        buyer = agreed.buyer
        if buyer.platform == BROWSER and buyer.person != person:
            return Entry(why=Barred.FOREIGN)
        barred = Entry(why=_STATES.get(agreed.state, Barred.ENDED), platform=buyer.platform, was=agreed.pack)
        if not agreed.open or agreed.live is not self._cashier.live:
            return barred
        if agreed.pack not in self._sold:
            again = replace(buyer, event=f"again:{agreed.sale.id}")
            now = await self._anew(agreed, again, texts.speaker(language))
            return replace(barred, why=Barred.CHANGED, now=now) if now else barred
        try:
            return Entry(url=agreed.url or await self._page(agreed))
        except PaymentError as trouble:
            log.error("payment.page_refused", order=agreed.sale.id, reason=f"{type(trouble).__name__} {trouble}")
            return replace(barred, why=Barred.AWAY)

    async def _anew(self, agreed: Agreed, buyer: Buyer, voice: Speaker) -> Ware | None:
        """The same as it is sold today; None: it is no more."""
        if agreed.plan:
            plan = next((one for one in self._plans if one.plan is agreed.plan), None)
            return await self._month(buyer, plan, voice) if plan else None
        pack = next((one for one in self._packs if one.credits == agreed.credits), None)
        return await self._ware(buyer, pack, voice) if pack else None

    async def _page(self, agreed: Agreed) -> str:
        page = await self._cashier.open(agreed.sale)
        await self._payments.paged(agreed.sale.id, page)
        return page.url


_STATES = {OrderState.PENDING: Barred.PENDING, OrderState.FAILED: Barred.FAILED, OrderState.PAID: Barred.PAID}
