"""What the doctor says of money."""

import re
from typing import Any

import pytest

from app.payment import alerted, cards, stripe
from core.settings import load

GIVEN = {"stripe_secret_key": "rk_test_1", "stripe_webhook_secret": "whsec_1"}


@pytest.mark.parametrize(
    ("given", "said", "well"),
    [
        (GIVEN, "test key, webhook secret set", True),
        (GIVEN | {"stripe_secret_key": "sk_live_1"}, "live key", True),
        ({"stripe_packs": "50:499:usd"}, "nothing is sold by card, and 1 in STRIPE_PACKS are not sold", True),
        (GIVEN | {"stripe_secret_key": "pk_live_1"}, "STRIPE_SECRET_KEY is none", False),
        (GIVEN | {"stripe_webhook_secret": "we_1"}, "STRIPE_WEBHOOK_SECRET is none", False),
    ],
)
def test_the_doctor_says_which_money_a_key_moves_and_repeats_no_secret(
    given: dict[str, str], said: str, well: bool
) -> None:
    found = stripe(load(_env_file=None, **given))
    assert re.search(said, found.text), found
    assert (not found.cure) is well
    assert not any(given.get(name, "?!") in found.text + found.cure for name in GIVEN)


def test_the_doctor_says_what_is_sold_by_card_and_that_bots_need_an_address() -> None:
    selling = GIVEN | {"stripe_packs": "50:499:usd,250:1999:eur,9:500:jpy"}
    (page,) = cards(load(_env_file=None, **selling))
    assert (page.text, page.cure) == ("50 credits for $4.99, 250 credits for €19.99, 9 credits for ¥500", "")
    (alone,) = cards(load(_env_file=None, **selling, telegram_bot_token="1:x"))
    assert "in the browser chat alone" in alone.text and "WEB_PUBLIC_URL" in alone.cure
    (bots,) = cards(load(_env_file=None, **selling, telegram_bot_token="1:x", web_public_url="https://example.com"))
    assert bots == page
    assert not list(cards(load(_env_file=None, **GIVEN)))
    (monthly,) = cards(load(_env_file=None, **GIVEN, stripe_plans="pro:price_1:2900:usd"))
    assert monthly.text == "pro for $29.00 a month"


def test_the_doctor_names_what_of_a_payment_waits_for_somebody_to_look() -> None:
    alerts: list[dict[str, Any]] = [
        {"kind": "payment.suspected", "times": 1, "detail": {"platform": "stripe", "id": "pi_1"}},
        {
            "kind": "payment.given_up",
            "times": 1,
            "detail": {"platform": "stripe", "id": None, "event": "evt_1", "kind": "charge.refunded"},
        },
        {
            "kind": "plans.doubled",
            "times": 1,
            "detail": {"person": "0123abcd-0000-0000-0000-000000000000", "held": "stripe sub_1, discord 7"},
        },
        {"kind": "audit", "times": 1, "detail": {}},
    ]
    fraud, lost, doubled = alerted(alerts)
    assert doubled.text == "account 0123-abcd pays for more than one plan: stripe sub_1, discord 7"
    assert (fraud.text, lost.text) == (
        "stripe pi_1 is suspected to be fraud: to give it back saves a dispute",
        "stripe evt_1 (charge.refunded) could not be settled",
    )
    assert not fraud.cure, "it may be none"
    assert "sent again" in lost.cure
