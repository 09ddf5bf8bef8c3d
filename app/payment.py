"""What the doctor says of money: who takes it, and what was paid and waits for somebody to look."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Mapping, Sequence

from app.finding import Finding
from core.conversation.payment import money
from core.conversation.texts import speaker
from core.domain.identity import account
from core.domain.pack import Rail
from core.domain.payment import Mismatch
from core.domain.record import Json
from core.payments.error import KeyRefused, PaymentError
from core.services.reconciling import UNHEARD
from core.services.till import Doubt
from core.settings import Settings
from core.store.reconciliation import Comparison
from webhooks.stripe import PATH

REFUSED: Mapping[str, str] = {
    Doubt.UNKNOWN_ITEM: "Add its SKU to DISCORD_PACKS or DISCORD_PLANS: it is credited with the next start.",
    Doubt.TEST: "Nobody paid for it. In staging set DISCORD_TEST_PURCHASES=true.",
    Doubt.SUBSCRIPTION: "A subscription is no pack: its SKU belongs into DISCORD_PLANS, not DISCORD_PACKS.",
    Doubt.PERIOD: "No subscription is behind it: a pack's SKU belongs into DISCORD_PACKS, not DISCORD_PLANS.",
    Doubt.NOBODY: "Credits are people's: make it an SKU that users buy, or a user subscription.",
    Mismatch.UNKNOWN_ORDER: "It was paid for an order of another database: look there, or give the money back.",
    Mismatch.AMOUNT: "Not what was agreed: compare STRIPE_PACKS, STRIPE_PLANS and the price, then give the money back.",
    Mismatch.LIVEMODE: "Its order was made with a test key, or the other way round: give the money back.",
    Mismatch.LATE: "Told after its month had ended, it brought nothing: make it good by `admin grant`.",
    Mismatch.LEFT: "Whoever paid has left, and nobody can have the credits: give the money back.",
}
"""Why a purchase is not credited, and what to do about it."""

DIFFERING: Mapping[str, str] = {
    Comparison.DIFFERS: "its company has another amount on record than we were told",
    UNHEARD: "we were told it was paid, and its company's books do not name it",
}

_PATIENCE_S = 10.0
_KEY = re.compile(r"[sr]k_(test|live)_")


def stripe(settings: Settings) -> Finding:
    """By what is set; Stripe is not asked."""
    name, key, secret = "stripe", settings.stripe_secret_key, settings.stripe_webhook_secret
    packs = settings.packs[Rail.CARD]
    if key is None or secret is None:
        unsold = f", and {len(packs)} in STRIPE_PACKS are not sold" if packs else ""
        return Finding(name, f"no STRIPE_SECRET_KEY: nothing is sold by card{unsold}")
    kind = _KEY.match(key.get_secret_value())
    if kind is None:
        return Finding(
            name, "STRIPE_SECRET_KEY is none", "Set it to the account's sk_... or, better, a restricted rk_..."
        )
    if not secret.get_secret_value().startswith("whsec_"):
        cure = "Set it to the signing secret (whsec_...) of the webhook endpoint that ends in /stripe."
        return Finding(name, "STRIPE_WEBHOOK_SECRET is none, and whatever is paid would be refused", cure)
    return Finding(name, f"{kind[1]} key, webhook secret set")


async def endpoint(settings: Settings) -> Finding | None:
    """What Stripe would call, as the account has it; None where there is no key to ask with."""
    name, key = "stripe calls", settings.stripe_secret_key
    if key is None or _KEY.match(key.get_secret_value()) is None:
        return None
    # Here and not above: without a key nobody needs the SDK.
    from core.payments.stripe.client import Access
    from core.payments.stripe.endpoint import EVENTS, VERSION, endpoints

    try:
        async with asyncio.timeout(_PATIENCE_S):
            found = await endpoints(Access(key.get_secret_value(), base_url=settings.stripe_api_url))
    except KeyRefused as refused:
        rights = "A restricted key needs Webhook Endpoints (read) for this check; a wrong one needs another."
        return Finding(name, f"not looked at: the key is refused ({refused})", rights)
    except (PaymentError, TimeoutError) as fault:
        return Finding(name, f"not looked at: {fault or 'too slow'}", "Check the network, then try again.")
    ours = next((one for one in found if one.url.rstrip("/").endswith(PATH)), None)
    if ours is None:
        cure = (
            f"In Stripe's dashboard (Developers, Webhooks) add an endpoint at the public https address that ends in "
            f"{PATH}, API version {VERSION}, with these events: {', '.join(EVENTS)}. Then set STRIPE_WEBHOOK_SECRET."
        )
        return Finding(name, f"no endpoint of the account ends in {PATH}: nothing that is paid would be told", cure)
    if ours.version != VERSION:
        cure = (
            f"Add a second endpoint at the same address with API version {VERSION}, set STRIPE_WEBHOOK_SECRET to its "
            f"secret, start again, and delete the first: an endpoint's version cannot be changed."
        )
        said = ours.version or "the account's own version, which moves"
        return Finding(name, f"{ours.url} tells in {said}, this release reads {VERSION}", cure)
    if ours.unsent:
        cure = f"In Stripe's dashboard add to the endpoint: {', '.join(ours.unsent)}"
        return Finding(name, f"{ours.url} is not sent {len(ours.unsent)} of {len(EVENTS)} kinds of events", cure)
    return Finding(name, f"{ours.url}, API version {VERSION}, all {len(EVENTS)} kinds of events")


def cards(settings: Settings) -> Iterator[Finding]:
    """What is sold by card, and in which chats."""
    if settings.stripe_secret_key is None:
        return
    voice = speaker("en")
    packs = [f"{one.credits} credits for {money(voice, one.price)}" for one in settings.packs[Rail.CARD] if one.price]
    plans = [f"{one.plan} for {money(voice, one.price)} a month" for one in settings.stripe_plans]
    sold = ", ".join((*packs, *plans))
    if not sold:
        return
    bots = settings.telegram_bot_token or settings.discord_bot_token
    if bots and not settings.web_public_url:
        cure = "Set WEB_PUBLIC_URL to the https address people reach this factory's pages at: bots link to it."
        yield Finding("card sales", f"{sold}; in the browser chat alone, bots have no address to link to", cure)
    else:
        yield Finding("card sales", sold)


def alerted(alerts: Sequence[Mapping[str, Json]]) -> Iterator[Finding]:
    """Purchases that brought nobody any credits, payments that may be fraud, and calls that no worker could settle."""
    for one in alerts:
        detail, times = one["detail"], one["times"]
        match one["kind"]:
            case "purchase.refused":
                bought = f"{detail['platform']} {detail['item'] or detail['id']}"
                text = f"{bought} was bought and not credited ({detail['reason']}, {times}x)"
                yield Finding("purchases", text, REFUSED[detail["reason"]])
            case "payment.suspected":
                # Nothing of ours is at fault, and it may be none: the alert ends when the money is claimed.
                text = f"{detail['platform']} {detail['id']} is suspected to be fraud: to give it back saves a dispute"
                yield Finding("payments", text)
            case "plans.doubled":
                text = f"account {account(detail['person'])} pays for more than one plan: {detail['held']}"
                yield Finding("plans", text, "Have them end one, and give back what was collected for both.")
            case "payment.differs":
                text = f"{detail['platform']} {detail['id']}: {DIFFERING[detail['reason']]}"
                yield Finding("payments", text, "Look at it on both sides; `admin reconcile` looks again.")
            case "payment.given_up":
                text = f"{detail['platform']} {detail['event']} ({detail['kind']}) could not be settled"
                cure = "Look for settle_payment in the log, mend it, and have the event sent again: it begins anew."
                yield Finding("payments", text, cure)
