"""The layered design: a finished picture taken apart into what it was stacked from. Layered files are written of it."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

import cv2
import numpy as np

from core.compose import crest, lettering, sheet
from core.compose.export import typeface
from core.compose.fill import fills as fills_of
from core.compose.font import FaceMeasure, Placed, placed, space
from core.compose.layer import Layer
from core.compose.layout import Layout, TextLine
from core.compose.letter import tracks
from core.compose.lettering import Piece
from core.compose.raster import Mask, Picture, grown, soft
from core.compose.studio import Composition

_AROUND = 0.018
"""Of the short side: a sticker's outline and a rim of light go with the person they stand around."""
_SOFT = 0.004
"""Of the short side: how softly the person's layer ends."""
_FILL_SIDE = 96
"""px of the longer side at which the ground behind the person is made up."""


class Kind(StrEnum):
    """From below. The values name layers in files."""

    BACKGROUND = "Background"
    PERSON = "Person"
    BACKING = "Backing"
    """Shade or a band that type was given to stand on."""
    SHADOW = "Shadow"
    RULE = "Bar"
    OUTLINE = "Outline"
    BOX = "Highlight"
    HEADLINE = "Headline"
    SUBTEXT_OUTLINE = "Subtext outline"
    SUBTEXT = "Subtext"
    EMOJI = "Emoji"
    LOGO = "Logo"
    PLATE = "Signature plate"
    SIGNATURE = "Signature"
    STAMP = "Stamp"
    """Who drew it, where that was a stand-in."""


_PIECES: dict[Piece | crest.Piece, Kind] = {
    Piece.SHADOW: Kind.SHADOW,
    Piece.RULE: Kind.RULE,
    Piece.OUTLINE: Kind.OUTLINE,
    Piece.BOX: Kind.BOX,
    Piece.HEADLINE: Kind.HEADLINE,
    Piece.SUBTEXT_OUTLINE: Kind.SUBTEXT_OUTLINE,
    Piece.SUBTEXT: Kind.SUBTEXT,
    Piece.EMOJI: Kind.EMOJI,
    crest.Piece.LOGO: Kind.LOGO,
    crest.Piece.PLATE: Kind.PLATE,
    crest.Piece.SIGNATURE: Kind.SIGNATURE,
}


@dataclass(frozen=True, slots=True)
class Run:
    """Letters of one colour."""

    text: str
    x: float
    """px, before the turn."""
    colours: tuple[str, str]
    """From the top of the capitals to the baseline, `#rrggbb`."""


@dataclass(frozen=True, slots=True)
class Text:
    """What a line says and how it is set. Emoji are pictures and not part of it."""

    runs: tuple[Run, ...]
    face: str
    """File name without ending."""
    postscript: str
    """The name programs ask for the font by."""
    size: float
    """px per em."""
    cap: float
    """Height of a capital, px."""
    tracking: float
    """px after each letter."""
    x: float
    width: float
    baseline: float
    angle: float
    """Degrees counter-clockwise about `pivot`; x, width and baseline are before the turn."""
    pivot: tuple[float, float]
    right_to_left: bool

    @property
    def string(self) -> str:
        return "".join(run.text for run in self.runs)

    @property
    def origin(self) -> tuple[float, float]:
        """Where the line begins to be read, in the picture."""
        cos, sin = math.cos(math.radians(self.angle)), math.sin(math.radians(self.angle))
        x = self.x + (self.width if self.right_to_left else 0.0) - self.pivot[0]
        y = self.baseline - self.pivot[1]
        return self.pivot[0] + x * cos + y * sin, self.pivot[1] - x * sin + y * cos


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """One layer."""

    name: str
    """No two of a design are the same."""
    kind: Kind
    layer: Layer
    text: Text | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    width: int
    height: int
    picture: Picture
    """As it is delivered: the sheets stacked."""
    sheets: tuple[Sheet, ...]
    """From below."""
    layout: Layout

    @property
    def texts(self) -> Iterator[Text]:
        return (one.text for one in self.sheets if one.text is not None)


def design(composition: Composition, mark: str = "") -> Design:
    """`mark`: the stamp the delivered picture carries."""
    picture = sheet.mark(composition.picture, mark) if mark else composition.picture
    height, width = picture.shape[:2]
    found = [*_plate(composition), *_type(composition)]
    if mark:
        found.append((Kind.STAMP, _difference(composition.picture, picture), None))
    return Design(width, height, picture, tuple(_named(found)), composition.layout)


_Part = tuple[Kind, Layer, Text | None]


def _named(parts: list[_Part]) -> Iterator[Sheet]:
    """Lines by what they say, the rest by what it is."""
    taken: dict[str, int] = {}
    for kind, layer, text in parts:
        name = f"{kind}: {text.string}" if text else str(kind)
        taken[name] = count = taken.get(name, 0) + 1
        yield Sheet(name if count == 1 else f"{name} {count}", kind, layer, text)


def _plate(composition: Composition) -> Iterator[_Part]:
    """The person, cut out a little wider than the silhouette, over a ground that is made up behind it."""
    picture, silhouette = composition.plate.picture, composition.plate.silhouette
    short = min(picture.shape[:2])
    solid: Mask = np.where(grown(silhouette, _AROUND * short) > 127, 255, 0).astype(np.uint8)
    if not solid.any():
        yield Kind.BACKGROUND, _opaque(picture), None
        return
    # Where the person's layer lets the ground shine through, that ground is still the picture: nothing changes.
    yield Kind.BACKGROUND, _opaque(_filled(picture, solid)), None
    edge = soft(grown(solid, 3 * _SOFT * short), _SOFT * short)
    cover = cv2.max(solid, edge)
    three = cv2.merge((cover, cover, cover))
    person = Layer(0, 0, cv2.multiply(picture, three, scale=1 / 255), cover).trimmed()
    assert person is not None
    yield Kind.PERSON, person, None


