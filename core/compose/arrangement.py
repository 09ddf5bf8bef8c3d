"""Where face and type stand: one row per vibe and family, and rows for what a brief asks for beside them.

Fractions of the canvas, drawn for a face on the right; `arrange` mirrors them for the left.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from core.compose.geometry import Box, clear_of
from core.compose.headline import Align, Anchor
from core.compose.look import look
from core.compose.manner import MANNERS
from core.domain.brief import Brief, FaceSide, FocusPoint, TextPlace, Vibe
from core.domain.format import Family, Zone


class Scheme(StrEnum):
    SIDE = "side"
    """A face on one side, a column of type on the other."""
    TOP = "top"
    """Type over the head."""
    BOTTOM = "bottom"
    """Type across the chest."""
    AROUND = "around"
    """First words over the head, the rest across the chest."""
    BETWEEN = "between"
    """Type between two heads."""
    SOLO = "solo"
    """No person."""


class Form(StrEnum):
    """What words make of a picture without a person."""

    WHOLE = "whole"
    ASIDE = "aside"
    """A stack on one side, the motif on the other."""
    POSTER = "poster"
    """The key word or the figure huge, the rest small beside it."""
    SPLIT = "split"
    """A stack on a panel that cuts the picture in two."""


class Way(StrEnum):
    """How an exhibit is shown."""

    CUT = "cut"
    """The thing alone."""
    CARD = "card"
    """The whole photo in a frame."""
    GROUND = "ground"
    """The photo is the picture; words stand on its calmer, darkened part."""
    BESIDE = "beside"
    """The photo fills the picture up to the panel that carries the words."""


@dataclass(frozen=True, slots=True)
class Arrangement:
    scheme: Scheme
    head: float
    """Crown to chin over the canvas height."""
    at: tuple[float, float]
    """Centre of the head."""
    areas: tuple[Box, ...]
    """Places for the headline: alternatives, or the two parts of AROUND."""
    align: Align = Align.LEFT
    anchor: Anchor = Anchor.MIDDLE
    form: Form = Form.WHOLE
    over_hair: bool = False
    """Words over the head may cross its hair, never the face."""
    beside: tuple[float, float] | None = None
    """Centre of a second head of the same height, which the one at `at` stands in front of."""
    way: Way | None = None
    place: Box | None = None
    """Of an exhibit: it is as large as fits."""

    @property
    def over_body(self) -> bool:
        """Type may cross the body, never the head."""
        return self.scheme in (Scheme.BOTTOM, Scheme.AROUND, Scheme.BETWEEN)

    @property
    def text_side(self) -> Align:
        """Side of the canvas that belongs to type."""
        middle = sum(area.centre[0] for area in self.areas) / len(self.areas)
        beside = self.form in (Form.ASIDE, Form.SPLIT) and self.areas[0].width < 0.8
        aside = self.at[0] if self.scheme is Scheme.SIDE or beside else 0.5
        return Align.LEFT if middle < aside - 0.01 else Align.RIGHT if middle > aside + 0.01 else Align.CENTRE

    def mirrored(self) -> Arrangement:
        turned = {Align.LEFT: Align.RIGHT, Align.RIGHT: Align.LEFT, Align.CENTRE: Align.CENTRE}
        return replace(
            self,
            at=(1 - self.at[0], self.at[1]),
            beside=self.beside and (1 - self.beside[0], self.beside[1]),
            areas=tuple(area.mirrored() for area in self.areas),
            align=turned[self.align] if self.scheme is Scheme.SIDE else self.align,
        )


@dataclass(frozen=True, slots=True)
class Cut:
    """Where the photo ends the body, as far as it decides an arrangement."""

    close: bool = False
    """Close under the chin."""
    left: bool = False
    right: bool = False

    @property
    def fixed(self) -> bool:
        """A shoulder cut off on the right would end in the middle of the picture, were the body on its left."""
        return self.right and not self.left


WHOLE = Cut()
_WIDE, _SQUARE, _PORTRAIT, _TALL, _HEADER = (
    Family.WIDE,
    Family.SQUARE,
    Family.PORTRAIT,
    Family.TALL,
    Family.HEADER,
)
_MID, _LEFT, _LOW = Align.CENTRE, Align.LEFT, Anchor.BOTTOM
_S, _T, _B, _A, _O = Scheme.SIDE, Scheme.TOP, Scheme.BOTTOM, Scheme.AROUND, Scheme.SOLO
_HEADER_AREA = (Box(0.05, 0.13, 0.77, 0.87),)
"""An avatar, where the platform puts one, takes its part from it."""

_OWN: dict[tuple[Vibe, Family], Arrangement] = {
    (Vibe.BOLD, _WIDE): Arrangement(_S, 0.70, (0.735, 0.375), (Box(0.03, 0.045, 0.68, 0.955),)),
    (Vibe.BOLD, _SQUARE): Arrangement(_B, 0.60, (0.5, 0.325), (Box(0.045, 0.66, 0.955, 0.965),), _MID, _LOW),
    (Vibe.BOLD, _PORTRAIT): Arrangement(_T, 0.47, (0.52, 0.68), (Box(0.04, 0.035, 0.96, 0.435),), _MID),
    (Vibe.BOLD, _TALL): Arrangement(_T, 0.31, (0.5, 0.487), (Box(0.065, 0.142, 0.935, 0.325),), _MID),
    (Vibe.BOLD, _HEADER): Arrangement(_S, 0.78, (0.835, 0.50), _HEADER_AREA),
    (Vibe.CLEAN, _WIDE): Arrangement(_S, 0.60, (0.785, 0.40), (Box(0.05, 0.08, 0.66, 0.92),)),
    (Vibe.CLEAN, _SQUARE): Arrangement(_T, 0.51, (0.64, 0.665), (Box(0.065, 0.06, 0.94, 0.385),), _LEFT, Anchor.TOP),
    (Vibe.CLEAN, _PORTRAIT): Arrangement(_T, 0.46, (0.58, 0.68), (Box(0.07, 0.06, 0.93, 0.42),), _LEFT, Anchor.TOP),
    (Vibe.CLEAN, _TALL): Arrangement(_T, 0.28, (0.54, 0.50), (Box(0.08, 0.15, 0.92, 0.35),), _LEFT, Anchor.TOP),
    (Vibe.CLEAN, _HEADER): Arrangement(_S, 0.70, (0.84, 0.52), _HEADER_AREA),
    (Vibe.CINEMATIC, _WIDE): Arrangement(_S, 0.64, (0.745, 0.415), (Box(0.05, 0.12, 0.68, 0.88),)),
    (Vibe.CINEMATIC, _SQUARE): Arrangement(_B, 0.56, (0.5, 0.34), (Box(0.06, 0.655, 0.94, 0.95),), _MID, _LOW),
    (Vibe.CINEMATIC, _PORTRAIT): Arrangement(_B, 0.46, (0.5, 0.335), (Box(0.06, 0.64, 0.94, 0.955),), _MID, _LOW),
    (Vibe.CINEMATIC, _TALL): Arrangement(_B, 0.275, (0.5, 0.285), (Box(0.07, 0.455, 0.93, 0.648),), _MID, _LOW),
    (Vibe.CINEMATIC, _HEADER): Arrangement(_S, 0.74, (0.82, 0.51), _HEADER_AREA),
    (Vibe.NEON, _WIDE): Arrangement(_S, 0.66, (0.745, 0.40), (Box(0.045, 0.08, 0.68, 0.92),)),
    (Vibe.NEON, _SQUARE): Arrangement(_B, 0.56, (0.5, 0.335), (Box(0.06, 0.65, 0.94, 0.95),), _MID, _LOW),
    (Vibe.NEON, _PORTRAIT): Arrangement(_T, 0.48, (0.5, 0.665), (Box(0.05, 0.05, 0.95, 0.39),), _MID),
    (Vibe.NEON, _TALL): Arrangement(_T, 0.30, (0.5, 0.49), (Box(0.07, 0.145, 0.93, 0.325),), _MID),
    (Vibe.NEON, _HEADER): Arrangement(_S, 0.76, (0.83, 0.50), _HEADER_AREA),
    (Vibe.PASTEL, _WIDE): Arrangement(_S, 0.64, (0.755, 0.395), (Box(0.045, 0.08, 0.66, 0.92),)),
    (Vibe.PASTEL, _SQUARE): Arrangement(_T, 0.54, (0.5, 0.655), (Box(0.06, 0.045, 0.94, 0.37),), _MID),
    (Vibe.PASTEL, _PORTRAIT): Arrangement(_T, 0.48, (0.5, 0.67), (Box(0.06, 0.045, 0.94, 0.40),), _MID),
    (Vibe.PASTEL, _TALL): Arrangement(_T, 0.30, (0.5, 0.49), (Box(0.075, 0.145, 0.925, 0.33),), _MID),
    (Vibe.PASTEL, _HEADER): Arrangement(_S, 0.74, (0.835, 0.51), _HEADER_AREA),
    (Vibe.TECH, _WIDE): Arrangement(_S, 0.64, (0.775, 0.40), (Box(0.05, 0.13, 0.68, 0.90),)),
    (Vibe.TECH, _SQUARE): Arrangement(_T, 0.52, (0.62, 0.66), (Box(0.065, 0.06, 0.94, 0.38),), _LEFT, Anchor.TOP),
    (Vibe.TECH, _PORTRAIT): Arrangement(_T, 0.46, (0.57, 0.68), (Box(0.07, 0.06, 0.93, 0.41),), _LEFT, Anchor.TOP),
    (Vibe.TECH, _TALL): Arrangement(_T, 0.28, (0.54, 0.50), (Box(0.08, 0.15, 0.92, 0.35),), _LEFT, Anchor.TOP),
    (Vibe.TECH, _HEADER): Arrangement(_S, 0.74, (0.835, 0.51), _HEADER_AREA),
    (Vibe.MINIMALIST, _WIDE): Arrangement(_S, 0.54, (0.785, 0.445), (Box(0.07, 0.12, 0.62, 0.88),)),
    (Vibe.MINIMALIST, _SQUARE): Arrangement(
        _T, 0.46, (0.63, 0.69), (Box(0.085, 0.08, 0.92, 0.36),), _LEFT, Anchor.TOP
    ),
    (Vibe.MINIMALIST, _PORTRAIT): Arrangement(
        _T, 0.42, (0.58, 0.70), (Box(0.09, 0.075, 0.91, 0.38),), _LEFT, Anchor.TOP
    ),
    (Vibe.MINIMALIST, _TALL): Arrangement(_T, 0.26, (0.54, 0.51), (Box(0.095, 0.155, 0.905, 0.34),), _LEFT, Anchor.TOP),
    (Vibe.MINIMALIST, _HEADER): Arrangement(_S, 0.66, (0.845, 0.54), _HEADER_AREA),
    (Vibe.MEME, _WIDE): Arrangement(
        _A, 0.62, (0.5, 0.455), (Box(0.03, 0.03, 0.97, 0.245), Box(0.03, 0.78, 0.97, 0.985)), _MID, over_hair=True
    ),
    (Vibe.MEME, _SQUARE): Arrangement(
        _A, 0.58, (0.5, 0.465), (Box(0.05, 0.03, 0.95, 0.23), Box(0.05, 0.75, 0.95, 0.965)), _MID, over_hair=True
    ),
    (Vibe.MEME, _PORTRAIT): Arrangement(
        _A, 0.50, (0.5, 0.485), (Box(0.05, 0.035, 0.95, 0.26), Box(0.05, 0.755, 0.95, 0.965)), _MID, over_hair=True
    ),
    (Vibe.MEME, _TALL): Arrangement(_T, 0.31, (0.5, 0.487), (Box(0.065, 0.142, 0.935, 0.325),), _MID),
    (Vibe.MEME, _HEADER): Arrangement(_S, 0.78, (0.835, 0.50), _HEADER_AREA),
    (Vibe.DOCUMENTARY, _WIDE): Arrangement(_S, 0.67, (0.745, 0.385), (Box(0.075, 0.09, 0.67, 0.91),)),
    (Vibe.DOCUMENTARY, _SQUARE): Arrangement(
        _T, 0.54, (0.62, 0.65), (Box(0.085, 0.055, 0.945, 0.36),), _LEFT, Anchor.TOP
    ),
    (Vibe.DOCUMENTARY, _PORTRAIT): Arrangement(_B, 0.50, (0.53, 0.345), (Box(0.08, 0.645, 0.94, 0.955),), _LEFT, _LOW),
    (Vibe.DOCUMENTARY, _TALL): Arrangement(_B, 0.285, (0.54, 0.285), (Box(0.085, 0.46, 0.93, 0.648),), _LEFT, _LOW),
    (Vibe.DOCUMENTARY, _HEADER): Arrangement(_S, 0.78, (0.82, 0.50), _HEADER_AREA),
}  # fmt: skip
_ASKED: dict[tuple[Family, Scheme], Arrangement] = {
    (_WIDE, _S): Arrangement(_S, 0.68, (0.745, 0.385), (Box(0.035, 0.05, 0.68, 0.95),)),
    (_WIDE, _T): Arrangement(_T, 0.55, (0.5, 0.70), (Box(0.04, 0.04, 0.96, 0.415),), _MID),
    (_WIDE, _B): Arrangement(
        _B, 0.53, (0.5, 0.31), (Box(0.04, 0.59, 0.96, 0.755), Box(0.045, 0.61, 0.96, 0.96)), _MID
    ),
    (_WIDE, _A): Arrangement(
        _A, 0.44, (0.5, 0.485), (Box(0.04, 0.04, 0.96, 0.235), Box(0.04, 0.725, 0.96, 0.965)), _MID
    ),
    (_SQUARE, _S): Arrangement(_S, 0.56, (0.71, 0.50), (Box(0.05, 0.05, 0.66, 0.95), Box(0.05, 0.045, 0.95, 0.24))),
    (_SQUARE, _T): Arrangement(_T, 0.54, (0.5, 0.655), (Box(0.045, 0.04, 0.955, 0.37),), _MID),
    (_SQUARE, _B): Arrangement(_B, 0.59, (0.5, 0.33), (Box(0.05, 0.655, 0.95, 0.955),), _MID),
    (_SQUARE, _A): Arrangement(
        _A, 0.50, (0.5, 0.475), (Box(0.05, 0.03, 0.95, 0.215), Box(0.05, 0.74, 0.95, 0.965)), _MID
    ),
    (_PORTRAIT, _S): Arrangement(_S, 0.42, (0.71, 0.50), (Box(0.05, 0.05, 0.66, 0.95), Box(0.05, 0.04, 0.95, 0.28))),
    (_PORTRAIT, _T): Arrangement(_T, 0.46, (0.52, 0.67), (Box(0.05, 0.04, 0.95, 0.42),), _MID),
    (_PORTRAIT, _B): Arrangement(_B, 0.54, (0.5, 0.33), (Box(0.06, 0.635, 0.94, 0.955),), _MID),
    (_PORTRAIT, _A): Arrangement(
        _A, 0.44, (0.5, 0.485), (Box(0.05, 0.035, 0.95, 0.25), Box(0.05, 0.755, 0.95, 0.965)), _MID
    ),
    (_TALL, _S): Arrangement(_S, 0.24, (0.67, 0.50), (Box(0.065, 0.145, 0.62, 0.645), Box(0.065, 0.145, 0.935, 0.36))),
    (_TALL, _T): Arrangement(_T, 0.31, (0.5, 0.487), (Box(0.065, 0.145, 0.935, 0.325),), _MID),
    (_TALL, _B): Arrangement(_B, 0.345, (0.5, 0.305), (Box(0.065, 0.485, 0.935, 0.648),), _MID),
    (_TALL, _A): Arrangement(
        _A, 0.25, (0.5, 0.405), (Box(0.065, 0.142, 0.935, 0.275), Box(0.065, 0.54, 0.935, 0.648)), _MID
    ),
}  # fmt: skip
_ALONE: dict[Family, Arrangement] = {
    _WIDE: Arrangement(_O, 0.0, (0.5, 0.46), (Box(0.06, 0.10, 0.94, 0.84),), _MID),
    _SQUARE: Arrangement(_O, 0.0, (0.5, 0.46), (Box(0.065, 0.10, 0.935, 0.88),), _MID),
    _PORTRAIT: Arrangement(_O, 0.0, (0.5, 0.46), (Box(0.07, 0.12, 0.93, 0.86),), _MID),
    _TALL: Arrangement(_O, 0.0, (0.5, 0.40), (Box(0.075, 0.16, 0.925, 0.64),), _MID),
    _HEADER: Arrangement(_O, 0.0, (0.62, 0.5), (Box(0.045, 0.13, 0.955, 0.87),), _MID),
}
_CORNER: dict[Family, tuple[float, float]] = {
    _WIDE: (0.91, 0.88), _SQUARE: (0.86, 0.88), _PORTRAIT: (0.84, 0.90), _TALL: (0.80, 0.86), _HEADER: (0.96, 0.86)
}  # fmt: skip
"""The motif of flush type keeps to a corner, out of its way."""


def own(vibe: Vibe, family: Family) -> Scheme:
    """The scheme of a vibe in a family, as long as nothing else is asked for."""
    return _OWN[vibe, family].scheme


def rounded(vibe: Vibe) -> bool:
    """Whether a person whose photo ends above the picture's edge comes out of a disc."""
    return MANNERS[vibe].flat and not MANNERS[vibe].outlined


