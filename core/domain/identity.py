"""A person's identities on several platforms, and what joining two persons would do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

ACCOUNT_DIGITS = 8


def account(person: str) -> str:
    """What a person tells an operator to be found: the beginning of their id, `3f2a-91bc`. It opens nothing."""
    digits = person.replace("-", "")[:ACCOUNT_DIGITS]
    return f"{digits[: ACCOUNT_DIGITS // 2]}-{digits[ACCOUNT_DIGITS // 2 :]}"


@dataclass(frozen=True, slots=True)
class Chat:
    """Somebody alone with the bot."""

    user_id: str
    platform: str
    place: str
    language: str


class Bar(StrEnum):
    """Why an entered code joins nobody."""

    UNKNOWN = "unknown"
    """Never was, is used or has expired."""
    SAME = "same"
    """It is the person's own."""
    RUNNING = "running"
    """Jobs of the person who would join have not ended."""
    TOO_MANY = "too_many"
    """Wrong codes within the hour."""
    TOO_OFTEN = "too_often"
    """This identity has joined somebody three times within a day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """`id` names it in buttons and says nothing else."""

    id: str
    platform: str
    first: bool
    """Had the person before any other joined: wallet, jobs and pictures stay with it."""
    here: bool
    busy: bool = False
    """Work ordered on its platform has not ended."""


@dataclass(frozen=True, slots=True)
class Terms:
    """Credits: what moves to the other wallet, what of the welcome gift lapses, and what is owed and moves as well."""

    moves: int = 0
    lapses: int = 0
    debt: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What an entered code leads to: whom, and on what terms; or nowhere (`bar`)."""

    id: str = ""
    """Names the offer in its button; it cannot be guessed."""
    bar: Bar | None = None
    retry_after_s: int = 0
    terms: Terms = Terms()
    credits: int = 0
    """What the other wallet holds now."""
    gift: int = 0
    """What of that is a welcome gift, which stays."""
    platforms: tuple[str, ...] = ()
    """Of the person who issued the code, first identity first."""
    platform: str = ""
    place: str = ""
    language: str = "en"
    """Where the code was asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Linking:
    """All a turn may know of it. `code` is fresh and not issued yet; `issues` is what is stored of it."""

    identities: tuple[Identity, ...] = ()
    code: str = ""
    issues: str = ""
    offer: Offer | None = None

    @property
    def here(self) -> Identity | None:
        return next((one for one in self.identities if one.here), None)

    @property
    def joined(self) -> tuple[Identity, ...]:
        """Those that can leave."""
        return tuple(one for one in self.identities if not one.first)
