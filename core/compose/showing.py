"""Where an exhibit and type stand: like `arrangement`, for the photo that is shown in place of a person."""

from __future__ import annotations

from dataclasses import dataclass, replace

from core.compose.arrangement import WHOLE, Arrangement, Cut, Form, Scheme, Way, arrange
from core.compose.geometry import Box
from core.compose.headline import Align
from core.compose.look import look
from core.compose.manner import MANNERS
from core.domain.brief import Brief, FaceSide, FocusPoint, TextPlace, Vibe
from core.domain.exhibit import Kind
from core.domain.format import Family


@dataclass(frozen=True, slots=True)
class _Room:
    """Fractions of the canvas: for words, and for what is shown."""

    words: Box
    shown: Box

    def mirrored(self) -> _Room:
        return _Room(self.words.mirrored(), self.shown.mirrored())


_ROOMS: dict[Family, tuple[_Room, _Room]] = {
    Family.WIDE: (
        _Room(Box(0.045, 0.07, 0.60, 0.93), Box(0.49, 0.055, 0.975, 0.90)),
        # Words on the right keep above the duration badge.
        _Room(Box(0.525, 0.07, 0.955, 0.93), Box(0.025, 0.055, 0.49, 0.945)),
    ),
    Family.SQUARE: (
        _Room(Box(0.06, 0.05, 0.94, 0.37), Box(0.06, 0.40, 0.94, 0.955)),
        _Room(Box(0.06, 0.64, 0.94, 0.955), Box(0.06, 0.045, 0.94, 0.605)),
    ),
    Family.PORTRAIT: (
        _Room(Box(0.06, 0.045, 0.94, 0.37), Box(0.055, 0.40, 0.945, 0.955)),
        _Room(Box(0.06, 0.64, 0.94, 0.955), Box(0.055, 0.045, 0.945, 0.605)),
    ),
    Family.TALL: (
        _Room(Box(0.075, 0.147, 0.925, 0.335), Box(0.075, 0.355, 0.925, 0.652)),
        _Room(Box(0.075, 0.46, 0.925, 0.648), Box(0.075, 0.147, 0.925, 0.44)),
    ),
    Family.HEADER: (
        _Room(Box(0.05, 0.14, 0.70, 0.86), Box(0.655, 0.13, 0.985, 0.87)),
        _Room(Box(0.05, 0.14, 0.70, 0.86), Box(0.655, 0.13, 0.985, 0.87)),
    ),
}
"""As drawn, and the other way round. A header has one way; an avatar, where the platform puts one, takes its part."""

_Turn = tuple[Way, Form, bool]
"""How it is shown, what words make of the rest, and whether the two change places."""
_CUTS: tuple[_Turn, ...] = (
    (Way.CUT, Form.ASIDE, False), (Way.CUT, Form.ASIDE, True), (Way.CUT, Form.SPLIT, False),
    (Way.CUT, Form.ASIDE, False), (Way.CUT, Form.SPLIT, True), (Way.CUT, Form.ASIDE, True),
)  # fmt: skip
_CARDS: tuple[_Turn, ...] = tuple((Way.CARD, form, turned) for _, form, turned in _CUTS)
_FLAT_SCENES: tuple[_Turn, ...] = (
    (Way.BESIDE, Form.SPLIT, False), (Way.CARD, Form.ASIDE, True), (Way.CARD, Form.ASIDE, False),
    (Way.BESIDE, Form.SPLIT, True), (Way.CARD, Form.SPLIT, False), (Way.CARD, Form.SPLIT, True),
)  # fmt: skip
_DEEP_SCENES: tuple[_Turn, ...] = (
    (Way.GROUND, Form.ASIDE, False), (Way.CARD, Form.ASIDE, True), (Way.BESIDE, Form.SPLIT, False),
    (Way.GROUND, Form.ASIDE, True), (Way.CARD, Form.ASIDE, False), (Way.BESIDE, Form.SPLIT, True),
)  # fmt: skip
"""By position in the set. What is flat has no dark corner that words could stand in."""


PAINTED = Kind.OBJECT
"""What an exhibit counts as that somebody else has painted into a place of its own."""


def composed(
    brief: Brief, family: Family, position: int, person: bool, cut: Cut = WHOLE, kind: Kind | None = None
) -> Arrangement:
    """The arrangement of one variant of a set, with a person, an exhibit of a `kind`, or neither."""
    if person or kind is None:
        return arrange(brief, family, position, person, cut)
    return showing(brief, family, position, kind)


def showing(brief: Brief, family: Family, position: int, kind: Kind) -> Arrangement:
    """Raises KeyError for a vibe the studio does not draw."""
    way, form, turned = _turns(brief.vibe, kind)[look(position).composition]
    room = _ROOMS[family][_turned(brief, family, turned)]
    across = family in (Family.WIDE, Family.HEADER)
    if form is Form.SPLIT and across:
        # A panel is slanted: what stands beside it keeps off its foot.
        room = replace(room, words=_narrowed(room))
    flush = across or MANNERS[brief.vibe].flush
    place = _inset(room.shown) if way is Way.CUT else room.shown
    return Arrangement(
        Scheme.SOLO,
        0.0,
        (0.5, 0.5) if way is Way.GROUND else place.centre,
        (room.words,),
        Align.LEFT if flush else Align.CENTRE,
        form=form,
        way=way,
        place=Box(0.0, 0.0, 1.0, 1.0) if way in (Way.GROUND, Way.BESIDE) else place,
    )


_THING = 0.88
"""Of the room, for a thing cut out: a frame has air of its own."""


def _turns(vibe: Vibe, kind: Kind) -> tuple[_Turn, ...]:
    if kind is Kind.OBJECT:
        return _CUTS
    if kind is Kind.SCREEN:
        return _CARDS
    return _FLAT_SCENES if MANNERS[vibe].flat else _DEEP_SCENES


def _turned(brief: Brief, family: Family, turned: bool) -> bool:
    """A side asked for by name holds for the whole set: what is shown takes the face's."""
    upright = family not in (Family.WIDE, Family.HEADER)
    asked = (
        {TextPlace.BOTTOM: True, TextPlace.TOP: False} if upright else {TextPlace.RIGHT: True, TextPlace.LEFT: False}
    )
    if brief.text_place in asked:
        return asked[brief.text_place]
    if not upright and brief.focus is not FocusPoint.AUTO:
        return brief.focus in (FocusPoint.TOP_LEFT, FocusPoint.BOTTOM_LEFT)
    if not upright and brief.face_side is FaceSide.LEFT:
        return True
    return turned


def _inset(shown: Box) -> Box:
    """Towards the side it stands on, away from the words."""
    x = shown.right if shown.centre[0] > 0.55 else shown.left if shown.centre[0] < 0.45 else shown.centre[0]
    y = shown.centre[1]
    return Box(
        *(
            (edge - at) * _THING + at
            for edge, at in ((shown.left, x), (shown.top, y), (shown.right, x), (shown.bottom, y))
        )
    )


def _narrowed(room: _Room) -> Box:
    words, shown = room.words, room.shown
    if words.centre[0] < shown.centre[0]:
        return replace(words, right=min(words.right, 0.52 if shown.left < 0.5 else 0.66))
    return replace(words, left=max(words.left, 0.50))
