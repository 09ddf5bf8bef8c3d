"""Every event the endpoint is sent says what happened to the payment, and names nobody."""

import json
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest
import stripe

from core.domain.payment import Claim, ClaimKind, ClaimStage, Money, OrderState, Told
from core.payments.stripe import subscription
from core.payments.stripe.event import READERS, read
from tests.stripe_server.contract import Contract
from tests.stripe_server.customer import Customer
from tests.stripe_server.world import Thing, World

ORDER = "11111111-1111-4111-8111-111111111111"


def world(contracts: Path) -> tuple[World, Customer]:
    made = World(Contract.load(contracts))
    return made, Customer(made)


def opened(world: World, **more: Any) -> str:
    row = {"price": world.price("price_pack", 500, monthly=more.get("mode") == "subscription"), "quantity": 1}
    asked: Thing = {
        "success_url": "https://a",
        "client_reference_id": ORDER,
        "metadata": {"order": ORDER},
        "line_items": [row],
    }
    asked |= more
    return str(world.open_session(asked)["id"])


def test_a_session_tells_of_its_order(contracts: Path) -> None:
    made, customer = world(contracts)
    one, other, third, fourth = (opened(made) for _ in range(4))
    paid, pending = customer.pay(one), customer.pay_later(other)
    failing = customer.pay_later(third)
    customer.money_arrives(other)
    customer.money_fails(third)
    customer.let_expire(fourth)
    told = [read(event) for event in made.events]
    assert [(it.payment, it.state, it.paid) for it in told if isinstance(it, Told) and it.order == ORDER] == [
        (paid, OrderState.PAID, Money(500, "usd")),
        (pending, OrderState.PENDING, None),
        (failing, OrderState.PENDING, None),
        (pending, OrderState.PAID, Money(500, "usd")),
        (failing, OrderState.FAILED, None),
        (None, OrderState.EXPIRED, None),
    ]
    assert [it.page for it in told if it] == [one, other, third, other, third, fourth]


def test_refunds_and_disputes_tell_of_their_payment(contracts: Path) -> None:
    made, customer = world(contracts)
    payment = customer.pay(opened(made))
    refund = customer.is_refunded(payment, 200)
    customer.refund_fails(refund)
    dispute = customer.disputes(payment, 300)
    customer.dispute_ends(dispute, "lost")
    customer.dispute_ends(dispute, "won")
    customer.is_suspected(payment)
    told = [it for it in map(read, made.events[1:]) if it is not None]
    assert {it.payment for it in told} == {payment}
    assert [it.claim or it.refunded_minor or it.suspected for it in told] == [
        Claim(refund, ClaimKind.REFUND, 200, ClaimStage.LOST),
        200,
        Claim(refund, ClaimKind.REFUND, 200, ClaimStage.LIFTED),
        Claim(refund, ClaimKind.REFUND, 200, ClaimStage.LIFTED),
        Claim(dispute, ClaimKind.DISPUTE, 300, ClaimStage.OPEN),
        Claim(dispute, ClaimKind.DISPUTE, 300, ClaimStage.LOST),
        Claim(dispute, ClaimKind.DISPUTE, 300, ClaimStage.LIFTED),
        True,
    ]


def test_an_inquiry_moves_no_money_and_what_is_not_ours_says_nothing(contracts: Path) -> None:
    made, customer = world(contracts)
    customer.disputes(customer.pay(opened(made)), status="warning_needs_response")
    assert read(made.events[-1]) is None
    began = len(made.events)
    customer.pay(opened(made, mode="subscription", client_reference_id="theirs", metadata={}))
    said = {event["type"]: read(event) for event in made.events[began:]}
    assert isinstance(said.pop("invoice_payment.paid"), Told), "it names a bill, and not whose"
    assert list(said.values()) == [None] * 4
    assert read({"object": "event", "id": "evt_1", "type": "plan.created", "livemode": False}) is None


def test_what_paid_a_bill_names_both_and_nothing_of_ours(contracts: Path) -> None:
    made, customer = world(contracts)
    subscription = customer.pay(opened(made, mode="subscription"))
    bill = made.find("subscription", subscription)["latest_invoice"]
    (told,) = [one for one in map(read, made.events) if isinstance(one, Told) and one.pays]
    assert (told.payment, told.pays, told.paid) == (customer.paid_with(bill), bill, Money(500, "usd"))
    assert (told.order, told.state) == (None, None)


@pytest.mark.parametrize(
    "foreign",
    [
        {"client_reference_id": ""},
        {"client_reference_id": "customer_42", "metadata": {"order": "customer_42"}},
        {"client_reference_id": ORDER.upper().replace("-", ""), "metadata": {}},
        {"metadata": {}},
        {"metadata": {"order": "22222222-2222-4222-8222-222222222222"}},
    ],
)
def test_what_else_is_sold_over_the_account_is_no_order_of_ours(contracts: Path, foreign: Thing) -> None:
    made, customer = world(contracts)
    customer.pay(opened(made, **foreign))
    customer.let_expire(opened(made, **foreign))
    assert [read(event) for event in made.events] == [None, None]


def test_a_claim_of_nothing_is_none(contracts: Path) -> None:
    made, customer = world(contracts)
    payment = customer.pay(opened(made))
    customer.is_refunded(payment, 100)
    customer.disputes(payment, 0)
    refund, charge = made.events[1:3]
    refund["data"]["object"]["amount"] = charge["data"]["object"]["amount_refunded"] = 0
    assert [read(event) for event in made.events[1:]] == [None, None, None]


@pytest.mark.parametrize("broken", [None, [], {}, {"object": "event"}, {"object": "event", "type": "charge.refunded"}])
def test_what_is_no_event_is_refused(broken: object) -> None:
    with pytest.raises(ValueError, match="event"):
        read(broken)


def test_every_status_of_the_contract_is_decided_and_every_type_exists(contracts: Path) -> None:
    document = json.loads((contracts / "stripe-openapi-subset.json").read_text(encoding="utf-8"))
    made, customer = world(contracts)
    assert {*READERS, *subscription.READERS} <= made.contract.tells.keys()
    assert made.contract.tells.keys() <= set(get_args(get_type_hints(stripe.Event)["type"]))
    payment = customer.pay(opened(made))
    stages = {}
    for status in document["components"]["schemas"]["dispute"]["properties"]["status"]["x-open-enum"]:
        customer.disputes(payment, status=status)
        told = read(made.events[-1])
        stages[status] = told and told.claim and told.claim.stage
    assert {name for name, stage in stages.items() if stage is None} == {
        "warning_closed", "warning_needs_response", "warning_under_review",
    }  # fmt: skip
