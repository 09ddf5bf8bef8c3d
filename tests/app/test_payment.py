"""What the doctor says of money."""

import re
from typing import Any

import pytest

from app.payment import alerted, stripe
from core.settings import load

GIVEN = {"stripe_secret_key": "rk_test_1", "stripe_webhook_secret": "whsec_1"}


@pytest.mark.parametrize(
    ("given", "said", "well"),
    [
        (GIVEN, "test key, webhook secret set; packs: 0 in STRIPE_PACKS, which no chat offers yet", True),
        (
            GIVEN | {"stripe_secret_key": "sk_live_1", "stripe_packs": "50:499:usd,250:1999:usd"},
            "live key, .*: 2 in",
            True,
        ),
        ({"stripe_packs": "50:499:usd"}, "nothing is sold by card; 1 in STRIPE_PACKS", True),
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


def test_the_doctor_names_what_of_a_payment_waits_for_somebody_to_look() -> None:
    alerts: list[dict[str, Any]] = [
        {"kind": "payment.suspected", "times": 1, "detail": {"platform": "stripe", "id": "pi_1"}},
        {
            "kind": "payment.given_up",
            "times": 1,
            "detail": {"platform": "stripe", "id": None, "event": "evt_1", "kind": "charge.refunded"},
        },
        {"kind": "audit", "times": 1, "detail": {}},
    ]
    fraud, lost = alerted(alerts)
    assert (fraud.text, lost.text) == (
        "stripe pi_1 is suspected to be fraud: to give it back saves a dispute",
        "stripe evt_1 (charge.refunded) could not be settled",
    )
    assert not fraud.cure, "it may be none"
    assert "sent again" in lost.cure
