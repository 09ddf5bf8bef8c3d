"""Fitting a headline: every line break is tried, every line gets a size of its own, nothing touches the subject.

Pure arithmetic in pixels; metrics come in through `Measure`.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from core.compose.emphasis import stripped
from core.compose.geometry import Box, Silhouette, bounds
from core.compose.measure import Measure
from core.compose.seam import breadth, joined, tears
from core.compose.split import breaks
from core.compose.word import ENGLISH

_MOST_LINES = 12
_STEPS = 60
_SLACK = 0.5
"""px a line may stand out of its area."""
_SQUEEZED = 0.8
"""Of the size without a subject."""
TAIL = 0.12
"""Of the capitals' height, under the baseline: more is a descender."""
_LEAD = 1.25
"""Largest line over the key word's line."""
_ALONE, _LEADS = 0.7, 0.9
"""What a block is worth with a function word alone on a line; on the first, where it leads on to all that follows
and is set no larger."""
_CLOSING = frozenset(("i", "me", "it", "them", "us", "you", "him", "her", "up", "off", "out", "too", "there", "so"))
"""Small words a line may well end on."""
_FILLED = 0.15
"""Power of the share of its area's height that a block fills: of two as large the one that leaves less air.
What stands at an edge is as high as it is."""
_SLIDES = ((0.5, 1.0), (0.25, 0.95), (0.0, 0.87))
"""Where a block in the middle may stand, as a share of the height left over, and what its score is then worth."""


class Align(StrEnum):
    LEFT = "left"
    CENTRE = "centre"
    RIGHT = "right"


class Anchor(StrEnum):
    """Where in its area a block stands when it is shorter than the area."""

    TOP = "top"
    MIDDLE = "middle"
    BOTTOM = "bottom"


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """How a headline is set. Lengths are in capital heights unless said otherwise."""

    align: Align = Align.LEFT
    anchor: Anchor = Anchor.MIDDLE
    spread: float = 1.0
    """Largest line over smallest line; 1 sets all lines in one size."""
    gap: float = 0.3
    """Clear space between a line's baseline and the next line's capitals."""
    pad: float = 0.0
    """Stroke, box and shadow around the ink."""
    margin: float = 0.0
    """Pixels kept from the subject."""
    largest: float = math.inf
    """Capital height in pixels no line exceeds."""
    smallest: float = 1.0
    """Capital height in pixels below which a headline does not fit."""
    most_lines: int = _MOST_LINES
    angle: float = 0.0
    """Degrees, counter-clockwise."""
    tall: bool = False
    """Script without capitals: lines stand on their real ink."""
    boxed: bool = False
    """Words may stand in a box around their ink: what hangs under a line counts in the step to the next."""
    small: frozenset[str] = ENGLISH.small
    """Function words of the headline's language: no line ends on one, and none stands alone."""
    key: int | None = None
    """Index of the word that carries the headline: no line is much larger than the one it stands in."""


@dataclass(frozen=True, slots=True)
class SetLine:
    text: str
    words: tuple[int, int]
    """Half-open range of word indices."""
    x: float
    """Left edge of the advance."""
    baseline: float
    size: float
    """Font size in px per em."""
    cap: float
    """Capital height in px."""
    width: float
    ink: Box


@dataclass(frozen=True, slots=True)
class Block:
    lines: tuple[SetLine, ...]
    score: float
    area: Box
    """The one of the areas it stands in."""

    @property
    def ink(self) -> Box:
        return bounds(line.ink for line in self.lines)

    @property
    def cap(self) -> float:
        return min(line.cap for line in self.lines)


class DoesNotFit(ValueError):
    """No line break of the headline reaches the smallest legible size."""

    def __init__(self, words: int) -> None:
        super().__init__(f"{words} words")
        self.words = words


def fit(words: Sequence[str], areas: Sequence[Box], measure: Measure, setting: Setting, subject: Silhouette) -> Block:
    """The best block over all areas and line breaks. Raises DoesNotFit. What was searched is kept: other fittings and
    other compositions ask for much of it again."""
    best = _searched(tuple(words), tuple(areas), measure, setting, subject)
    if best is None:
        raise DoesNotFit(len(words))
    return best


