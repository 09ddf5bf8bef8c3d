"""What operators hear of in their own chat, and the word to somebody whose month is nearly spent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from core.conversation.payment import money
from core.conversation.texts import Speaker
from core.conversation.view import Fact, TextView
from core.domain.alarm import Level
from core.domain.identity import account
from core.domain.payment import Money

_MICRO = 1_000_000


def raised(voice: Speaker, kind: str, detail: Mapping[str, Any]) -> TextView:
    """One alert. A kind without a sentence of its own is told by its name and what is known of it."""
    known = ", ".join(f"{name} {value}" for name, value in detail.items())
    text = sentence(voice, kind, detail) or voice.say("alarm.other", kind=kind, known=known)
    return TextView(title=voice.say("alarm.title"), text=text)


def sentence(voice: Speaker, kind: str, detail: Mapping[str, Any]) -> str:
    """Of a kind that has one; else empty."""
    match kind:
        case "pool.low":
            return voice.say(
                f"alarm.pool.{Level(detail['level'])}",
                provider=detail["provider"],
                left=_dollars(voice, int(detail["balance"]) - int(detail["reserved"])),
            )
        case "model.ill":
            return voice.say("alarm.model_ill", model=detail["model"], n=int(detail["failures"]))
        case "jobs.failing":
            return voice.say("alarm.jobs_failing", failed=detail["failed"], n=int(detail["ended"]))
        case "plans.doubled":
            return voice.say("alarm.plans_doubled", account=account(detail["person"]), held=detail["held"])
    return ""


def nearly_spent(voice: Speaker, *, left: int, of: int, until: datetime) -> TextView:
    """Nine tenths of a period's credits are gone."""
    return TextView(text=voice.say("alarm.nearly_spent", n=left, credits=of, day=f"{until:%Y-%m-%d}"))


def summary(
    voice: Speaker,
    *,
    since: datetime,
    until: datetime,
    jobs: int,
    failed: int,
    people: int,
    credits_in: int,
    credits_out: int,
    costs: Mapping[str, int],
    revenue: Mapping[str, int],
    alerts: tuple[str, ...],
) -> TextView:
    """A day of the factory, costs in micro-USD, revenue in smallest units."""
    nothing = voice.say("summary.nothing")
    spent = ", ".join(f"{name} {_dollars(voice, cost)}" for name, cost in sorted(costs.items()))
    taken = ", ".join(money(voice, Money(minor, currency)) for currency, minor in sorted(revenue.items()))
    told = {
        "jobs": voice.say("summary.jobs", n=jobs, failed=failed, people=people),
        "credits": voice.say("summary.moved", came=credits_in, went=credits_out),
        "costs": spent or nothing,
        "revenue": taken or nothing,
        "alerts": ", ".join(alerts) or nothing,
    }
    facts = tuple(Fact(name=voice.say(f"summary.label.{name}"), value=value) for name, value in told.items())
    span = voice.say("summary.text", since=f"{since:%Y-%m-%d %H:%M}", until=f"{until:%Y-%m-%d %H:%M}")
    return TextView(title=voice.say("summary.title"), text=span, facts=facts)


def _dollars(voice: Speaker, micro: int) -> str:
    return money(voice, Money(round(micro * 100 / _MICRO), "usd"))
