"""Where two people and type stand: like `arrangement`, for two heads of one height."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum

from core.compose.arrangement import WHOLE, Arrangement, Cut, Scheme, inset, own
from core.compose.geometry import Box
from core.compose.headline import Align
from core.compose.look import look
from core.compose.manner import MANNERS
from core.compose.showing import composed
from core.domain.brief import Brief, FaceSide, FocusPoint, TextPlace
from core.domain.exhibit import Kind
from core.domain.format import Family, Format


class Pair(StrEnum):
    APART = "apart"
    """Two cut-outs, each with a place of its own."""
    TOGETHER = "together"
    """As one picture shows them: they move as one."""


_WIDE, _SQUARE, _PORTRAIT, _TALL, _HEADER = Family
_S, _T, _B, _M = Scheme.SIDE, Scheme.TOP, Scheme.BOTTOM, Scheme.BETWEEN
_EVEN = (_WIDE, _SQUARE, _PORTRAIT)
"""Whose rows know of no strips that a platform covers along an edge."""
_Point = tuple[float, float]


def _row(scheme: Scheme, head: float, left: _Point, right: _Point, *areas: Box) -> Arrangement:
    align = Align.LEFT if scheme is _S else Align.CENTRE
    return Arrangement(scheme, head, right, areas, align, beside=left)


_ROWS: dict[tuple[Family, Scheme], Arrangement] = {
    (_WIDE, _B): _row(
        _B, 0.53, (0.325, 0.315), (0.675, 0.315), Box(0.04, 0.60, 0.96, 0.755), Box(0.045, 0.62, 0.96, 0.96)
    ),
    (_WIDE, _T): _row(_T, 0.43, (0.365, 0.545), (0.635, 0.545), Box(0.04, 0.04, 0.96, 0.315)),
    (_WIDE, _M): _row(_M, 0.58, (0.165, 0.44), (0.835, 0.44), Box(0.29, 0.09, 0.71, 0.91)),
    (_WIDE, _S): _row(_S, 0.50, (0.615, 0.425), (0.855, 0.405), Box(0.035, 0.06, 0.53, 0.94)),
    (_SQUARE, _B): _row(_B, 0.40, (0.275, 0.32), (0.725, 0.32), Box(0.05, 0.60, 0.95, 0.955)),
    (_SQUARE, _T): _row(_T, 0.40, (0.275, 0.70), (0.725, 0.70), Box(0.05, 0.04, 0.95, 0.43)),
    (_PORTRAIT, _B): _row(_B, 0.335, (0.27, 0.33), (0.73, 0.33), Box(0.055, 0.56, 0.945, 0.955)),
    (_PORTRAIT, _T): _row(_T, 0.335, (0.27, 0.70), (0.73, 0.70), Box(0.055, 0.045, 0.945, 0.47)),
    (_TALL, _B): _row(_B, 0.215, (0.275, 0.275), (0.725, 0.275), Box(0.07, 0.46, 0.93, 0.648)),
    (_TALL, _T): _row(_T, 0.28, (0.27, 0.505), (0.73, 0.505), Box(0.07, 0.147, 0.93, 0.355)),
    (_HEADER, _S): _row(_S, 0.68, (0.705, 0.53), (0.885, 0.50), Box(0.05, 0.13, 0.625, 0.87)),
}
_SIDEWAYS = ((_B, False), (_M, False), (_S, False), (_T, False), (_S, True), (_B, False))
_FLUSH = ((_S, False), (_M, False), (_B, False), (_S, True), (_T, False), (_M, False))
_UPRIGHT = ((_B, False), (_T, False), (_B, False), (_T, False), (_B, False), (_T, False))
"""Schemes by position in the set, and whether the pair stands on the left."""
_CROPS = (1.0, 1.0, 1.06, 1.04, 1.0, 1.08)


def cast(
    brief: Brief,
    target: Format,
    position: int,
    person: bool,
    cut: Cut = WHOLE,
    kind: Kind | None = None,
    pair: Pair | None = None,
) -> Arrangement:
    """The arrangement of one variant of a set, whoever or whatever it shows."""
    if pair is not None:
        return paired(brief, target.family, position, pair)
    row = composed(brief, target.family, position, person, cut, kind)
    return inset(row, target.zones) if brief.reserve_overlays and target.family in _EVEN else row


def paired(brief: Brief, family: Family, position: int, pair: Pair) -> Arrangement:
    """Two heads: the second stands at `at`, the first at `beside`."""
    place = look(position).composition
    turns = _turns(brief, family)
    scheme, turned = turns[place]
    scheme = _asked(brief, family) or scheme
    if pair is Pair.TOGETHER and scheme is _M:
        scheme = _T
    row = _ROWS[family, scheme]
    crop = _CROPS[place]
    grown = row.head * (crop - 1) / 2 * (-1 if scheme is _B else 1 if scheme is _T else 0)
    row = replace(row, head=row.head * crop, at=(row.at[0], row.at[1] + grown), beside=_moved(row.beside, grown))
    if scheme is not _S and scheme is not _M and MANNERS[brief.vibe].flush:
        row = replace(row, align=Align.LEFT, areas=row.areas[-1:])
    if MANNERS[brief.vibe].band and family is _WIDE and scheme is _B:
        row = replace(row, areas=row.areas[-1:])
    return row.mirrored() if scheme is _S and family is _WIDE and _left(brief, turned) else row


def together(row: Arrangement) -> Arrangement:
    """The row for both heads as one."""
    if row.beside is None:
        return row
    middle = ((row.at[0] + row.beside[0]) / 2, (row.at[1] + row.beside[1]) / 2)
    return replace(row, at=middle, beside=None)


def single(row: Arrangement, at: _Point) -> Arrangement:
    """The row for one of the two."""
    return replace(row, at=at, beside=None)


def _moved(point: _Point | None, down: float) -> _Point | None:
    return point and (point[0], point[1] + down)


def _turns(brief: Brief, family: Family) -> tuple[tuple[Scheme, bool], ...]:
    if family is _HEADER:
        return ((_S, False),) * 6
    if family is _WIDE:
        return _FLUSH if MANNERS[brief.vibe].flush else _SIDEWAYS
    return (*_UPRIGHT[1:], _UPRIGHT[0]) if own(brief.vibe, family) is _T else _UPRIGHT


def _asked(brief: Brief, family: Family) -> Scheme | None:
    if family is _HEADER:
        return None
    wide = family is _WIDE
    asked = {TextPlace.TOP: _T, TextPlace.BOTTOM: _B, TextPlace.AROUND: _M if wide else _T}
    if wide:
        asked |= {TextPlace.LEFT: _S, TextPlace.RIGHT: _S}
    return asked.get(brief.text_place)


def _left(brief: Brief, turned: bool) -> bool:
    if brief.text_place in (TextPlace.LEFT, TextPlace.RIGHT):
        return brief.text_place is TextPlace.RIGHT
    if brief.focus is not FocusPoint.AUTO:
        return brief.focus in (FocusPoint.TOP_LEFT, FocusPoint.BOTTOM_LEFT)
    return turned or brief.face_side is FaceSide.LEFT