def arrange(brief: Brief, family: Family, position: int, person: bool, cut: Cut = WHOLE) -> Arrangement:
    """The arrangement of one variant of a set."""
    if not person:
        return _alone(brief.vibe, family, position)
    row = _row(brief, family, position, cut)
    if brief.focus is not FocusPoint.AUTO:
        return _focused(row, brief.focus)
    turn = _turn(brief.vibe, family, position, cut)
    side = _side(brief, turn, cut)
    if side is FaceSide.CENTRE:
        return _centred(row)
    if family is _HEADER and (side is FaceSide.LEFT or turn.turned):
        return replace(row, areas=(_ACROSS,)) if cut.fixed else replace(row, at=(_INNER, row.at[1]), areas=(_INWARD,))
    return row.mirrored() if side is FaceSide.LEFT and row.scheme is not _A else row


@dataclass(frozen=True, slots=True)
class _Turn:
    """What a place in the set changes, as far as the brief leaves it open."""

    scheme: Scheme | None = None
    """None is the vibe's own."""
    turned: bool = False
    """The face changes sides."""
    crop: float = 1.0
    """Of the head's height."""


# By place in the set. Two that share a palette (three apart, `core.compose.look`) never share scheme and side, nor do
# neighbours: a re-roll moves on to the row before.
_SIDEWAYS = (
    _Turn(),
    _Turn(turned=True, crop=1.04),
    _Turn(_T),
    _Turn(_B),
    _Turn(crop=1.2),
    _Turn(turned=True, crop=0.88),
)
_SIDEWAYS_FIXED = (_Turn(), _Turn(_T), _Turn(_B), _Turn(_T, crop=1.1), _Turn(crop=0.92), _Turn(_T, crop=1.14))
"""For a body that is cut off on the right: there it stays."""
_AROUND = (_Turn(), _Turn(_S), _Turn(_T), _Turn(_B), _Turn(_T, crop=1.14), _Turn(_S, turned=True, crop=1.06))
_UPRIGHT = {
    _A: (_Turn(), _Turn(_B), _Turn(_T), _Turn(_B, crop=1.12), _Turn(_T, crop=1.06), _Turn(_S)),
    _T: (_Turn(), _Turn(_B), _Turn(_A), _Turn(_B, crop=1.12), _Turn(crop=1.1), _Turn(_S)),
    _B: (_Turn(), _Turn(_T), _Turn(_A), _Turn(_T, crop=1.08), _Turn(crop=1.14), _Turn(_S)),
}
_FLUSH_UPRIGHT = {
    _T: (_Turn(), _Turn(_B), _Turn(_A), _Turn(_B, crop=1.12), _Turn(turned=True, crop=0.9), _Turn(_S)),
    _B: (_Turn(), _Turn(_T), _Turn(_A), _Turn(_T, turned=True), _Turn(crop=1.14), _Turn(_S)),
}
_TALLEST = {
    _T: (_Turn(), _Turn(_B), _Turn(_A), _Turn(_B, crop=1.1), _Turn(crop=0.86), _Turn(_S)),
    _B: (_Turn(), _Turn(_T), _Turn(_A), _Turn(_T, crop=0.86), _Turn(crop=1.12), _Turn(_S)),
}
"""What the platform leaves free of 9:16 is nearly square: words around a face would make both small."""
_TALLEST_CLOSE = (_Turn(), _Turn(_A), _Turn(crop=1.12), _Turn(_S), _Turn(crop=0.86), _Turn(_A, crop=1.1))
"""For a head without a body."""
_TALLEST_ROUND = (
    _Turn(), _Turn(_S), _Turn(crop=1.1), _Turn(_S, turned=True), _Turn(crop=0.86), _Turn(_S, turned=True, crop=1.08)
)  # fmt: skip
"""For one that comes out of a disc, as long as no words cross it."""
_HEADERS = tuple(
    _Turn(turned=bool(place % 2), crop=crop) for place, crop in enumerate((1.0, 1.1, 1.14, 0.82, 0.86, 0.96))
)
_INNER, _INWARD, _ACROSS = 0.4, Box(0.58, 0.13, 0.965, 0.87), Box(0.04, 0.13, 0.77, 0.55)
"""Of a header, whose avatar has the lower left corner: the middle of a face on the left and its words beside it, or
words above the avatar where the face cannot move."""


