"""Entries: what somebody finds who follows a link out of a chat to where something is paid."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from core.domain.pack import Pack, Ware

BACK = "/back"
"""Where a page leads to that was opened from a bot, with the platform's name behind."""
BROWSER = "web"
"""The platform whose links need no address: they are followed where they are shown."""


class Barred(StrEnum):
    """Why a link leads to no page."""

    ENDED = "ended"
    """Forged, too old, of somebody who has left, or no longer sold."""
    FOREIGN = "foreign"
    """Of another browser."""
    CHANGED = "changed"
    """It costs something else by now."""
    GONE = "gone"
    """To nothing that can be changed any more, or no longer."""
    PENDING = "pending"
    FAILED = "failed"
    PAID = "paid"
    AWAY = "away"
    """The company does not answer as it should."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Where a link leads: to the `url` of a page, or nowhere, and why."""

    url: str = ""
    why: Barred | None = None
    platform: str = ""
    """Where the order was made; empty where nobody is told."""
    was: Pack | None = None
    now: Ware | None = None
    """The same credits as they are sold today, where that is something else."""
