"""Answers other than the right one, to be put before a method with `TelegramServer.fail`."""

from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(frozen=True)
class Fault:
    """One misbehaviour, used once.

    Without `status` the call does what it should, after `delay_seconds`. With one, it has no effect and is answered so.
    `drop` cuts the connection, before the effect or after it.
    """

    status: int | None = None
    description: str = ""
    parameters: dict[str, Any] = field(default_factory=dict)
    html: bool = False
    drop: Literal["before", "after"] | None = None
    delay_seconds: float = 0.0


def flood(retry_after_seconds: int) -> Fault:
    """429 with retry_after."""
    text = f"Too Many Requests: retry after {retry_after_seconds}"
    return Fault(429, text, {"retry_after": retry_after_seconds})


def bad_request(description: str = "Bad Request: something is wrong", **parameters: Any) -> Fault:
    """400; `migrate_to_chat_id=` when a group became a supergroup."""
    return Fault(400, description, parameters)


def blocked() -> Fault:
    """403 of a person who blocked the bot."""
    return Fault(403, "Forbidden: bot was blocked by the user")


def server_error() -> Fault:
    """500 in Telegram's JSON."""
    return Fault(500, "Internal Server Error")


def bad_gateway() -> Fault:
    """502 as the proxy before Telegram writes it: a page, not JSON."""
    return Fault(502, "Bad Gateway", html=True)


def dropped(when: Literal["before", "after"] = "before") -> Fault:
    """A cut connection; "after" means that the call took effect and only the answer was lost."""
    return Fault(drop=when)


def delayed(seconds: float) -> Fault:
    """The right answer, late."""
    return Fault(delay_seconds=seconds)