def _turn(vibe: Vibe, family: Family, position: int, cut: Cut) -> _Turn:
    own = _OWN[vibe, family].scheme
    turns: tuple[_Turn, ...]
    match family:
        case Family.WIDE:
            turns = _AROUND if own is _A else _SIDEWAYS_FIXED if cut.fixed else _SIDEWAYS
        case Family.HEADER:
            turns = _HEADERS
        case Family.TALL:
            close = _TALLEST_ROUND if rounded(vibe) else _TALLEST_CLOSE
            turns = close if cut.close and own is _T else _TALLEST[own]
        case Family.SQUARE | Family.PORTRAIT:
            turns = (_FLUSH_UPRIGHT if MANNERS[vibe].flush else _UPRIGHT)[own]
    return turns[look(position).composition]


def _row(brief: Brief, family: Family, position: int, cut: Cut) -> Arrangement:
    own = _OWN[brief.vibe, family]
    if cut.close and family is _TALL and own.scheme is _T and not rounded(brief.vibe):
        # A head without a body leaves half of 9:16 empty under it: that is where the words go.
        own = _ASKED[family, _B]
    turn = _turn(brief.vibe, family, position, cut)
    scheme = own.scheme if family is _HEADER else _scheme(brief, turn, own.scheme)
    row = own if scheme is own.scheme else _ASKED[family, scheme]
    if row in _ASKED.values() and MANNERS[brief.vibe].flush and scheme is not _A:
        # Flush type leaves the duration badge its corner; centred type keeps above it.
        row = replace(row, align=_LEFT, areas=row.areas[-1:] if scheme is _B else row.areas)
        if scheme is _B and family is _WIDE:
            # Nor does anybody look in over the end of their words: over what the words leave, somebody may.
            row = replace(row, at=(_OVER_END, row.at[1]))
    if MANNERS[brief.vibe].band and family is _WIDE and scheme is _B:
        # Its band is as high as the lines are: they stand on the lower edge, as wide as the badge leaves them. A head
        # without a body is larger: its end must come down to where the band is.
        row = replace(row, head=0.62 if cut.close else 0.57, at=(0.5, 0.32), anchor=_LOW, areas=row.areas[-1:])
    return _cropped(row, turn.crop)


