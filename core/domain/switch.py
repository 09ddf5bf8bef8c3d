"""Switches: what operators turn off for everybody at once, and what orders each of them refuses."""

from __future__ import annotations

from enum import StrEnum

from core.domain.job import JobKind


class Feature(StrEnum):
    """Whatever is not listed stays: what a person has is theirs to see, to take along and to delete."""

    PREVIEWS = "previews"
    SETS = "sets"
    OVERNIGHT = "overnight"
    CHANGES = "changes"
    TYPE = "type"
    READINGS = "readings"
    SIZES = "sizes"
    SCORES = "scores"


KINDS: dict[Feature, tuple[JobKind, ...]] = {
    Feature.PREVIEWS: (JobKind.PREVIEW,),
    Feature.SETS: (JobKind.SET,),
    Feature.OVERNIGHT: (JobKind.OVERNIGHT,),
    Feature.CHANGES: (JobKind.CHANGE_VIBE, JobKind.REROLL, JobKind.EDIT_PROMPT, JobKind.UPSCALE),
    Feature.TYPE: (JobKind.EDIT_TEXT, JobKind.RESTYLE),
    Feature.READINGS: (JobKind.READ, JobKind.WATCH),
    Feature.SIZES: (JobKind.RESIZE, JobKind.ALL_SIZES),
    Feature.SCORES: (JobKind.SCORE, JobKind.FEED_PREVIEW),
}
PROVIDER = "provider:"
"""Begins the name of a provider's switch."""
