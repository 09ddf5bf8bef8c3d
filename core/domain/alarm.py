"""What a pool's alert says of it."""

from enum import StrEnum


class Level(StrEnum):
    """How far a provider's money has run out."""

    DRY = "dry"
    """But for the emergency reserve there is none."""
    CAPPED = "capped"
    """Nothing more today."""
    LOW = "low"
    FIFTH = "fifth"
    """Less than a fifth of the last refill."""