_OVER_END = 0.7
_FORMS = (
    (Form.WHOLE, False), (Form.ASIDE, False), (Form.POSTER, False),
    (Form.SPLIT, False), (Form.ASIDE, True), (Form.SPLIT, True),
)  # fmt: skip
"""By position in the set, and whether type stands on the right."""


def _alone(vibe: Vibe, family: Family, position: int) -> Arrangement:
    form, turned = _FORMS[look(position).composition]
    row, area = _ALONE[family], _ALONE[family].areas[0]
    if form is Form.WHOLE or form is Form.POSTER:
        flush = MANNERS[vibe].flush
        # A poster fills a narrow picture to its foot: its motif only looks in.
        corner = _CORNER[family] if form is Form.WHOLE or family in (_WIDE, _HEADER) else (1.06, 1.16)
        return replace(row, form=form, align=_LEFT if flush else row.align, at=corner if flush else row.at)
    upright = family in (_PORTRAIT, _TALL)
    if upright:
        # Half of a narrow picture's width is no room for words: there the upper part is theirs, or the lower.
        cut = area.top + 0.62 * area.height
        areas, at = (replace(area, bottom=cut),), _CORNER[family]
        if turned:
            areas, at = (replace(area, top=area.bottom - (cut - area.top)),), (0.16, 0.1)
        return replace(row, form=form, align=_LEFT, areas=areas, at=at)
    wide = 0.74 if form is Form.ASIDE else 0.64
    if family is _HEADER:
        wide += -0.12 if turned else 0.08  # an avatar may take the left of it
    if family is _WIDE and not turned:
        area = replace(area, bottom=0.92)
    right = area.left + wide * area.width
    row = replace(row, form=form, align=_LEFT, areas=(replace(area, right=right),), at=((right + 1.06) / 2, row.at[1]))
    if not turned:
        return row
    # The duration badge lies on the right: type keeps its own margin there.
    areas = (replace(area, left=area.right - wide * area.width),)
    if family is _HEADER:
        # Between the avatar and the words.
        return replace(row, areas=areas, at=((0.1 + areas[0].left) / 2, row.at[1]))
    return replace(row.mirrored(), areas=areas)