@lru_cache(1024)
def _searched(
    words: tuple[str, ...], areas: tuple[Box, ...], measure: Measure, setting: Setting, subject: Silhouette
) -> Block | None:
    """None where nothing fits."""
    ground = max((area.width * area.height for area in areas), default=0.0)
    fitters = [
        fitter
        for area in areas
        if area.width > 0 and area.height > 0
        for ranges in breaks(words, measure, setting.most_lines)
        if (fitter := _Fitter(words, ranges, area, measure, setting, subject, ground)).possible
    ]
    fitters.sort(key=lambda fitter: fitter.bound, reverse=True)
    best: Block | None = None
    for fitter in fitters:
        if best is not None and best.score >= fitter.bound:
            break
        block = fitter.block()
        if block is not None and (best is None or block.score > best.score):
            best = block
    return best


class _Fitter:
    """One split in one area: grows lines to their free width, then shrinks until nothing collides."""

    def __init__(
        self,
        words: Sequence[str],
        ranges: tuple[tuple[int, int], ...],
        area: Box,
        measure: Measure,
        setting: Setting,
        subject: Silhouette,
        ground: float,
    ) -> None:
        # A turned block needs its corners' swing as room; taken off once, the turned block stays inside by itself.
        sin = abs(math.sin(math.radians(setting.angle)))
        across, down = min(area.height * sin / 2, area.width / 4), min(area.width * sin / 2, area.height / 4)
        self.area = Box(area.left + across, area.top + down, area.right - across, area.bottom - down)
        self.whole, self.ranges, self.setting, self.subject = area, ranges, setting, subject
        self.texts = [joined(words[first:last]) for first, last in ranges]
        self.advances = [max(measure.advance(text), 1e-3) for text in self.texts]
        self.unit = measure.cap
        inks = [measure.ink(text) for text in self.texts]
        self.above = [max(up, self.unit * 0.6) if setting.tall else max(self.unit, up) for up, _ in inks]
        self.below = [down for _, down in inks]
        # A box goes around a descender, not around a comma or the tail of a Q.
        least = 0.0 if setting.tall else TAIL * self.unit if setting.boxed else math.inf
        self.hang = [down if down > least else 0.0 for down in self.below]
        self.slide = 0.5
        self.possible = self._possible()
        """Whether all lines at the smallest size stay inside the area: where not, no search finds a block."""
        if not self.possible:
            return
        self.torn = sum(tears(words[last - 1]) for _, last in ranges)
        key = setting.key
        self.key = next((i for i, (low, high) in enumerate(ranges) if key is not None and low <= key < high), None)
        self.small = [self._dangles(words[last - 1]) and last < len(words) for _, last in ranges]
        self.alone = math.prod(
            _LEADS if first == 0 and breadth(words[0]) > 1 and setting.spread == 1.0 else _ALONE
            for first, last in ranges
            if last - first == 1 and len(words) > 2 and stripped(words[first]) in setting.small
        )
        self.widow = 1 < len(ranges) < len(words) and breadth(self.texts[-1]) < 5
        left, right = subject.extent(area.top, area.bottom)
        self.subject_is_right = (left + right) / 2 >= area.centre[0] if left < right else True
        # What is flush with the subject's side comes off it by no shrinking: it has room for its turn from the start.
        towards = setting.align is (Align.RIGHT if self.subject_is_right else Align.LEFT)
        self.swing = (across, down) if towards else (0.0, 0.0)
        self.ground = ground
        self.first = self._sizes([self.area.width] * len(self.texts))
        self.bound = self._score([size * self.unit for size in self.first])
        """No block of this split scores higher: the subject only takes room away."""

    def _possible(self) -> bool:
        setting, least = self.setting, self.setting.smallest / self.unit
        widest = max(self.advances) + 2 * setting.pad * self.unit
        return (
            least * widest <= self.area.width + 2 * _SLACK
            and self._height([least] * len(self.texts)) <= self.area.height + _SLACK
        )

    def block(self) -> Block | None:
        """The best of the places the anchor allows: beside a shoulder, higher up may be larger."""
        best: Block | None = None
        for slide, worth in _SLIDES if self.setting.anchor is Anchor.MIDDLE else _SLIDES[:1]:
            self.slide = slide
            block = self._settled(worth)
            if block is not None and (best is None or block.score > best.score):
                best = block
            if best is not None and best.score > 0.9 * self.bound:
                break
        return best

    def _settled(self, worth: float) -> Block | None:
        """From the width found beside the subject; where that is much less than all of it, from all of it too: a line
        that only just touches the subject is better shrunk a little than squeezed in beside it."""
        grown = self._grown()
        block = self._shrunk(grown, worth)
        if min(grown) < _SQUEEZED * min(self.first):
            whole = self._shrunk(self.first, worth)
            if whole is not None and (block is None or whole.score > block.score):
                return whole
        return block

    def _shrunk(self, sizes: list[float], worth: float) -> Block | None:
        for _ in range(_STEPS):
            if min(sizes) * self.unit < self.setting.smallest:
                return None
            tight, lines = self._placed(sizes)
            if not tight:
                return Block(lines, worth * self._score([line.cap for line in lines]), self.whole)
            sizes = [size * (0.965 if index in tight else 1.0) for index, size in enumerate(sizes)]
            sizes = [min(size, self._ceiling(sizes)) for size in sizes]
        return None

    def _grown(self) -> list[float]:
        """Sizes that fill the area, from the width each line finds beside the subject where it would stand."""
        sizes = self.first
        for _ in range(3):
            free = [self._free(*band) for band in self._bands(sizes)]
            sizes = self._sizes([max(1.0, high - low) for low, high in free])
        return sizes

    def _sizes(self, room: Sequence[float]) -> list[float]:
        setting, pad = self.setting, self.setting.pad * self.unit
        sizes = [width / (advance + 2 * pad) for width, advance in zip(room, self.advances, strict=True)]
        ceiling = min(self._ceiling(sizes), setting.largest / self.unit)
        sizes = [min(size, ceiling) for size in sizes]
        return [size * min(1.0, self.area.height / self._height(sizes)) for size in sizes]

    def _ceiling(self, sizes: Sequence[float]) -> float:
        lead = math.inf if self.key is None else sizes[self.key] * _LEAD
        return min(min(sizes) * self.setting.spread, lead)

    def _height(self, sizes: Sequence[float]) -> float:
        return self._offsets(sizes)[-1]

    def _offsets(self, sizes: Sequence[float]) -> list[float]:
        """Baselines from the block's top, then the block's full height."""
        pad, gap = self.setting.pad * self.unit, self.setting.gap * self.unit
        y, result = 0.0, []
        for index, size in enumerate(sizes):
            y += size * (self.above[index] + pad)
            result.append(y)
            following = sizes[index + 1] if index + 1 < len(sizes) else size
            hang = self.hang[index] if index < len(sizes) - 1 else self.below[index]
            y += size * (hang + pad)
            if index + 1 < len(sizes):
                # The gap belongs to both neighbours; padding is already counted on each side of it.
                y += max(gap * (size + following) / 2 - pad * (size + following), -pad * following)
        return [*result, y]

    def _top(self, height: float) -> float:
        match self.setting.anchor:
            case Anchor.TOP:
                return self.area.top
            case Anchor.MIDDLE:
                return self.area.top + max(0.0, self.area.height - height) * self.slide
            case Anchor.BOTTOM:
                return self.area.bottom - height

    def _bands(self, sizes: Sequence[float]) -> list[tuple[float, float]]:
        *baselines, height = self._offsets(sizes)
        top = self._top(height)
        pad = self.setting.pad * self.unit
        return [
            (top + base - size * (above + pad), top + base + size * (below + pad))
            for base, size, above, below in zip(baselines, sizes, self.above, self.below, strict=True)
        ]

    def _free(self, top: float, bottom: float) -> tuple[float, float]:
        across, down = self.swing
        left, right = self.subject.extent(top - down, bottom + down)
        if left > right:
            return self.area.left, self.area.right
        margin = self.setting.margin + across
        if self.subject_is_right:
            return self.area.left, min(self.area.right, left - margin)
        return max(self.area.left, right + margin), self.area.right

    def _placed(self, sizes: Sequence[float]) -> tuple[Collection[int], tuple[SetLine, ...]]:
        """The lines where they stand, and which of them must shrink: they leave the area or touch the subject."""
        setting, everything = self.setting, range(len(sizes))
        pads = [size * setting.pad * self.unit for size in sizes]
        *baselines, height = self._offsets(sizes)
        if height > self.area.height + _SLACK:
            return everything, ()
        top = self._top(height)
        free = [self._free(*band) for band in self._bands(sizes)]
        widths = [size * advance for size, advance in zip(sizes, self.advances, strict=True)]
        starts = self._starts(free, widths, pads)
        tight = [
            index
            for index, (start, width, pad, (low, high)) in enumerate(zip(starts, widths, pads, free, strict=True))
            if start - pad < low - _SLACK or start + width + pad > high + _SLACK
        ]
        lines = tuple(
            SetLine(
                text,
                words,
                x,
                top + base,
                size,
                size * self.unit,
                width,
                Box(x - pad, top + base - size * above - pad, x + width + pad, top + base + size * below + pad),
            )
            for text, words, x, base, size, width, pad, above, below in zip(
                self.texts, self.ranges, starts, baselines, sizes, widths, pads, self.above, self.below, strict=True
            )
        )
        return tight or (self._turned_into(lines) if setting.angle else ()), lines

    def _starts(
        self, free: Sequence[tuple[float, float]], widths: Sequence[float], pads: Sequence[float]
    ) -> list[float]:
        left = max(low + pad for (low, _), pad in zip(free, pads, strict=True))
        right = min(high - pad for (_, high), pad in zip(free, pads, strict=True))
        match self.setting.align:
            case Align.LEFT:
                return [left for _ in widths]
            case Align.RIGHT:
                return [right - width for width in widths]
            case Align.CENTRE:
                middle = (left + right) / 2
                return [middle - width / 2 for width in widths]

    def _turned_into(self, lines: Sequence[SetLine]) -> Collection[int]:
        """The lines that meet the subject after the block's turn; checked in thirds of a line."""
        about = bounds(line.ink for line in lines).centre
        found = []
        for index, line in enumerate(lines):
            third = line.ink.width / 3
            pieces = (
                Box(line.ink.left + piece * third, line.ink.top, line.ink.left + (piece + 1) * third, line.ink.bottom)
                for piece in range(3)
            )
            if any(
                self.subject.meets(piece.turned(self.setting.angle, about), self.setting.margin * 0.5)
                for piece in pieces
            ):
                found.append(index)
        return found

    def _dangles(self, word: str) -> bool:
        return stripped(word) in self.setting.small and word.casefold() not in _CLOSING

    def _score(self, caps: Sequence[float]) -> float:
        """Smallest capitals first; then covered ground and even lines; a stranded article, a torn word cost."""
        covered = sum(cap * cap / self.unit * advance for cap, advance in zip(caps, self.advances, strict=True))
        score = min(caps) * (0.3 + covered / self.ground)
        # A line much shorter than the others is a hole, the more so where all are of one size.
        even: float = min(self.advances) / max(self.advances)
        score *= math.pow(even, 0.25 if self.setting.spread == 1.0 else 0.2)
        if self.setting.anchor is not Anchor.BOTTOM:
            filled = self._height([cap / self.unit for cap in caps]) / self.area.height
            score *= math.pow(min(1.0, filled), _FILLED)
        return score * math.pow(0.8, sum(self.small) + 2 * self.widow + 0.5 * self.torn) * self.alone