def _filled(picture: Picture, hole: Mask) -> Picture:
    """The picture with a hole filled from its surroundings, softly: something to move a person over, not a painting."""
    high, wide = hole.shape
    scale = _FILL_SIDE / max(high, wide)
    size = max(1, round(wide * scale)), max(1, round(high * scale))
    known = (255 - cv2.resize(cv2.dilate(hole, np.ones((9, 9), np.uint8)), size, interpolation=cv2.INTER_AREA)) / 255.0
    weight = np.where(known > 0.99, 1.0, 0.0).astype(np.float32)
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    total, sure = small * weight[..., None], weight
    for sigma in (1.5, 4, 10, 30, 90):
        colours, weights = cv2.GaussianBlur(total, (0, 0), sigma), cv2.GaussianBlur(sure, (0, 0), sigma)
        lack = (sure < 0.02) & (weights > 1e-4)
        total[lack], sure = colours[lack] / weights[lack][:, None], np.where(lack, 1.0, sure).astype(np.float32)
    smooth = cv2.GaussianBlur(total, (0, 0), 2.0) / np.maximum(cv2.GaussianBlur(sure, (0, 0), 2.0), 1e-3)[..., None]
    large = cv2.resize(np.clip(smooth, 0, 255).astype(np.uint8), (wide, high), interpolation=cv2.INTER_CUBIC)
    result = picture.copy()
    cv2.copyTo(large, hole, result)
    return result


def _type(composition: Composition) -> Iterator[_Part]:
    layout, ground = composition.layout, composition.ground
    if ground is not None and (under := ground.trimmed()) is not None:
        yield Kind.BACKING, under, None
    for piece, line, layer in lettering.pieces(layout, composition.style, composition.plate.picture):
        yield _PIECES[piece], layer, None if line is None else _text(composition, line)
    for part, layer in crest.pieces(layout.imprint, composition.logo, layout.palette, (layout.width, layout.height)):
        yield _PIECES[part], layer, _signature(layout) if part is crest.Piece.SIGNATURE else None


def _text(composition: Composition, line: TextLine) -> Text | None:
    """None for a line of nothing but emoji."""
    layout, style = composition.layout, composition.style
    small = line in layout.subtext
    face = layout.subtext_font if small else layout.font
    fills = fills_of(layout, style)
    spacing = style.subtext_tracking if small else style.tracking
    runs: list[Run] = []
    for span in line.spans:
        runs += (
            Run(part.run.text, span.x + (part.x + _space_before(face, part.run.text)) * line.size, fills[span.role])
            for part in _in_order(placed(face, span.text, spacing), span.text)
            if not part.run.emoji and part.run.text.strip()
        )
        if runs and span is not line.spans[-1]:
            runs[-1] = replace(runs[-1], text=runs[-1].text + span.after)
    if not runs:
        return None
    string = "".join(run.text for run in runs)
    tracking = spacing * line.size if tracks(string) else 0.0
    pivot = layout.pivot[0], layout.pivot[1]
    return Text(
        runs=tuple(runs),
        face=face,
        postscript=typeface.postscript(face),
        size=line.size,
        cap=line.cap,
        tracking=tracking,
        x=min(run.x for run in runs),
        width=max(span.x + span.width for span in line.spans) - min(run.x for run in runs),
        baseline=line.baseline,
        angle=layout.angle,
        pivot=pivot,
        right_to_left=_backwards(string),
    )


def _signature(layout: Layout) -> Text:
    signed = layout.imprint.signature
    assert signed is not None
    return Text(
        runs=(Run(signed.text, signed.x, (layout.palette.ink, layout.palette.ink)),),
        face=signed.font,
        postscript=typeface.postscript(signed.font),
        size=signed.size,
        cap=FaceMeasure(signed.font).cap * signed.size,
        tracking=0.0,
        x=signed.x,
        width=2 * (signed.plate.centre[0] - signed.x),
        baseline=signed.baseline,
        angle=0.0,
        pivot=(0.0, 0.0),
        right_to_left=_backwards(signed.text),
    )


def _space_before(face: str, text: str) -> float:
    """Em from where a piece begins to its first letter: what ends a piece that runs from the right stands on its left.
    What begins one that runs from the left stays with it."""
    return space(face) * (len(text) - len(text.rstrip())) if _backwards(text) else 0.0


def _in_order(parts: tuple[Placed, ...], text: str) -> tuple[Placed, ...]:
    """As they are read."""
    return parts[::-1] if _backwards(text) else parts


def _backwards(text: str) -> bool:
    return any(unicodedata.bidirectional(letter) in ("R", "AL") for letter in text)


def _opaque(picture: Picture) -> Layer:
    return Layer(0, 0, picture, np.full(picture.shape[:2], 255, np.uint8))


def _difference(before: Picture, after: Picture) -> Layer:
    cover: Mask = (before != after).any(axis=2).astype(np.uint8) * 255
    layer = Layer(0, 0, cv2.bitwise_and(after, cv2.merge((cover, cover, cover))), cover).trimmed()
    assert layer is not None
    return layer
