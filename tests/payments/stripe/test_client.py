"""The adapter asks what Stripe takes, once per order, and believes only what Stripe has signed this moment."""

import inspect
import json
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio
import stripe

from core.domain.payment import Money, Sale
from core.payments import error
from core.payments.error import Forged
from core.payments.stripe.client import Access, StripeCashier
from core.payments.stripe.error import FAULTS, ours
from tests.stripe_server import refusal
from tests.stripe_server.customer import Customer
from tests.stripe_server.server import StripeServer

SALE = Sale(
    id="11111111-1111-4111-8111-111111111111",
    item="",
    title="50 credits",
    money=Money(500, "usd"),
    expires_at=datetime.now(UTC) + timedelta(hours=23),
    back="https://t.me/factory_bot",
)
KEY = f"order:{SALE.id}:{int(SALE.expires_at.timestamp())}"


@pytest_asyncio.fixture
async def cashier(stripe_server: StripeServer) -> AsyncIterator[StripeCashier]:
    made = StripeCashier(Access(stripe_server.key, stripe_server.secret, stripe_server.api_url))
    yield made
    await made.close()


async def test_an_order_asked_for_again_leads_to_the_same_page(
    stripe_server: StripeServer, cashier: StripeCashier
) -> None:
    first, again = await cashier.open(SALE), await cashier.open(SALE)
    assert first == again
    assert first.url.startswith("https://checkout.stripe.com/")
    (session,) = stripe_server.world.of("checkout.session")
    assert (session["client_reference_id"], session["amount_total"]) == (SALE.id, 500)
    with pytest.raises(error.Reused):
        await cashier.open(replace(SALE, money=Money(400, "usd")))


async def test_a_price_of_the_account_is_used_by_its_name(stripe_server: StripeServer, cashier: StripeCashier) -> None:
    sale = replace(SALE, item=stripe_server.world.price("price_pack", 500))
    await cashier.open(sale)
    assert stripe_server.world.of("checkout.session")[0]["amount_total"] == 500
    with pytest.raises(error.Gone, match="resource_missing req_2"):
        await cashier.open(replace(sale, id="2", item="price_other"))


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (refusal.overwhelmed(), error.Busy),
        (refusal.forbidden(), error.KeyRefused),
        (refusal.wrong_key(), error.KeyRefused),
    ],
)
async def test_a_refusal_is_one_of_ours(
    stripe_server: StripeServer, cashier: StripeCashier, fault: refusal.Refusal, kind: type[error.PaymentError]
) -> None:
    stripe_server.fail(fault)
    with pytest.raises(kind):
        await cashier.open(SALE)


async def test_a_stripe_that_is_away_for_a_moment_is_asked_again_with_the_same_key(
    stripe_server: StripeServer, cashier: StripeCashier
) -> None:
    stripe_server.fail(refusal.away())
    await cashier.open(SALE)
    assert [(one.status, one.key) for one in stripe_server.calls] == [
        (503, KEY),
        (200, KEY),
    ]


async def test_what_is_signed_this_moment_is_read(
    stripe_server: StripeServer, cashier: StripeCashier, customer: Customer
) -> None:
    payment = customer.pay((await cashier.open(SALE)).id)
    body = json.dumps(stripe_server.news()[0], indent=2)
    told = cashier.told(body.encode(), stripe_server.signed(body))
    assert told is not None
    assert (told.payment, told.order, told.paid, told.live) == (payment, SALE.id, SALE.money, False)
    # While a secret is being replaced, Stripe signs with both.
    both = f"{stripe_server.signed(body, secret='whsec_old')},{stripe_server.signed(body).split(',')[1]}"
    assert cashier.told(body.encode(), both) == told


async def test_what_is_not_signed_this_moment_by_stripe_is_forged(
    stripe_server: StripeServer, cashier: StripeCashier, customer: Customer
) -> None:
    customer.let_expire((await cashier.open(SALE)).id)
    body, now = json.dumps(stripe_server.news()[0], indent=2), time.time()
    assert cashier.told(body.encode(), stripe_server.signed(body, at=now - 295))
    assert cashier.told(body.encode(), stripe_server.signed(body, at=now + 295))
    good = stripe_server.signed(body)
    for raw, signature in (
        (body, stripe_server.signed(body, at=now - 310)),
        (body, stripe_server.signed(body, at=now + 310)),
        (body, stripe_server.signed(body, secret="whsec_other")),
        (body.replace("expired", "completed"), good),
        (json.dumps(json.loads(body)), good),
        (body, good.replace("v1=", "v0=")),
        (body, ""),
        (body, "t=soon,v1=00"),
        (body, "nonsense"),
    ):
        with pytest.raises(Forged):
            cashier.told(raw.encode(), signature)
    unset = StripeCashier(Access(stripe_server.key, "", stripe_server.api_url))
    with pytest.raises(Forged):
        unset.told(body.encode(), stripe_server.signed(body, secret="x"))


@pytest.mark.parametrize("body", ["", "[]", "{}", "no json", '{"object": "v2.core.event"}', '{"object": "event"}'])
async def test_what_is_signed_and_no_event_is_refused(
    stripe_server: StripeServer, cashier: StripeCashier, body: str
) -> None:
    with pytest.raises(ValueError, match=r"event|char 0"):
        cashier.told(body.encode(), stripe_server.signed(body))


async def test_test_money_is_none_for_a_live_key(stripe_server: StripeServer, customer: Customer) -> None:
    live = StripeCashier(Access("sk_live_x", stripe_server.secret, stripe_server.api_url))
    test = StripeCashier(Access(stripe_server.key, stripe_server.secret, stripe_server.api_url))
    customer.pay((await test.open(SALE)).id)
    body = json.dumps(stripe_server.news()[0])
    with pytest.raises(Forged, match="do not mix"):
        live.told(body.encode(), stripe_server.signed(body))
    await test.close()


def test_without_a_key_the_sdk_is_not_imported() -> None:
    code = "import sys, app.parts, core.services.paying; print('stripe' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"


def test_every_exception_of_the_sdk_is_mapped() -> None:
    kinds = [
        kind
        for _, kind in inspect.getmembers(stripe, inspect.isclass)
        if issubclass(kind, Exception) and not issubclass(kind, Warning)
    ]
    known = {kind.__name__ for kind in FAULTS} | SECOND_VERSION | {"SignatureVerificationError"}
    assert {kind.__name__ for kind in kinds} - known == set()


SECOND_VERSION = {
    "AlreadyCanceledError", "BlockedByStripeError", "CannotProceedError", "CapabilityNotEnabledError",
    "ControlledByAlternateResourceError", "FeatureNotEnabledError", "FinancialAccountNotOpenError",
    "FxQuoteNeedsRefreshError", "InsufficientFundsError", "InvalidPaymentMethodError", "InvalidPayoutMethodError",
    "InvalidVaultedCredentialError", "NotCancelableError", "QuotaExceededError", "RecipientNotNotifiableError",
    "TemporarySessionExpiredError", "VerificationAttemptFailedError", "VerificationExpiredError",
    "VerificationNotInitiatedError", "StripeErrorWithParamCode",
}  # fmt: skip
"""Of the second version of the API, which we do not call, and what others derive from."""


def test_a_fault_carries_code_and_request_and_nothing_that_was_sent() -> None:
    secret = stripe.InvalidRequestError("No such price: 'x'; sk_test_abc", "price", code="resource_missing")
    assert (type(ours(secret)), str(ours(secret))) == (error.Gone, "resource_missing")
