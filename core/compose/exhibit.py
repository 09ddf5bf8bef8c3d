"""The exhibit in the picture: a thing cut out, a framed photo or screenshot, or the photo as the ground itself."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from core.compose import subject as person
from core.compose.arrangement import Arrangement, Way
from core.compose.geometry import Box
from core.compose.ground import COARSE, Ground, blank
from core.compose.headline import Align
from core.compose.manner import MANNERS
from core.compose.palette import Palette, channels
from core.compose.raster import (
    Mask,
    Picture,
    enlarged,
    grid,
    moved,
    over,
    overlay,
    screen,
    smoothstep,
    soft,
    to_mask,
)
from core.compose.stance import Stance
from core.compose.subject import TREATMENTS, Subject
from core.domain.brief import Vibe
from core.domain.exhibit import Kind
from core.domain.format import Size

_LONGEST = 2.05
"""Height over width from which a screenshot shows its upper part only: a whole scrolled page is a stripe."""
_WIDEST = 2.6
"""Width over height from which a panorama shows its middle only."""
_PHONE = 1.45
"""Height over width from which a screenshot is a phone's."""
_ENLARGED = 2.6
"""px per photo px: more is soft."""
_LAMP = 0.8
"""Strength of the light behind a thing, where the vibe's ground is dark."""


@dataclass(frozen=True, slots=True, eq=False)
class Exhibit:
    kind: Kind
    photo: Picture
    """(height, width, 3)."""
    cut: NDArray[np.uint8] | None = None
    """(height, width, 4), straight alpha; of an OBJECT."""


@dataclass(frozen=True, slots=True)
class Frame:
    """How a vibe mounts a photo. Lengths in px at 1280x720."""

    border: float = 0.0
    colour: str = ""
    """Of the border: a field of Palette, or `#rrggbb`."""
    radius: float = 0.0
    turn: float = 0.0
    """Degrees; the other way with every second variant."""
    slab: bool = False
    """A field of the accent's colour lies behind, moved aside."""
    glow: float = 0.0
    shadow: float = 0.45
    shadow_size: float = 24.0
    bar: str = "#2a2e3d"
    """Of a window's title bar and a phone's body."""


FRAMES: dict[Vibe, Frame] = {
    Vibe.BOLD: Frame(10, "#ffffff", 14, -3.0, slab=True, shadow=0.55, bar="#17171c"),
    Vibe.CLEAN: Frame(0, "", 18, 0.0, shadow=0.30, shadow_size=34, bar="#e6e9f0"),
    Vibe.CINEMATIC: Frame(2, "rims", 4, 0.0, shadow=0.75, shadow_size=40, bar="#14171d"),
    Vibe.NEON: Frame(4, "rims", 16, -2.0, glow=0.9, shadow=0.6, bar="#120a24"),
    Vibe.PASTEL: Frame(13, "#ffffff", 30, 3.0, shadow=0.24, bar="#ffffff"),
    Vibe.TECH: Frame(1.5, "rims", 14, 0.0, glow=0.4, shadow=0.6, shadow_size=36, bar="#10192b"),
    Vibe.MINIMALIST: Frame(0, "", 6, 0.0, shadow=0.20, shadow_size=38, bar="#e4e2dd"),
    Vibe.MEME: Frame(9, "#ffffff", 4, -4.0, shadow=0.55, bar="#1a1a1a"),
    Vibe.DOCUMENTARY: Frame(14, "#f4f1ea", 2, -2.0, shadow=0.65, bar="#1b1b1d"),
}


def stand(exhibit: Exhibit, row: Arrangement, size: Size, vibe: Vibe) -> Box:
    """The bounds it fills in the picture, in px, before its turn."""
    assert row.place is not None
    place = row.place.scaled(size.width, size.height)
    if row.way in (Way.GROUND, Way.BESIDE):
        return place
    if row.way is Way.CUT and exhibit.cut is not None:
        high, wide = exhibit.cut.shape[:2]
        most = 1.0
    else:
        high, wide = _shown(exhibit).shape[:2]
        frame = FRAMES[vibe]
        # The turned corners and the border stay in the place as well.
        most = 1 - 0.012 * abs(frame.turn) - 2 * frame.border * _unit(size) / min(place.width, place.height)
    scale = min(most * place.width / wide, most * place.height / high, _ENLARGED * max(1.0, _unit(size)))
    x, y = place.centre
    return Box(x - wide * scale / 2, y - high * scale / 2, x + wide * scale / 2, y + high * scale / 2)


def ground(picture: Picture, exhibit: Exhibit, row: Arrangement, vibe: Vibe, about: Ground) -> None:
    """The photo as the ground, under whatever else is painted."""
    how = TREATMENTS[vibe]
    photo = _covering(exhibit.photo, _visible(row, picture.shape), picture.shape)
    person.grade(photo, how, about.palette)
    picture[:] = photo
    if row.way is Way.GROUND:
        over(picture, about.palette.shade, np.full(picture.shape[:2], 255, np.uint8), 0.14)
        over(picture, about.palette.shade, _veil(about))


