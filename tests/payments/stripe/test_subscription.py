"""What Stripe tells of a subscription is read as it was said: how it stands, and what each bill has for lines."""

import json
from pathlib import Path

from core.domain.payment import Money, OrderState, Told
from core.domain.subscription import Heard, State
from core.payments.stripe.event import read
from core.payments.stripe.subscription import _STATES
from tests.payments.stripe.test_event import ORDER, opened, world
from tests.stripe_server.customer import Customer
from tests.stripe_server.world import World


def subscribed(contracts: Path) -> tuple[World, Customer, str]:
    made, customer = world(contracts)
    session = opened(made, mode="subscription", subscription_data={"metadata": {"order": ORDER}})
    return made, customer, customer.pay(session)


def heard(made: World) -> list[Heard]:
    return [told for told in map(read, made.events) if isinstance(told, Heard)]


def test_every_event_names_the_order_it_began_with(contracts: Path) -> None:
    made, customer, name = subscribed(contracts)
    failed = customer.invoice_fails(name)
    customer.pays_after_all(name, failed)
    customer.cancels(name)
    customer.cancels(name, at_once=True)
    said = heard(made)
    assert {(one.order, one.reference, one.live) for one in said} == {(ORDER, name, False)}
    assert all(one.customer and one.customer.startswith("cus_") for one in said)
    assert [(one.kind.rpartition(".")[2], one.state, one.ends) for one in said if one.state] == [
        ("created", State.ACTIVE, False),
        ("updated", State.ACTIVE, False),
        ("payment_failed", State.PAST_DUE, False),
        ("updated", State.PAST_DUE, False),
        ("updated", State.ACTIVE, False),
        ("updated", State.ACTIVE, True),
        ("deleted", State.ENDED, True),
    ]
    assert [one.bill and one.bill.total for one in said if not one.state] == [500, 500]
    (session,) = [told for told in map(read, made.events) if isinstance(told, Told) and not told.pays]
    assert (session.order, session.state, session.payment, session.paid) == (ORDER, OrderState.PAID, None, None)


def test_a_change_within_a_month_is_two_parts_of_it(contracts: Path) -> None:
    made, customer, name = subscribed(contracts)
    made.price("price_more", 2000, monthly=True)
    made.ahead_s = 15 * 86_400
    customer.changes(name, "price_more")
    bill = heard(made)[-1].bill
    assert bill is not None and bill.total == 750
    assert [(one.item, one.money, one.part) for one in bill.lines] == [
        ("price_pack", Money(-250, "usd"), True),
        ("price_more", Money(1000, "usd"), True),
    ]
    assert all((one.until - one.starts_at).days in (14, 15) for one in bill.lines)


def test_every_status_of_the_contract_is_decided(contracts: Path) -> None:
    document = json.loads((contracts / "stripe-openapi-subset.json").read_text(encoding="utf-8"))
    named = document["components"]["schemas"]["subscription"]["properties"]["status"]["x-open-enum"]
    assert set(_STATES) == set(named)
