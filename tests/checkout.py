"""A factory that sells by card: its site, its webhook and a stand-in of Stripe's, over real HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from core.bootstrap.factory import Factory
from core.conversation import texts
from core.services.delivering import Pace
from tests.app.site import free_port
from tests.factory import Running, listening, running
from tests.stripe_server.customer import Customer
from tests.stripe_server.server import StripeServer
from web.chat.app import create_app
from web.chat.bell import Bell
from web.chat.courier import WebCourier
from web.chat.house import Options
from web.server import Site
from webhooks.stripe import PATH, routes

PACKS = "2:199:usd,50:1499:usd"


@dataclass(frozen=True)
class Answer:
    status: int
    leads: str
    """Where it sends the browser; empty: nowhere."""
    text: str


async def follow(url: str, session: aiohttp.ClientSession | None = None) -> Answer:
    """What a browser is answered that is at the other end of a link; without a session it is nobody's."""
    async with aiohttp.ClientSession() as stranger, (session or stranger).get(url, allow_redirects=False) as answer:
        return Answer(answer.status, answer.headers.get("Location", ""), await answer.text())


@dataclass
class Checkout:
    here: Running
    site: str
    stripe: StripeServer
    customer: Customer
    webhook: str

    @property
    def factory(self) -> Factory:
        return self.here.factory

    def sessions(self) -> list[str]:
        return [str(one["id"]) for one in self.stripe.world.of("checkout.session")]

    async def tell(self, **how: Any) -> None:
        """Stripe tells us what happened since."""
        assert set(await self.stripe.deliver(self.webhook, **how)) <= {200}

    async def pays(self, page: str) -> str:
        """Somebody at that page; the payment's id."""
        payment = self.customer.pay(page.rsplit("/", 1)[1])
        await self.tell(seed=3, times=2)
        return payment


@asynccontextmanager
async def checkout(database: str, home: Path, stripe: StripeServer, **more: Any) -> AsyncIterator[Checkout]:
    """The audit is clean when it is left."""
    port = free_port()
    given: dict[str, Any] = {
        "stripe_secret_key": stripe.key,
        "stripe_webhook_secret": stripe.secret,
        "stripe_api_url": stripe.api_url,
        "stripe_packs": PACKS,
        "web_public_url": f"http://127.0.0.1:{port}",
        "starter_grant": 0,
        "pace": Pace(),
    }
    async with running(database, home, **given | more) as here:
        factory, bell = here.factory, Bell()
        assert factory.paying is not None
        app = create_app(
            factory.desk,
            factory.transcript,
            factory.browsers,
            lambda language: texts.speaker(language).say,
            bell=bell,
            options=Options(public_url=factory.settings.web_public_url),
            counter=factory.counter,
        )
        site = Site(app, "127.0.0.1", port)
        address = await site.start()
        sending = asyncio.create_task(factory.delivering(WebCourier(factory.transcript, bell)).run())
        try:
            async with listening(routes(factory.paying.take)) as origin:
                yield Checkout(here, address, stripe, Customer(stripe.world), origin + PATH)
            audit = await factory.housekeeping.audit()
            assert audit.clean, audit
        finally:
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)
            await site.stop()
