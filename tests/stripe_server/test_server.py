"""The stand-in keeps Stripe's promises: checked with Stripe's own SDK as the client."""

import json
from collections.abc import AsyncIterator

import aiohttp
import pytest
import pytest_asyncio
import stripe
from stripe import StripeClient, WebhookSignature

from . import refusal
from .customer import Customer
from .server import StripeServer


@pytest_asyncio.fixture
async def client(stripe_server: StripeServer) -> AsyncIterator[StripeClient]:
    async with aiohttp.ClientSession() as session:
        yield connected(stripe_server, session)


def connected(server: StripeServer, session: aiohttp.ClientSession, key: str = "", retries: int = 0) -> StripeClient:
    # Not httpx, the SDK's first choice: it hands that a body in a way httpx has deprecated.
    return StripeClient(
        key or server.key,
        base_addresses={"api": server.api_url},
        max_network_retries=retries,
        http_client=stripe.AIOHTTPClient(session=session),
    )


async def opened(server: StripeServer, client: StripeClient, key: str = "k1", **more: str) -> stripe.checkout.Session:
    price = server.world.price("price_pack", 500, monthly=more.get("mode") == "subscription")
    asked = {"mode": "payment", "success_url": "https://t.example/", "line_items": [{"price": price, "quantity": 1}]}
    return await client.v1.checkout.sessions.create_async(
        params={**asked, **more},  # type: ignore[typeddict-item]
        options={"idempotency_key": key},
    )


def types(server: StripeServer) -> list[str]:
    return [one["type"] for one in server.news()]


async def test_the_same_key_gets_the_same_answer_and_with_other_parameters_none(
    stripe_server: StripeServer, client: StripeClient
) -> None:
    first, again = await opened(stripe_server, client), await opened(stripe_server, client)
    assert (again.id, again.url) == (first.id, first.url)
    assert [one.replayed for one in stripe_server.calls] == [False, True]
    with pytest.raises(stripe.IdempotencyError):
        await opened(stripe_server, client, client_reference_id="other")
    assert (await opened(stripe_server, client, key="k2")).id != first.id


async def test_what_is_tried_again_after_a_fault_has_one_key_and_one_effect(
    stripe_server: StripeServer, client: StripeClient
) -> None:
    stripe_server.fail(refusal.away(), refusal.broken())
    price = stripe_server.world.price("price_pack", 500)
    async with aiohttp.ClientSession() as session:
        await connected(stripe_server, session, retries=2).v1.checkout.sessions.create_async(
            params={"mode": "payment", "success_url": "https://a", "line_items": [{"price": price, "quantity": 1}]}
        )
    assert [one.status for one in stripe_server.calls] == [503, 500, 200]
    assert len({one.key for one in stripe_server.calls}) == 1
    assert len(stripe_server.world.of("checkout.session")) == 1


async def test_what_no_correct_client_asks_is_a_violation(stripe_server: StripeServer, client: StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        await opened(stripe_server, client, sucess_url="https://t.example/")
    with pytest.raises(stripe.AuthenticationError):
        async with aiohttp.ClientSession() as session:
            await connected(stripe_server, session, key="sk_test_other").v1.charges.retrieve_async("ch_1")
    with pytest.raises(stripe.InvalidRequestError):
        await client.v1.charges.retrieve_async("ch_1")
    (violation,) = stripe_server.take_violations()
    assert "sucess_url" in violation


async def test_a_payment_with_all_that_may_become_of_it(
    stripe_server: StripeServer, client: StripeClient, customer: Customer
) -> None:
    api = client.v1
    payment = customer.pay((await opened(stripe_server, client)).id)
    assert types(stripe_server) == ["checkout.session.completed"]
    customer.is_refunded(payment, 100)
    refund = await api.refunds.create_async(params={"payment_intent": payment, "amount": 150})
    charge = await api.charges.retrieve_async(refund.charge if isinstance(refund.charge, str) else "")
    assert (charge.amount_refunded, charge.refunded) == (250, False)
    customer.refund_fails(refund.id)
    with pytest.raises(stripe.InvalidRequestError):
        await api.refunds.create_async(params={"payment_intent": payment, "amount": 401})
    customer.is_refunded(payment)
    assert types(stripe_server) == [
        "refund.created", "charge.refunded", "refund.created", "charge.refunded",
        "refund.failed", "refund.updated", "refund.created", "charge.refunded",
    ]  # fmt: skip
    customer.dispute_ends(customer.disputes(payment), "won")
    customer.is_suspected(payment)
    told = types(stripe_server)
    assert told == ["charge.dispute.created", "charge.dispute.closed", "radar.early_fraud_warning.created"]


async def test_money_that_comes_later_comes_or_does_not(
    stripe_server: StripeServer, client: StripeClient, customer: Customer
) -> None:
    one, other, third = [await opened(stripe_server, client, key=key) for key in ("a", "b", "c")]
    for session in (one, other):
        customer.pay_later(session.id)
    customer.money_arrives(one.id)
    customer.money_fails(other.id)
    await client.v1.checkout.sessions.expire_async(third.id)
    told = [
        (event["type"].rsplit(".", 1)[1], event["data"]["object"]["payment_status"]) for event in stripe_server.news()
    ]
    assert told == [
        ("completed", "unpaid"), ("completed", "unpaid"), ("async_payment_succeeded", "paid"),
        ("async_payment_failed", "unpaid"), ("expired", "unpaid"),
    ]  # fmt: skip


async def test_a_subscription_is_billed_each_month_until_it_is_cancelled(
    stripe_server: StripeServer, client: StripeClient, customer: Customer
) -> None:
    subscription = customer.pay((await opened(stripe_server, client, mode="subscription")).id)
    invoice = customer.renews(subscription)
    customer.invoice_fails(subscription)
    customer.cancels(subscription)
    customer.cancels(subscription, at_once=True)
    assert [one for one in types(stripe_server) if one.startswith("invoice")] == [
        "invoice_payment.paid", "invoice.paid", "invoice_payment.paid", "invoice.paid", "invoice.payment_failed",
    ]  # fmt: skip
    api = client.v1
    read = await api.invoices.retrieve_async(invoice)
    assert read.parent is not None
    assert read.parent.subscription_details is not None
    assert read.parent.subscription_details.subscription == subscription
    held = await api.subscriptions.retrieve_async(subscription)
    portal = await api.billing_portal.sessions.create_async(params={"customer": str(held.customer)})
    assert (held.status, portal.url.startswith("https://billing.stripe.com/")) == ("canceled", True)


async def test_what_is_told_is_signed_and_can_be_fetched(
    stripe_server: StripeServer, client: StripeClient, customer: Customer
) -> None:
    customer.let_expire((await opened(stripe_server, client)).id)
    (event,) = stripe_server.news()
    body = json.dumps(event)
    assert WebhookSignature.verify_header(body, stripe_server.signed(body), stripe_server.secret, 300)
    fetched = await client.v1.events.retrieve_async(event["id"])
    assert (fetched.type, fetched.api_version) == ("checkout.session.expired", stripe_server.contract.version)
