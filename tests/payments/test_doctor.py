"""What the doctor finds of how companies call us, and what it says to do."""

import pytest

from app import payment
from app.doctor import _updates as updates
from bots.telegram.release import Hook
from core.payments.stripe.endpoint import EVENTS, VERSION
from core.settings import Settings, load
from tests.stripe_server import refusal
from tests.stripe_server.server import StripeServer

OURS = "https://example.com/stripe"


def given(server: StripeServer) -> Settings:
    return load(
        _env_file=None,
        stripe_secret_key=server.key,
        stripe_webhook_secret=server.secret,
        stripe_api_url=server.api_url,
    )


@pytest.mark.parametrize(
    ("url", "version", "events", "text", "cure"),
    [
        (OURS, VERSION, EVENTS, "all ", ""),
        (OURS, VERSION, ["*"], "all ", ""),
        (OURS, VERSION, EVENTS[1:], "is not sent 1 of", EVENTS[0]),
        (OURS, "2024-06-20", EVENTS, "tells in 2024-06-20", "Add a second endpoint"),
        (OURS, None, EVENTS, "which moves", "Add a second endpoint"),
        ("https://example.com/shop", VERSION, EVENTS, "no endpoint", f"API version {VERSION}"),
    ],
)
async def test_an_endpoint_is_compared_with_what_this_release_reads(
    stripe_server: StripeServer, url: str, version: str | None, events: list[str], text: str, cure: str
) -> None:
    stripe_server.world.endpoint(url, version, events)
    found = await payment.endpoint(given(stripe_server))
    assert found and text in found.text
    assert cure in found.cure and bool(found.cure) is bool(cure)


async def test_a_key_that_may_not_look_and_a_stripe_that_is_away_are_said(stripe_server: StripeServer) -> None:
    stripe_server.fail(refusal.forbidden())
    found = await payment.endpoint(given(stripe_server))
    assert found and "Webhook Endpoints (read)" in found.cure
    assert await payment.endpoint(load(_env_file=None)) is None


@pytest.mark.parametrize(
    ("mode", "hook", "cure"),
    [
        ("polling", Hook("", (), ""), ""),
        ("polling", Hook("https://x/telegram", (), ""), "--no-webhook"),
        ("webhook", Hook("", (), ""), "release telegram --webhook"),
        ("webhook", Hook("https://x/telegram", ("pre_checkout_query",), ""), "release telegram --webhook"),
        ("webhook", Hook("https://x/telegram", (), "Connection refused"), "tunnel"),
        ("webhook", Hook("https://x/telegram", (), ""), ""),
    ],
)
def test_updates_that_do_not_reach_us_are_a_fault(mode: str, hook: Hook, cure: str) -> None:
    found = updates(load(_env_file=None, telegram_mode=mode), hook)
    assert cure in found.cure and bool(found.cure) is bool(cure)
