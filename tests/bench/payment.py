"""Payments: how fast Stripe's calls are taken, and whether everybody ends with exactly what they paid for and kept.

Its calls come from the loopback Stripe in this process, signed, scrambled and each of them twice.
"""

import asyncio
import json
import os
import random
import time
from io import BytesIO
from pathlib import Path

import aiohttp

from core.domain.pack import Pack
from core.domain.payment import Money
from core.payments.stripe.client import Access, StripeCashier
from core.services.counter import Counter
from core.services.paying import Paying, settle_payment
from core.services.portal import Portal
from core.services.seal import Seal
from core.store.payment import Buyer, Payments, Settling
from core.store.subscription import Subscriptions
from tests.bench.discord import CONTRACTS
from tests.bench.figure import Figure, Spread
from tests.bench.house import house
from tests.factory import listening
from tests.store.scene import PLATFORM, Person, Scene
from tests.stripe_server.customer import Customer
from tests.stripe_server.server import StripeServer
from webhooks.stripe import PATH, SIGNATURE_HEADER, routes

BUYERS, ORDERS_EACH, TIMES, CLIENTS, WORKERS = 50, 6, 2, 20, 3
INTAKE_PER_S, INTAKE_P99_S = 300, 0.150
PACK = Pack("", 50, Money(500, "usd"))
HERE = "https://here"
KEPT = 25
"""Of each pack: half of it is refunded."""
TAKEN, SETTLED = f"webhook intake, {CLIENTS} clients", "payments settled, exact balances"


async def rows() -> list[Figure]:
    contracts = Path(os.environ.get(CONTRACTS, ""))
    if not (contracts / "stripe-openapi-subset.json").is_file():
        return [Figure(what, f"not measured: {CONTRACTS} names no folder", "", met=False) for what in (TAKEN, SETTLED)]
    async with house(working=False) as home, StripeServer(contracts) as stripe:
        assert home.factory.dsn is not None
        cashier = StripeCashier(Access(stripe.key, stripe.secret, stripe.api_url))
        payments = Payments(home.factory.transport, cashier.name)
        subscriptions, seal = Subscriptions(home.factory.transport), Seal(bytes(32))
        paying = Paying(cashier, payments, subscriptions, [])
        portal = Portal(cashier, subscriptions, seal, HERE)
        counter = Counter(cashier, payments, [PACK], [], portal, seal, HERE)
        scene = Scene(home.factory.dsn, home.factory.direct)
        people = [await scene.person() for _ in range(BUYERS)]
        await _buy(counter, people, Customer(stripe.world), stripe)
        events = stripe.news()
        calls = [
            (body, stripe.signed(body))
            for body in (json.dumps(event, indent=2) for event in events)
            for _ in range(TIMES)
        ]
        random.Random(7).shuffle(calls)
        async with listening(routes(paying.take)) as origin:
            began = time.perf_counter()
            seen = Spread(await _call(origin + PATH, calls))
            rate = len(calls) / (time.perf_counter() - began)
        began = time.perf_counter()
        await _settle(Settling(home.factory.direct), [str(one["id"]) for one in events])
        settled = len(events) / (time.perf_counter() - began)
        exact = sum([(await scene.wallet(one)).purchased == ORDERS_EACH * KEPT for one in people])
        clean = (await scene.housekeeping.audit()).clean
        await cashier.close()
    return [
        Figure(
            TAKEN,
            f"{rate:.0f}/s · {seen.text()}",
            f">= {INTAKE_PER_S}/s, p99 <= {INTAKE_P99_S * 1e3:.0f} ms",
            rate >= INTAKE_PER_S and seen.quantile(0.99) <= INTAKE_P99_S,
        ),
        Figure(
            SETTLED,
            f"{settled:.0f}/s · {exact} of {BUYERS} exact · books {'clean' if clean else 'off'}",
            "all",
            exact == BUYERS and clean,
        ),
    ]


async def _buy(counter: Counter, people: list[Person], customer: Customer, stripe: StripeServer) -> None:
    for number, person in enumerate(people * ORDERS_EACH):
        buyer = Buyer(event=f"tap {number}", user_id=person.id, platform=PLATFORM, person=person.ref, place=person.ref)
        link = counter.link(await counter.order(buyer, PACK, "50 credits"), PLATFORM)
        assert (await counter.enter(link.rpartition("/")[2], None, "", "en")).url
        (session,) = stripe.world.of("checkout.session", status="open")
        customer.is_refunded(customer.pay(str(session["id"])), 250)


async def _call(url: str, calls: list[tuple[str, str]]) -> list[float]:
    waiting = iter(calls)

    async def client(http: aiohttp.ClientSession) -> list[float]:
        times = []
        for body, signature in waiting:
            began = time.perf_counter()
            async with http.post(url, data=BytesIO(body.encode()), headers={SIGNATURE_HEADER: signature}) as answer:
                assert answer.status == 200
            times.append(time.perf_counter() - began)
        return times

    async with aiohttp.ClientSession() as http:
        return [one for times in await asyncio.gather(*(client(http) for _ in range(CLIENTS))) for one in times]


async def _settle(settling: Settling, keys: list[str]) -> None:
    waiting = iter(keys)

    async def work() -> None:
        for key in waiting:
            await settle_payment(settling, "stripe", key)

    await asyncio.gather(*(work() for _ in range(WORKERS)))
