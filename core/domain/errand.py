"""What a reader is sent for."""

from __future__ import annotations

from enum import StrEnum


class Errand(StrEnum):
    IDEAS = "ideas"
    """Headlines to choose from."""
    SHORTEN = "shorten"
    """The headline in six words."""
    BRIEF = "brief"
    """What a sentence says of a brief."""
    ALT = "alt"
    """A finished picture in a sentence, for people who do not see it."""
    LOOK = "look"
    """What makes the look of a thumbnail somebody likes."""
    VIDEO = "video"
    """What a video says of a brief."""