def _veil(about: Ground) -> Mask:
    """Where the words stand, fading into the photo."""
    x, y = grid(about.width, about.height, COARSE)
    words, reach = about.text[0], 0.30 * max(about.width, about.height)
    across = np.maximum(np.maximum(words.left - x, x - words.centre[0] - 0.2 * words.width), 0.0)
    down = np.maximum(np.maximum(words.top - y, y - words.bottom), 0.0)
    far = np.hypot(across, down) / reach
    return enlarged(to_mask(0.9 * (1 - smoothstep(0.0, 1.0, far.astype(np.float32)))), about.width, about.height)


def draw(picture: Picture, exhibit: Exhibit, box: Box, vibe: Vibe, about: Ground) -> Mask:
    """Paints it into its bounds; returns what it covers of the canvas."""
    if exhibit.cut is not None:
        return _thing(picture, exhibit.cut, box, vibe, about)
    return _card(picture, exhibit, box, vibe, about.palette, about.text_side is Align.RIGHT)


def _thing(picture: Picture, cut: NDArray[np.uint8], box: Box, vibe: Vibe, about: Ground) -> Mask:
    if not MANNERS[vibe].flat:
        # A dark thing on a dark ground is nothing: there is light behind it.
        lamp = blank(about)
        centre, axes = (round(box.centre[0]), round(box.centre[1])), (round(0.5 * box.width), round(0.5 * box.height))
        cv2.ellipse(lamp, centre, axes, 0, 0, 360, 255, cv2.FILLED)
        screen(picture, about.palette.light, soft(lamp, 0.16 * max(box.width, box.height)), _LAMP)
    scale = box.width / cut.shape[1]
    high = picture.shape[0]
    stance = Stance(scale, box.left, box.top, box, box, max(box.bottom, high), True)
    floor = blank(about)
    wide = round(0.42 * box.width)
    cv2.ellipse(
        floor, (round(box.centre[0]), round(box.bottom - 0.02 * box.height)),
        (wide, max(2, round(0.045 * box.height))), 0, 0, 360, 255, cv2.FILLED,
    )  # fmt: skip
    over(picture, "#000000", soft(floor, 0.035 * box.height), 0.4)
    return person.draw(picture, Subject(cut, None), stance, vibe, about.palette, person.End(float(high)))


def _card(picture: Picture, exhibit: Exhibit, box: Box, vibe: Vibe, palette: Palette, turned: bool) -> Mask:
    frame, unit = FRAMES[vibe], _unit(Size(picture.shape[1], picture.shape[0]))
    image, mask = _mounted(exhibit, box, vibe, palette, unit)
    degrees = -frame.turn if turned else frame.turn
    if exhibit.kind is Kind.SCREEN:
        degrees *= 0.6  # what is to be read leans less
    image, mask = _placed(image, mask, box, degrees, picture.shape)
    if frame.slab:
        over(picture, palette.pop, moved(mask, -14 * unit if turned else 14 * unit, 14 * unit))
    if frame.glow:
        screen(picture, palette.rims[0], soft(mask, 26 * unit), frame.glow)
    over(picture, "#000000", soft(moved(mask, 0, 12 * unit), frame.shadow_size * unit), frame.shadow)
    overlay(picture, image, mask)
    return mask


def _mounted(exhibit: Exhibit, box: Box, vibe: Vibe, palette: Palette, unit: float) -> tuple[Picture, Mask]:
    """The photo in its frame, at its size in the picture, with a mask of its rounded outline."""
    frame, photo = FRAMES[vibe], _shown(exhibit)
    wide, high = max(8, round(box.width)), max(8, round(box.height))
    way = cv2.INTER_AREA if wide < photo.shape[1] else cv2.INTER_CUBIC
    image: Picture = np.ascontiguousarray(cv2.resize(photo, (wide, high), interpolation=way))
    if exhibit.kind is not Kind.SCREEN:
        person.grade(image, TREATMENTS[vibe], palette)
    elif palette.grey:
        image = cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    radius, border, colour = frame.radius * unit, frame.border * unit, frame.colour
    if exhibit.kind is Kind.SCREEN:
        phone = photo.shape[0] > _PHONE * photo.shape[1]
        image, radius = _phone(image, frame, unit) if phone else (_window(image, frame, unit), max(radius, 8 * unit))
    if border and not (exhibit.kind is Kind.SCREEN and vibe is Vibe.DOCUMENTARY):
        by = max(1, round(border))
        shade = palette.rims[0] if colour == "rims" else colour
        inner = _rounded(image.shape, max(0.0, radius - 0.5 * border))
        framed: Picture = np.empty((image.shape[0] + 2 * by, image.shape[1] + 2 * by, 3), np.uint8)
        framed[:] = channels(shade)
        part = np.ascontiguousarray(framed[by:-by, by:-by])
        overlay(part, image, inner)
        framed[by:-by, by:-by] = part
        image = framed
    return image, _rounded(image.shape, radius)


