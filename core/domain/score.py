"""Scores: what is measured on a finished thumbnail, and from which figure on it is good."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import ceil, sqrt

from core.domain import feed
from core.domain.brief import TypeEffect
from core.domain.format import Family

SMALL_HEADER_WIDTH = 360
"""px a header is shown at its smallest: it spans a phone."""


def small_width(family: Family, width: int) -> int:
    """px a picture of that width is shown at its smallest: nobody enlarges one that is narrower than a feed's tiles."""
    return min(SMALL_HEADER_WIDTH if family is Family.HEADER else feed.SMALLEST, width)


LARGE_HEADER_WIDTH = 600
"""px a header spans on a desktop, seen on the site."""


def large_width(family: Family, width: int) -> int:
    """px a picture of that width is shown at its largest in a feed."""
    return min(LARGE_HEADER_WIDTH if family is Family.HEADER else feed.LARGEST, width)


SOFT_FROM = 2.0
"""Enlargement from which a painted picture is called soft."""


UNLIKE = "lost"
"""The likeness (`core.vision.identity.Likeness`) with which a painted face counts as somebody else's."""


class Measure(StrEnum):
    CONTRAST = "contrast"
    """WCAG ratio of the headline's letters to what surrounds them, at the small width; the worst tenth counts."""
    CAP_HEIGHT = "cap_height"
    """px of the lowest capital of the headline, at the small width."""
    RECALL = "recall"
    """Share of the headline's words that a reader finds in the picture at the small width (`core.domain.recall`)."""
    WORDS = "words"
    """Words of the headline."""
    FACE = "face"
    """The face's share of the picture."""
    OVERLAYS = "overlays"
    """Share of letters and face that the platform's own furniture covers."""
    BYTES = "bytes"
    """Bytes of the file; the target is the format's budget."""
    SHARPNESS = "sharpness"
    """Laplacian variance of the face at 160x200, as the selfie check measures it."""
    ON_FACE = "on_face"
    """Share of the letters that lie on the face. This and what follows of pictures from elsewhere: ours are made so."""
    CLUTTER = "clutter"
    """Share of pixels on an edge, at 320 px. A warning at most: no figure parts good pictures from bad ones."""
    WIDTH = "width"
    """px; the target is the format's standard size."""


class Grade(StrEnum):
    GOOD = "good"
    FAIR = "fair"
    POOR = "poor"


@dataclass(frozen=True, slots=True)
class Target:
    """`good` is the figure aimed at, `fair` the one below (or above) which people will see the fault."""

    good: float
    fair: float
    more_is_better: bool

    def grade(self, figure: float) -> Grade:
        sign = 1 if self.more_is_better else -1
        if sign * figure >= sign * self.good:
            return Grade.GOOD
        return Grade.FAIR if sign * figure >= sign * self.fair else Grade.POOR


TARGETS: dict[Measure, Target] = {
    # WCAG 2: 4.5 for text, 3 for large text.
    Measure.CONTRAST: Target(4.5, 3.0, True),
    # Words of less than 8 px are no longer read at 168x94 (OCR of the reduced picture finds 83-100 % above, 0 % at 4).
    Measure.CAP_HEIGHT: Target(8.0, 6.0, True),
    # 83 to 100 % of whatever people read; what they do not is at 0 to 60 %.
    Measure.RECALL: Target(0.8, 0.6, True),
    Measure.WORDS: Target(6, 8, False),
    # In a 16:9 picture a face of a third of the height is 4 % of it, one of a quarter (looks lost) 2 %.
    Measure.FACE: Target(0.04, 0.02, True),
    Measure.OVERLAYS: Target(0.005, 0.03, False),
    # The selfie check's thresholds.
    Measure.SHARPNESS: Target(90.0, 35.0, True),
    Measure.ON_FACE: Target(0.05, 0.15, False),
    Measure.CLUTTER: Target(0.16, 1.0, False),
}


SEEN: dict[Measure, Target] = TARGETS | {Measure.OVERLAYS: Target(0.03, 0.10, False)}
"""Of pictures from elsewhere: boxes that are found by looking are a little larger or smaller than what is in them."""


class Gate(StrEnum):
    """What every picture is measured by before it is delivered; a measure of the same name is the same figure."""

    CONTRAST = "contrast"
    SUBTEXT = "subtext"
    """As CONTRAST, of the small line on a feed's largest tile, or the smallest one on which its capitals are as high as
    CAP_HEIGHT asks: on a feed's smallest nobody reads it."""
    CAP_HEIGHT = "cap_height"
    SUBTEXT_HEIGHT = "subtext_height"
    """px of the lowest capital of the small line where a feed shows the picture at its largest: at its smallest it may
    die, which is what makes it the small line."""
    OVERLAYS = "overlays"
    ON_FACE = "on_face"
    """Share of the letters that lie on the face, or of the face under them, whichever is worse."""
    EYES = "eyes"
    """Share of the strip across the eyes that lies outside the picture or under letters."""
    BYTES = "bytes"
    PIXELS = "pixels"
    """px the file's sides differ from those ordered."""
    COLOUR_SPACE = "colour_space"
    """1 when the file declares sRGB."""


@dataclass(frozen=True, slots=True)
class Limit:
    """What is beyond it is mended, and delivered only if the gate does not refuse what nothing mends."""

    figure: float
    more_is_better: bool
    source: str
    refuses: bool
    """A shorter headline would help, or the file is not what was ordered. Where people could do nothing about it, they
    get what they paid for, and it says what it lacks: an eye that the photo cuts, a ground no backing is enough for."""

    def passed(self, figure: float) -> bool:
        return figure >= self.figure if self.more_is_better else figure <= self.figure


