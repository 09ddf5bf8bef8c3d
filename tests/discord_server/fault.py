"""Answers other than the right one, to be put before an operation with `DiscordServer.fail`."""

from dataclasses import dataclass, field
from typing import Any, Literal

from .refusal import Refusal


@dataclass(frozen=True)
class Fault:
    """One misbehaviour, used once.

    Without `status` the call does what it should, after `delay_seconds`. `drop` cuts the connection, before the effect
    or after it. discord.py waits for and repeats a 429 only if it came `via` Discord's own proxy.
    """

    status: int | None = None
    body: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    drop: Literal["before", "after"] | None = None
    delay_seconds: float = 0.0


def flood(retry_after_s: float, *, everywhere: bool = False, via: bool = True) -> Fault:
    body = {"message": "You are being rate limited.", "retry_after": retry_after_s, "global": everywhere}
    headers = {"Retry-After": str(int(retry_after_s) + 1)} | ({"Via": "1.1 google"} if via else {})
    return Fault(429, body, headers | ({"X-RateLimit-Global": "true"} if everywhere else {}))


def refused(refusal: Refusal) -> Fault:
    """Any refusal, whatever the call."""
    return Fault(refusal.status, refusal.payload())


def unavailable() -> Fault:
    """503, which discord.py does not repeat by itself."""
    return Fault(503, {"message": "upstream connect error", "code": 0})


def dropped(when: Literal["before", "after"] = "before") -> Fault:
    """A cut connection; "after" means that the call took effect and only the answer was lost."""
    return Fault(drop=when)


def delayed(seconds: float) -> Fault:
    return Fault(delay_seconds=seconds)
