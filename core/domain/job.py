"""Jobs, variants and the recipe that reproduces a picture."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from core.domain.brief import VARIANT_COUNTS, Brief
from core.domain.model import Origin


class JobKind(StrEnum):
    PREVIEW = "preview"
    """The free picture before the third question; has a slot of its own and never waits behind sets."""
    SET = "set"
    OVERNIGHT = "overnight"
    """A set that may take until tomorrow, at a reduced price."""
    EDIT_TEXT = "edit_text"
    RESTYLE = "restyle"
    """The same words in other type."""
    CHANGE_VIBE = "change_vibe"
    REROLL = "reroll"
    EDIT_PROMPT = "edit_prompt"
    """The picture changed as a button or the person's own words say."""
    UPSCALE = "upscale"
    """The same picture in 4K, by the studio."""
    RESIZE = "resize"
    ALL_SIZES = "all_sizes"
    """Every format of ours, in one archive."""
    FILE = "file"
    FEED_PREVIEW = "feed_preview"
    SCORE = "score"
    DOWNLOAD_ALL = "download_all"
    BEST_THREE = "best_three"
    """The three variants of a set that differ most, as files for a platform's own test."""
    READ = "read"
    """Words made of words: headlines, a shorter one, a brief out of a sentence."""
    WATCH = "watch"
    """A brief out of a video."""
    EXPORT = "export"
    """Everything we know of a person, as a zip (/export)."""


SETS = (JobKind.SET, JobKind.OVERNIGHT)
"""What a brief becomes."""
CHANGES = (
    JobKind.EDIT_TEXT,
    JobKind.RESTYLE,
    JobKind.CHANGE_VIBE,
    JobKind.REROLL,
    JobKind.EDIT_PROMPT,
    JobKind.UPSCALE,
)
"""What makes a further version of a variant out of the one that is shown."""
READINGS = (JobKind.READ, JobKind.WATCH)
"""What comes back as an event: it makes words, no picture."""


class JobStatus(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    PARTLY_DONE = "partly_done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def ended(self) -> bool:
        return self not in (JobStatus.QUEUED, JobStatus.RUNNING)


class Stage(StrEnum):
    """What a status message says between queued and done."""

    QUEUED = "queued"
    CUTTING_OUT = "cutting_out"
    DRAWING = "drawing"
    OVERNIGHT = "overnight"
    """Handed in; the provider draws it when it has time."""
    FINISHING = "finishing"


TESTED = 3
"""Pictures in such a test: what YouTube's Test & Compare takes."""


class Failure(StrEnum):
    """Why a job or an order for one came to nothing; each has a sentence in the locale files."""

    PROVIDER_DOWN = "provider_down"
    REFUSED_BY_POLICY = "refused_by_policy"
    PICTURE_LOST = "picture_lost"
    PLATE_GONE = "plate_gone"
    """What a model painted was purged, and only an order that pays may have it painted again."""
    SCRIPT_NOT_COVERED = "script_not_covered"
    TEXT_TOO_LONG = "text_too_long"
    NO_MODEL = "no_model"
    """Nobody on offer could do what was asked, and nobody was asked."""
    NIGHT_FAILED = "night_failed"
    """What was handed in for tonight came to nothing at the provider."""
    NIGHT_EXPIRED = "night_expired"
    """The provider did not get to it in its time."""
    CRASHED_TOO_OFTEN = "crashed_too_often"
    STORAGE_FULL = "storage_full"
    OUT_OF_TIME = "out_of_time"
    """Its hold ran out before it was done."""
    STOPPED = "stopped"
    """By whoever runs the factory."""
    INTERNAL = "internal"


PLACES = max(VARIANT_COUNTS)
"""In the largest set."""


SHORT_FROM, SHORT_PLACE = 4, 2
"""In a set of so many variants and more, the one at this place shows at most three words of a longer headline."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """Everything that determines a variant's pixels except the selfie itself: same recipe, same picture."""

    brief: Brief
    model: str
    origin: Origin
    seed: int
    position: int = 0
    """Which of the set's deliberate differences this variant is (composition, palette, crop, emphasis): its place in
    the set, and PLACES more with every re-roll."""
    short: str = ""
    """What of the headline it shows, as typed; empty: all of it."""

    @property
    def headline(self) -> str:
        """What it shows, before the brief's cap on words."""
        return self.short or self.brief.words


def rerolled(positions: Iterable[int]) -> int:
    """The position of a variant's next re-roll; `positions`: those of all its versions, so that none comes again."""
    return max(positions) + PLACES