GATES: dict[Gate, Limit] = {
    Gate.CONTRAST: Limit(TARGETS[Measure.CONTRAST].fair, True, "WCAG 2.2, 1.4.3: large text", False),
    Gate.SUBTEXT: Limit(TARGETS[Measure.CONTRAST].fair, True, "WCAG 2.2, 1.4.3: large text", False),
    Gate.CAP_HEIGHT: Limit(TARGETS[Measure.CAP_HEIGHT].good, True, "OCR of pictures reduced to 168x94", True),
    Gate.SUBTEXT_HEIGHT: Limit(
        TARGETS[Measure.CAP_HEIGHT].fair,
        True,
        "of a headline, what some still read; a line of 40 px at 720p dies at 168 px and lives on larger tiles",
        False,
    ),
    Gate.OVERLAYS: Limit(TARGETS[Measure.OVERLAYS].good, False, "none: what smooth edges leave", False),
    Gate.ON_FACE: Limit(
        TARGETS[Measure.ON_FACE].good,
        False,
        "no published figure; good pictures have 0, deliberately bad ones 0.76",
        True,
    ),
    Gate.EYES: Limit(0.02, False, "none: what a box around a face leaves", False),
    Gate.BYTES: Limit(1.0, False, "shares of the format's budget", True),
    Gate.PIXELS: Limit(0.0, False, "product: exact to the pixel", True),
    Gate.COLOUR_SPACE: Limit(1.0, True, "feeds read a file without a profile as they like", True),
}


@dataclass(frozen=True, slots=True)
class Repair:
    """Of a delivered picture."""

    failed: tuple[Gate, ...]
    """What it did not pass as it was drawn first."""
    fitting: str
    backing: str
    """Names in `core.compose.remedy`; empty where nothing was changed."""
    left: tuple[Gate, ...] = ()
    """What it still does not pass: nothing that can be done to type mends that. Of what is delivered, gates that do not
    refuse; of a preview, any."""
    without: tuple[TypeEffect, ...] = ()
    """Effects the backing does not leave it, whether or not they were asked for."""
    narrow: bool = False
    """It is set in narrower type than was asked for."""
    bare: bool = False
    """The small line is left out: at a height that is letters it had no room."""


@dataclass(frozen=True, slots=True)
class Check:
    """One figure beside what is aimed at."""

    measure: Measure
    figure: float
    target: float
    grade: Grade
    about: str = ""
    """What tells remedies apart: LIGHT or DARK letters of CONTRAST; of OVERLAYS what lies under which zone, as
    `words.<zone>` or `face.<zone>`."""


LIGHT, DARK = "light", "dark"


def checked(measure: Measure, figure: float, target: Target | None = None, about: str = "") -> Check:
    aim = target or TARGETS[measure]
    return Check(measure, figure, aim.good, aim.grade(figure), about)


def overall(checks: tuple[Check, ...]) -> Grade:
    """As good as the worst of them."""
    grades = {check.grade for check in checks}
    return next(grade for grade in (Grade.POOR, Grade.FAIR, Grade.GOOD) if grade in grades or grade is Grade.GOOD)


def with_recall(checks: tuple[Check, ...], share: float | None) -> tuple[Check, ...]:
    """With the row of what could be read again, beside the letters' height; None: nobody read."""
    if share is None:
        return checks
    place = next((row + 1 for row, one in enumerate(checks) if one.measure is Measure.CAP_HEIGHT), 0)
    return (*checks[:place], checked(Measure.RECALL, round(share, 2)), *checks[place:])


@dataclass(frozen=True, slots=True)
class Appraisal:
    """What is known of a picture that somebody else made."""

    checks: tuple[Check, ...]
    format: str
    """Id of the one it was most likely made for."""
    headline: str = ""
    """What was read of its large type; empty: there is none, or nobody could read it."""
    read: bool = False
    """Whether there was a reader to look for words at all."""


@dataclass(frozen=True, slots=True)
class Remedy:
    """What to change about a weak row; `key` and the rest make a sentence in the locale files."""

    key: str
    n: int = 0
    """Words to leave or to cut, px, or percent of an edge, as the key says."""
    percent: int = 0
    """By how much to enlarge."""
    place: str = ""
    """Name of the zone to leave."""


OUTLINE = 0.0125
"""Of the picture's width: at 16 px of 1280 light letters stand out from noise, at 8 they do not."""


def remedy(check: Check, words: int, width: int) -> Remedy | None:
    """None where nothing is weak. `words`: of the headline; `width`: of the picture, px."""
    if check.grade is Grade.GOOD:
        return None
    short = check.target / check.figure if check.figure > 0 else 4.0
    match check.measure:
        case Measure.CONTRAST:
            return Remedy(f"contrast_{check.about or LIGHT}", n=round(OUTLINE * width))
        case Measure.CAP_HEIGHT:
            left = int(words / short)
            percent = ceil(100 * (short - 1))
            return Remedy("cap_height" if 0 < left < words else "cap_height_alone", n=left, percent=percent)
        case Measure.RECALL:
            return Remedy("recall" if words > 3 else "recall_alone", n=3)
        case Measure.WORDS:
            return Remedy("words", n=round(check.figure - check.target))
        case Measure.FACE:
            return Remedy("face", percent=ceil(100 * (sqrt(short) - 1)))
        case Measure.OVERLAYS:
            what, _, where = check.about.partition(".")
            return Remedy(f"overlays_{what}", place=where)
        case Measure.WIDTH:
            return Remedy("width", n=round(check.target))
        case Measure.SHARPNESS | Measure.ON_FACE | Measure.CLUTTER | Measure.BYTES:
            return Remedy(check.measure.value)