def _cropped(row: Arrangement, by: float) -> Arrangement:
    """The head larger or smaller, away from the type: from the chin, from the crown, or from its inner side."""
    grown = row.head * (by - 1) / 2
    around = (0.0, -grown if row.over_hair else 0.0)
    across, down = {_B: (0.0, -grown), _T: (0.0, grown), _S: (max(0.0, 0.5 * grown), 0.0)}.get(row.scheme, around)
    return replace(row, head=row.head * by, at=(row.at[0] + across, row.at[1] + down))


_AT = (Anchor.MIDDLE, Anchor.TOP, Anchor.BOTTOM, Anchor.MIDDLE, Anchor.BOTTOM, Anchor.TOP)


def apart(row: Arrangement, position: int) -> Arrangement:
    """Words beside a face higher or lower by place in the set: a model may paint one picture like another."""
    if row.scheme is not _S or row.anchor is not Anchor.MIDDLE:
        return row
    return replace(row, anchor=_AT[look(position).composition])


_LOWER, _OFF_HAIR = 0.015, 0.02
"""Of the height: what a head gives way to the words over it, and what is between the two."""
_OFF_STRIP = 0.008
"""Of the height: what words keep off a strip, which is a margin itself."""
_FOOT, _NARROW_FOOT = 0.40, 0.36
"""Of the width: what the words under a head keep beside a zone, and where all letters are narrow ones; for less the
head gives way to the side."""


