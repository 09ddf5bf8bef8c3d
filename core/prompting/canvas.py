"""The canvas in words: its ratio, and what a composition of that shape lives from."""

from __future__ import annotations

from math import gcd

from core.domain.format import Format, Size

_SAME = 0.01
"""Relative difference of two ratios that nobody sees."""
_COARSE = 50

_COMPOSITIONS: tuple[tuple[float, str], ...] = (
    (
        0.67,
        "A tall upright picture seen full-screen on a phone: stack it in layers from top to bottom, subject large in "
        "the middle band, backdrop running on above and below with nothing important near the edges.",
    ),
    (
        0.9,
        "An upright picture in a feed: one large subject on a strong vertical axis, filling the width, little depth.",
    ),
    (
        1.34,
        "A square picture in a grid: compact, centred weight, bold simple shapes that survive at the size of a stamp.",
    ),
    (
        2.31,
        "A wide picture beside a video title, mostly seen 168 pixels wide: subject on one side, one supporting element "
        "at most, strong diagonal or clear left-right split, nothing small.",
    ),
    (
        6.0,
        "A panoramic header: the subject small in the width but full in the height, calm horizontal backdrop running "
        "from edge to edge.",
    ),
)


def ratio_of(ratio: str) -> float:
    """16:9 as a number."""
    width, _, height = ratio.partition(":")
    return float(width) / float(height)


def differs(target: Format, painted: str) -> bool:
    """Whether a canvas of the ratio `painted` has to be trimmed for the format."""
    return bool(painted) and abs(ratio_of(painted) / target.standard.ratio - 1) > _SAME


def canvas(target: Format, painted: str = "") -> str:
    """The canvas and its composition; `painted` is the ratio asked of the model when it has not the format's own."""
    ratio = _ratio(target.standard)
    text = f"Canvas: {_name(target.standard.ratio)}, {ratio}. {_composition(target.standard.ratio)}"
    if not differs(target, painted):
        return text
    lost = "left and right" if ratio_of(painted) > target.standard.ratio else "top and bottom"
    return (
        f"{text} You paint it at {painted}; {lost} are trimmed to {ratio} afterwards, so they hold nothing but "
        "backdrop. All percentages below count on the canvas you paint."
    )


def _ratio(size: Size) -> str:
    part = gcd(size.width, size.height)
    width, height = size.width // part, size.height // part
    if max(width, height) <= _COARSE:
        return f"{width}:{height}"
    return f"{size.ratio:.2f}:1" if size.width >= size.height else f"1:{size.height / size.width:.2f}"


def _name(ratio: float) -> str:
    return "square" if abs(ratio - 1) < _SAME else "landscape" if ratio > 1 else "upright"


def _composition(ratio: float) -> str:
    return next(text for most, text in _COMPOSITIONS if ratio < most)
