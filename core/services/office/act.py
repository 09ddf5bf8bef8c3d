"""An operator's act: who may, with what reason, and why it was refused."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from enum import StrEnum
from functools import wraps
from typing import Any, Final, ParamSpec, TypeVar

from core.domain.administration import Act, Admin
from core.services.desk import Unavailable
from core.store import error

LONGEST_WHY: Final = 80
MOST_CREDITS: Final = 1_000_000
P = ParamSpec("P")
T = TypeVar("T")


class Reason(StrEnum):
    """Why an act was refused. Nothing was done."""

    ROLE = "role"
    """Somebody with more to say has to do it."""
    NO_REASON = "no_reason"
    """Every act says why, in 1 to 80 characters."""
    AMOUNT = "amount"
    OWN = "own"
    """Somebody else has to approve it."""
    SHORT = "short"
    """There is not so much to take; `detail` has `have` and `need`."""
    UNKNOWN = "unknown"
    NOBODY = "nobody"
    """It does not say whose it is, or what was said names nobody, or several."""
    REUSED = "reused"
    """The key did something else before, or somebody was faster."""
    OVER = "over"
    """It was decided, has expired or has ended."""
    LATER = "later"
    """Not as it is now."""
    ELSEWHERE = "elsewhere"
    """Nobody here can ask the company: it has no key, or gives money back itself."""
    WHOLE = "whole"
    """The company gives a payment back whole or not at all."""


_REASONS: Final[dict[type[error.Rejected], Reason]] = {
    error.Insufficient: Reason.SHORT,
    error.Blocked: Reason.OWN,
    error.Unknown: Reason.UNKNOWN,
    error.Conflict: Reason.REUSED,
    error.Ended: Reason.OVER,
    error.LimitReached: Reason.LATER,
}


class Refused(Exception):
    def __init__(self, reason: Reason, text: str = "", detail: dict[str, Any] | None = None) -> None:
        super().__init__(text or reason)
        self.reason: Final = reason
        self.detail: Final = detail or {}


def said(why: str) -> str:
    """The reason as it is kept. Raises Refused."""
    reason = " ".join(why.split())
    if not 0 < len(reason) <= LONGEST_WHY:
        raise Refused(Reason.NO_REASON)
    return reason


def permitted(admin: Admin, act: Act) -> None:
    """Raises Refused."""
    if not admin.may(act):
        raise Refused(Reason.ROLE)


def within(amount: int, most: int = MOST_CREDITS) -> int:
    """Raises Refused for what is no amount."""
    if not 0 < amount <= most:
        raise Refused(Reason.AMOUNT)
    return amount


def translated(call: Callable[P, Awaitable[T]]) -> Callable[P, Awaitable[T]]:
    """Store errors as the front ends know them: Refused, or Unavailable while the database is gone."""

    @wraps(call)
    async def run(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return await call(*args, **kwargs)
        except error.Rejected as refused:
            raise Refused(_REASONS[type(refused)], str(refused), dict(refused.detail)) from refused
        except (error.Unavailable, error.Forbidden) as gone:
            raise Unavailable(str(gone)) from gone

    return run