def inset(row: Arrangement, zones: Sequence[Zone]) -> Arrangement:
    """Words over and under a head in what a platform leaves free: cut off by its zones they would be small, and the two
    on different axes."""
    if row.scheme is not _A:
        return row
    hard = [zone for zone in zones if zone.hard]
    return _on_axis(_between_strips(row, hard), [Box(zone.left, zone.top, zone.right, zone.bottom) for zone in hard])


def _between_strips(row: Arrangement, zones: Sequence[Zone]) -> Arrangement:
    across = [zone for zone in zones if zone.left <= 0 and zone.right >= 1]
    top = max((zone.bottom for zone in across if zone.top <= 0), default=0.0)
    bottom = min((zone.top for zone in across if zone.bottom >= 1), default=1.0)
    if not across:
        return row
    upper, lower = row.areas
    if not row.over_hair:
        # Words that stay off the hair take what is left up to it.
        x, y = row.at[0], row.at[1] + _LOWER
        # A head that is drawn large ends above the words under it all the same.
        head = min(row.head, 2 * (lower.top - y))
        upper = replace(upper, top=max(upper.top, top), bottom=y - head / 2 - _OFF_HAIR)
        return replace(row, head=head, at=(x, y), areas=(upper, lower))
    # A look that lives by large words keeps them; it is the head between them that gives way.
    first, last = max(upper.top, top + _OFF_STRIP), min(lower.bottom, bottom - _OFF_STRIP)
    over = replace(upper, top=first, bottom=first + upper.height)
    under = replace(lower, top=last - lower.height, bottom=last)
    share = (under.top - over.bottom) / (lower.top - upper.bottom)
    y = over.bottom + share * (row.at[1] - upper.bottom)
    return replace(row, head=share * row.head, at=(row.at[0], y), areas=(over, under))


