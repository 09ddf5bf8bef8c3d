"""Scores: what is measured on a finished thumbnail, and from which figure on it is good."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from core.domain import feed
from core.domain.format import Family

SMALL_HEADER_WIDTH = 360
"""px a header is shown at its smallest: it spans a phone."""


def small_width(family: Family) -> int:
    """px a picture is shown at its smallest."""
    return SMALL_HEADER_WIDTH if family is Family.HEADER else feed.SMALLEST


SOFT_FROM = 2.0
"""Enlargement from which a painted picture is called soft."""


UNLIKE = "lost"
"""The likeness (`core.vision.identity.Likeness`) with which a painted face counts as somebody else's."""


class Measure(StrEnum):
    CONTRAST = "contrast"
    """WCAG ratio of the headline's letters to what surrounds them, at the small width; the worst tenth counts."""
    CAP_HEIGHT = "cap_height"
    """px of the lowest capital of the headline, at the small width."""
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
    Measure.WORDS: Target(6, 8, False),
    # In a 16:9 picture a face of a third of the height is 4 % of it, one of a quarter (looks lost) 2 %.
    Measure.FACE: Target(0.04, 0.02, True),
    Measure.OVERLAYS: Target(0.005, 0.03, False),
    # The selfie check's thresholds.
    Measure.SHARPNESS: Target(90.0, 35.0, True),
}


@dataclass(frozen=True, slots=True)
class Check:
    """One figure beside what is aimed at."""

    measure: Measure
    figure: float
    target: float
    grade: Grade


def checked(measure: Measure, figure: float, target: Target | None = None) -> Check:
    aim = target or TARGETS[measure]
    return Check(measure, figure, aim.good, aim.grade(figure))


def overall(checks: tuple[Check, ...]) -> Grade:
    """As good as the worst of them."""
    grades = {check.grade for check in checks}
    return next(grade for grade in (Grade.POOR, Grade.FAIR, Grade.GOOD) if grade in grades or grade is Grade.GOOD)
