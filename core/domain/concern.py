"""Concerns: what the selfie check may find wrong with a photo, and what of it keeps a photo from being drawn."""

from __future__ import annotations

from enum import StrEnum


class Concern(StrEnum):
    """What is wrong; the wording for people is the front ends'."""

    NO_FACE = "no_face"
    SECOND_FACE = "second_face"
    BYSTANDER = "bystander"
    FACE_TOO_SMALL = "face_too_small"
    FACE_SMALL = "face_small"
    BLURRED = "blurred"
    SOFT = "soft"
    TURNED_AWAY = "turned_away"
    TURNED = "turned"
    TILTED_AWAY = "tilted_away"
    TILTED = "tilted"
    EYES_CLOSED = "eyes_closed"
    TOO_DARK = "too_dark"
    FLAT_LIGHT = "flat_light"
    BURNT_OUT = "burnt_out"
    BRIGHT = "bright"

    @property
    def rejects(self) -> bool:
        """Whether the photo is of no use, rather than worth a warning.

        No face is a warning: a thumbnail without a person is a choice (where a person is needed, the mode says so).
        """
        return self in REJECTING


REJECTING = frozenset(
    {
        Concern.SECOND_FACE,
        Concern.FACE_TOO_SMALL,
        Concern.BLURRED,
        Concern.TURNED_AWAY,
        Concern.TILTED_AWAY,
        Concern.TOO_DARK,
        Concern.BURNT_OUT,
    }
)
HARD = REJECTING | {Concern.NO_FACE}
"""Put to the person before anything is drawn."""
SOFT = frozenset(Concern) - HARD
"""Only mentioned."""