def _on_axis(row: Arrangement, zones: Sequence[Box]) -> Arrangement:
    """Head and words in the middle, or as near to it as zones leave the lower words their width."""
    areas = tuple(clear_of(area, zones) for area in row.areas)
    lower = areas[-1]
    half = min(_NARROW_FOOT if row.over_hair else _FOOT, lower.width) / 2
    x = min(max(row.at[0], lower.left + half), lower.right - half)
    reach = [min(x - area.left, area.right - x) for area in areas]
    even = (replace(area, left=x - wide, right=x + wide) for area, wide in zip(areas, reach, strict=True))
    return replace(row, at=(x, row.at[1]), areas=tuple(even))


_PLACES = {TextPlace.TOP: _T, TextPlace.BOTTOM: _B, TextPlace.AROUND: _A, TextPlace.LEFT: _S, TextPlace.RIGHT: _S}


def _scheme(brief: Brief, turn: _Turn, own: Scheme) -> Scheme:
    if brief.text_place in _PLACES:
        return _PLACES[brief.text_place]
    if brief.focus is not FocusPoint.AUTO:
        return _S
    if brief.face_side is FaceSide.CENTRE and own is _S:
        return _A if turn.turned else _B
    # A face asked for on the left keeps its side through the set.
    kept = own is _S and brief.face_side is FaceSide.LEFT
    return own if kept else turn.scheme or own


