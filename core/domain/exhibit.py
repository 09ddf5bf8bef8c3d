"""The exhibit: the photo a thumbnail shows in place of a person."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """What such a photo is, and so what may be done with it."""

    OBJECT = "object"
    """One thing that stands out clearly: it is cut out."""
    SCREEN = "screen"
    """A screenshot: shown whole and in its own colours, because what it says is at its edges too."""
    SCENE = "scene"
    """Anything else: may be cropped, graded and written on."""