def _window(image: Picture, frame: Frame, unit: float) -> Picture:
    """A title bar with its three dots."""
    bar = max(6, round(26 * unit))
    whole: Picture = np.empty((image.shape[0] + bar, image.shape[1], 3), np.uint8)
    whole[:bar] = channels(frame.bar)
    whole[bar:] = image
    for number, colour in enumerate(("#ff5f57", "#febc2e", "#28c840")):
        centre = (round((18 + 20 * number) * unit * 16), round(bar / 2 * 16))
        cv2.circle(whole, centre, round(5.4 * unit * 16), channels(colour), cv2.FILLED, cv2.LINE_AA, 4)
    return whole


def _phone(image: Picture, frame: Frame, unit: float) -> tuple[Picture, float]:
    """A dark body around the screen."""
    edge = max(3, round(0.035 * image.shape[1]))
    radius = 0.13 * image.shape[1]
    whole: Picture = np.empty((image.shape[0] + 2 * edge, image.shape[1] + 2 * edge, 3), np.uint8)
    whole[:] = channels("#15161b")
    part = np.ascontiguousarray(whole[edge:-edge, edge:-edge])
    overlay(part, image, _rounded(image.shape, radius - edge))
    whole[edge:-edge, edge:-edge] = part
    return whole, radius


def _rounded(shape: tuple[int, ...], radius: float) -> Mask:
    high, wide = shape[:2]
    mask: Mask = np.full((high, wide), 255, np.uint8)
    reach = min(round(radius), high // 2, wide // 2)
    if reach < 1:
        return mask
    corner = np.zeros((reach, reach), np.uint8)
    cv2.circle(corner, ((reach << 4) - 8, (reach << 4) - 8), reach << 4, 255, cv2.FILLED, cv2.LINE_AA, 4)
    mask[:reach, :reach] = corner
    mask[:reach, -reach:] = corner[:, ::-1]
    mask[-reach:, :reach] = corner[::-1]
    mask[-reach:, -reach:] = corner[::-1, ::-1]
    return mask


def _placed(image: Picture, mask: Mask, box: Box, degrees: float, shape: tuple[int, ...]) -> tuple[Picture, Mask]:
    """On the whole canvas, its middle on the box's, turned counter-clockwise."""
    high, wide = image.shape[:2]
    # A turned edge fades over a pixel only where there is one beyond it.
    image = cv2.copyMakeBorder(image, 2, 2, 2, 2, cv2.BORDER_REPLICATE)
    mask = cv2.copyMakeBorder(mask, 2, 2, 2, 2, cv2.BORDER_CONSTANT, value=0)
    shift = cv2.getRotationMatrix2D(((wide + 3) / 2, (high + 3) / 2), degrees, 1.0)
    shift[:, 2] += (box.centre[0] - (wide + 3) / 2, box.centre[1] - (high + 3) / 2)
    size = (shape[1], shape[0])
    turned = cv2.warpAffine(image, shift, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return turned, cv2.warpAffine(mask, shift, size, flags=cv2.INTER_LINEAR)


def _shown(exhibit: Exhibit) -> Picture:
    """The part of the photo a frame shows: all of it, but for stripes."""
    photo = exhibit.photo
    high, wide = photo.shape[:2]
    if high > _LONGEST * wide:
        return photo[: round(_LONGEST * wide)]
    if wide > _WIDEST * high and exhibit.kind is not Kind.SCREEN:
        kept = round(_WIDEST * high)
        return photo[:, (wide - kept) // 2 : (wide - kept) // 2 + kept]
    return photo


def _visible(row: Arrangement, shape: tuple[int, ...]) -> Box:
    """The part of the canvas in which the photo's middle is to be, px."""
    high, wide = shape[:2]
    whole = Box(0, 0, wide, high)
    if row.way is not Way.BESIDE:
        return whole
    words = row.areas[0].scaled(wide, high)
    if words.width > 0.75 * wide:
        return Box(0, words.bottom, wide, high) if words.centre[1] < 0.5 * high else Box(0, 0, wide, words.top)
    return Box(words.right, 0, wide, high) if words.centre[0] < 0.5 * wide else Box(0, 0, words.left, high)


def _covering(photo: Picture, visible: Box, shape: tuple[int, ...]) -> Picture:
    """The photo so large that it fills `visible`, mirrored outwards where the canvas goes on."""
    high, wide = photo.shape[:2]
    scale = max(visible.width / wide, visible.height / high)
    dx, dy = visible.centre[0] - wide * scale / 2, visible.centre[1] - high * scale / 2
    shift = np.array(((scale, 0, dx), (0, scale, dy)), np.float32)
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    if scale < 0.7:
        size = (max(1, round(wide * scale)), max(1, round(high * scale)))
        photo = cv2.resize(photo, size, interpolation=cv2.INTER_AREA)
        shift[0, 0], shift[1, 1] = wide * scale / size[0], high * scale / size[1]
        way = cv2.INTER_LINEAR
    covered: Picture = cv2.warpAffine(photo, shift, (shape[1], shape[0]), flags=way, borderMode=cv2.BORDER_REFLECT)
    return covered


def _unit(size: Size) -> float:
    return min(size.width, size.height) / 720