def _side(brief: Brief, turn: _Turn, cut: Cut) -> FaceSide:
    """Type asked for on one side sends the face to the other; the default side may change within a set."""
    if brief.text_place is TextPlace.LEFT:
        return FaceSide.RIGHT
    if brief.text_place is TextPlace.RIGHT:
        return FaceSide.LEFT
    turned = turn.turned and not cut.fixed
    if brief.face_side is FaceSide.RIGHT and brief.text_place is TextPlace.AUTO and turned:
        return FaceSide.LEFT
    return brief.face_side


def _centred(row: Arrangement) -> Arrangement:
    if row.scheme is _A:
        return row
    if row.scheme is not _S:
        return replace(row, at=(0.5, row.at[1]))
    left = tuple(Box(area.left, area.top, 0.5, area.bottom) for area in row.areas)
    return replace(row, at=(0.5, row.at[1]), areas=(*left, *(area.mirrored() for area in left)))


def _focused(row: Arrangement, focus: FocusPoint) -> Arrangement:
    """Eyes on a crossing of thirds; they sit at 0.58 of the way from crown to chin."""
    left = focus in (FocusPoint.TOP_LEFT, FocusPoint.BOTTOM_LEFT)
    eyes = 1 / 3 if focus in (FocusPoint.TOP_LEFT, FocusPoint.TOP_RIGHT) else 2 / 3
    head = min(row.head, (0.97 - eyes) / 0.42)
    placed = row.mirrored() if left else row
    return replace(placed, head=head, at=(1 / 3 if left else 2 / 3, eyes - 0.08 * head))
