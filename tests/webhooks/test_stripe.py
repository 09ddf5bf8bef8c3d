"""Stripe's calls at our door, through a whole factory: recorded once, settled by a worker, told in the chat."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import aiohttp
import pytest

from core.domain.pack import Pack
from core.domain.payment import Money
from core.services.counter import PATH as PAY
from core.services.counter import Counter
from core.store.payment import Buyer
from tests.bots.scripted import eventually
from tests.factory import listening, running
from tests.store.scene import PLATFORM, Person, Scene
from tests.stripe_server.customer import Customer
from tests.stripe_server.server import StripeServer
from webhooks.stripe import PATH, SIGNATURE_HEADER, routes

PACK = Pack("", 50, Money(500, "usd"))


def token(link: str) -> str:
    return link.partition(f"{PAY}/")[2]


@dataclass
class Door:
    """Our endpoint, and orders of one person."""

    scene: Scene
    person: Person
    counter: Counter
    stripe: StripeServer
    url: str

    async def session(self, event: str, title: str = "50 credits") -> str:
        """An order with its page."""
        ref = self.person.ref
        buyer = Buyer(event=event, user_id=self.person.id, platform=PLATFORM, person=ref, place=ref)
        order = await self.counter.order(buyer, PACK, title)
        assert (await self.counter.enter(token(self.counter.link(order, PLATFORM)), None, "", "en")).url
        return str(self.stripe.world.of("checkout.session")[-1]["id"])

    async def post(self, raw: bytes, signature: str | None = None) -> int:
        given = self.stripe.signed(raw.decode()) if signature is None else signature
        async with (
            aiohttp.ClientSession() as http,
            http.post(self.url, data=BytesIO(raw), headers={SIGNATURE_HEADER: given}) as answer,
        ):
            return answer.status

    async def has(self) -> tuple[int, int]:
        wallet = await self.scene.wallet(self.person)
        return wallet.purchased, wallet.debt

    def open_happenings(self) -> int:
        ((left,),) = self.scene.rows("select count(*) from tf.happening where done_at is null")
        return int(left)


@asynccontextmanager
async def door(database: str, home: Path, stripe: StripeServer, *, worker: bool = True) -> AsyncIterator[Door]:
    keys = {
        "stripe_secret_key": stripe.key,
        "stripe_webhook_secret": stripe.secret,
        "stripe_api_url": stripe.api_url,
        "stripe_packs": "50:500:usd",
        "web_public_url": "https://example.com",
    }
    async with running(database, home, worker=worker, **keys) as here:
        factory = here.factory
        assert factory.paying and factory.counter
        async with listening(routes(factory.paying.take)) as origin:
            scene = Scene(database, factory.direct)
            yield Door(scene, await scene.person(), factory.counter, stripe, origin + PATH)


async def test_scrambled_and_told_three_times_it_comes_to_what_was_paid_and_kept(
    database: str, tmp_path: Path, stripe_server: StripeServer, customer: Customer
) -> None:
    async with door(database, tmp_path, stripe_server) as here:
        kept, later, halved, disputed, won, lost, failed, left = [await here.session(f"tap {n}") for n in range(8)]
        customer.pay(kept)
        customer.pay_later(later)
        customer.money_arrives(later)
        customer.is_refunded(customer.pay(halved), 250)
        customer.disputes(customer.pay(disputed))
        customer.dispute_ends(customer.disputes(customer.pay(won)), "won")
        customer.dispute_ends(customer.disputes(customer.pay(lost)), "lost")
        customer.refund_fails(customer.is_refunded(customer.pay(failed)))
        customer.let_expire(left)
        answers = await stripe_server.deliver(here.url, seed=7, times=3)
        assert set(answers) == {200}
        await eventually(lambda: here.open_happenings() == 0)
        assert await here.has() == (50 + 50 + 25 + 0 + 50 + 0 + 50, 0)
        told = here.scene.rows("select count(*) from tf.happening")[0][0]
        assert told * 3 == len(answers)
        # What a card is called, whose it is and where they live stays with Stripe.
        ((kept_of_it,),) = here.scene.rows("select string_agg(record::text, '') from tf.happening")
        assert "example@example.com" not in kept_of_it
        assert "customer" not in kept_of_it


async def test_nothing_gets_in_that_stripe_has_not_signed(
    database: str, tmp_path: Path, stripe_server: StripeServer, customer: Customer
) -> None:
    async with door(database, tmp_path, stripe_server, worker=False) as here:
        customer.pay(await here.session("tap"))
        body = json.dumps(stripe_server.news()[0], indent=2).encode()
        for raw, signature, status in (
            (body, "", 400),
            (body, stripe_server.signed(body.decode(), secret="whsec_other"), 400),
            (body.replace(b"500", b"501"), stripe_server.signed(body.decode()), 400),
            (b"garbage", None, 400),
            (b"[]", None, 400),
            (b"\xff\xfe", "t=1,v1=00", 400),
            (body.replace(b'"livemode": false', b'"livemode": true'), None, 400),
            (b" " * (1024 * 1024 + 1), None, 413),
            (b'{"object": "event", "id": "evt_9", "type": "plan.created", "livemode": false}', None, 200),
            (body, None, 200),
            (body, None, 200),
        ):
            assert await here.post(raw, signature) == status, (raw[:40], signature)
        assert here.open_happenings() == 1


async def test_what_cannot_be_recorded_is_to_come_again(
    database: str, tmp_path: Path, stripe_server: StripeServer, customer: Customer
) -> None:
    async with door(database, tmp_path, stripe_server, worker=False) as here:
        customer.pay(await here.session("tap"))
        body = json.dumps(stripe_server.news()[0]).encode()
        await here.scene.direct.close()
        assert await here.post(body) == 503


async def test_an_order_asked_for_again_is_not_asked_of_stripe_again(
    database: str, tmp_path: Path, stripe_server: StripeServer
) -> None:
    async with door(database, tmp_path, stripe_server, worker=False) as here:
        assert await here.session("tap") == await here.session("tap")
        assert len(stripe_server.calls) == 1
        assert here.scene.rows("select page, state::text from tf.checkout") == [(await here.session("tap"), "open")]


async def test_a_page_that_was_not_recorded_is_found_again_under_another_title(
    database: str, tmp_path: Path, stripe_server: StripeServer, customer: Customer
) -> None:
    async with door(database, tmp_path, stripe_server, worker=False) as here:
        first = await here.session("tap")
        here.scene.rows("update tf.checkout set page = null, url = null")
        assert await here.session("tap", title="50 Guthaben") == first
        customer.let_expire(first)
        here.scene.rows("update tf.checkout set state = 'expired'")
        here.scene.advance("10 minutes")
        assert await here.session("tap") != first


def test_without_anybody_who_takes_money_there_is_no_route() -> None:
    assert routes(None) == ()


@pytest.mark.parametrize("age", [timedelta(minutes=6), timedelta(minutes=-6)])
async def test_a_call_of_another_moment_is_refused(
    database: str, tmp_path: Path, stripe_server: StripeServer, customer: Customer, age: timedelta
) -> None:
    async with door(database, tmp_path, stripe_server, worker=False) as here:
        customer.pay(await here.session("tap"))
        event = stripe_server.news()[0]
        body = json.dumps(event)
        at = event["created"] - age.total_seconds()
        assert await here.post(body.encode(), stripe_server.signed(body, at=at)) == 400
