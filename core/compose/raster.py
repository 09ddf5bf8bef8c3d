"""Eight-bit blends on NumPy arrays, done by OpenCV: in place, where the mask is not empty, and a few rows at a time.

Pictures are (height, width, 3) uint8 RGB, masks are (height, width) uint8.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import lru_cache, reduce
from itertools import pairwise
from typing import Any, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from core.compose.palette import channels

Picture: TypeAlias = NDArray[Any]
Mask: TypeAlias = NDArray[Any]
Field: TypeAlias = NDArray[Any]
"""float32. OpenCV's stubs return arrays of any number, so the aliases cannot say more."""

Place: TypeAlias = tuple[slice, slice]
"""Rows and columns."""

_DARK = "#000000"
"""What a shadow is painted with: it adds nothing."""
_SWEPT_FROM = 8
"""px of radius from which sweeping rectangles is faster than OpenCV's disc: six times at 70."""
_SETTLED = 8
"""px beyond which the widest blur of `grown` leaves nothing."""
_FIELD = 16
"""px: blurs are made on copies reduced by powers of two, which is this at most but in 4K."""
_APART = 16
"""Empty rows that are worth being passed over."""
_BAND = 65_536
"""px that are blended at a time: with all that is made of them on the way, less than a megabyte."""
_BLUR_FAST_TO = 2.0
"""Sigma below which a blur runs at full size; a wide one is four to forty times cheaper on a reduced mask."""


def over(picture: Picture, colour: str, mask: Mask, opacity: float = 1.0) -> None:
    """Paints a flat colour through a mask."""
    for place in places(mask):
        part, cover = picture[place], mask[place]
        rest = cv2.convertScaleAbs(cover, alpha=-opacity, beta=255)
        cv2.multiply(part, cv2.merge((rest, rest, rest)), dst=part, scale=1 / 255)
        if colour != _DARK:
            cv2.add(part, tinted(cover, colour, opacity), dst=part)


def coats(picture: Picture, *painted: tuple[str, Mask, float]) -> None:
    """`over` for one colour or more with their masks and opacities, the lowest first, in one pass over the picture."""
    covers = [cv2.convertScaleAbs(mask, alpha=opacity) for _, mask, opacity in painted]
    for place in places(reduce(cv2.max, covers)):
        part, rest = picture[place], np.full_like(covers[0][place], 255)
        paints: list[Picture] = []
        for (colour, _, _), cover in zip(reversed(painted), reversed(covers), strict=True):
            if colour != _DARK:
                paints.append(tinted(cv2.multiply(cover[place], rest, scale=1 / 255), colour))
            cv2.multiply(rest, cv2.bitwise_not(cover[place]), dst=rest, scale=1 / 255)
        cv2.multiply(part, cv2.merge((rest, rest, rest)), dst=part, scale=1 / 255)
        for paint in paints:
            cv2.add(part, paint, dst=part)


def overlay(picture: Picture, image: Picture, mask: Mask) -> None:
    """Paints an image of the picture's size through a mask."""
    for place in places(mask):
        cover, part = mask[place], picture[place]
        three = cv2.merge((cover, cover, cover))
        shown = cv2.multiply(image[place], three, scale=1 / 255)
        cv2.multiply(part, cv2.bitwise_not(three, dst=three), dst=part, scale=1 / 255)
        cv2.add(part, shown, dst=part)


def screen(picture: Picture, colour: str, mask: Mask, opacity: float = 1.0) -> None:
    """Adds light of a colour through a mask."""
    for place in places(mask):
        _lighten(picture[place], tinted(mask[place], colour, opacity))


def lighten(picture: Picture, light: Picture) -> None:
    """Adds light: 1 - (1 - a)(1 - b)."""
    for place in _bands(0, 0, picture.shape[1], picture.shape[0]):
        _lighten(picture[place], light[place])


def _lighten(picture: Picture, light: Picture) -> None:
    dark = cv2.bitwise_not(picture)
    cv2.add(picture, cv2.multiply(dark, light, dst=dark, scale=1 / 255), dst=picture)


def places(mask: Mask) -> Iterator[Place]:
    """Where a mask is not empty, in bands."""
    for rows, columns in blocks(mask):
        yield from _bands(columns.start, rows.start, columns.stop - columns.start, rows.stop - rows.start)


def _bands(left: int, top: int, wide: int, high: int) -> Iterator[Place]:
    """A part of the canvas, a few rows at a time: all that is made on the way to a blend stays in the cache."""
    rows = max(1, _BAND // max(1, wide))
    for start in range(top, top + high, rows):
        yield slice(start, min(start + rows, top + high)), slice(left, left + wide)


def tinted(cover: Mask, colour: str, opacity: float = 1.0) -> Picture:
    """A mask times a colour. Channel by channel: four times faster than OpenCV's product with a scalar."""
    shares = [opacity * channel / 255 for channel in channels(colour)]
    planes = {share: cv2.convertScaleAbs(cover, alpha=share) for share in set(shares)}
    picture: Picture = cv2.merge([planes[share] for share in shares])
    return picture


def darken(picture: Picture, light: Picture) -> None:
    """Multiplies by another picture: 255 keeps, 0 is black."""
    cv2.multiply(picture, light, dst=picture, scale=1 / 255)


def soft(mask: Mask, sigma: float) -> Mask:
    """A Gaussian blur, on a reduced copy when wide."""
    if sigma < 0.3:
        return mask
    # OpenCV's kernels reach less far; what is reduced is taken in whole fields, so that it is the same in any part.
    field = _FIELD if sigma >= _BLUR_FAST_TO else 1
    blurred: Mask = np.zeros_like(mask)
    for part in blocks(mask, math.ceil(4 * sigma) + field, field):
        if field == 1:
            gaussian(mask[part], sigma, into=blurred[part])
        else:
            _soften(mask[part], sigma, blurred[part])
    return blurred


def _soften(mask: Mask, sigma: float, into: Mask) -> None:
    """On a reduced copy."""
    # A power of two: other reductions leave a part of a pixel over, which is slow and moves the mask.
    factor = 2 ** int(math.log2(max(2.0, sigma / 2)))
    high, wide = mask.shape
    small = cv2.resize(mask, (max(1, wide // factor), max(1, high // factor)), interpolation=cv2.INTER_AREA)
    # What lies near the border goes on beyond it, and is not mirrored there: a head would darken the edge above it.
    small = gaussian(small, sigma / factor, border=cv2.BORDER_REPLICATE)
    cv2.resize(small, (wide, high), dst=into, interpolation=cv2.INTER_CUBIC)


def gaussian(
    picture: Picture, sigma: float, *, border: int = cv2.BORDER_DEFAULT, into: Picture | None = None
) -> Picture:
    """A Gaussian blur of eight bits at full size. With a kernel of floats: OpenCV's own counts in whole numbers, which
    is two to six times slower; they differ by a level on type, by three on noise."""
    bell = _bell(sigma)
    return cv2.sepFilter2D(picture, -1, bell, bell, dst=into, borderType=border)


@lru_cache(64)
def _bell(sigma: float) -> Field:
    """As wide as OpenCV makes it for eight bits."""
    return cv2.getGaussianKernel(round(6 * sigma + 1) | 1, sigma, cv2.CV_32F)


def fields(start: float, end: float, side: int) -> tuple[int, int]:
    """Where the part of a canvas' `side` px between two places begins and how long it is: in whole fields, which leave
    nothing over when they are reduced for a blur, and some of it however far outside the places lie."""
    first = min(side - 1, max(0, math.floor(start))) // _FIELD * _FIELD
    return first, min(side, max(first + 1, math.ceil(end / _FIELD) * _FIELD)) - first


def grown(mask: Mask, by: float) -> Mask:
    """The mask with `by` px of rounded border."""
    if by < 0.5:
        return mask
    border: Mask = np.zeros_like(mask)
    for part in blocks(mask, round(by) + _SETTLED):
        swept = _swept(mask[part], round(by))
        gaussian(swept, max(0.4, min(1.2, by * 0.08)), into=border[part])
    return border


def contour(mask: Mask, by: float) -> Mask:
    """`grown`, but crisp and round however ragged or soft the mask's own edge is: a sticker's border. A wide one is
    grown on a reduced copy; it is as crisp, because that is made of the enlarged one."""
    factor = 2 ** int(math.log2(max(1.0, by / 4)))
    border: Mask = np.zeros_like(mask)
    steep = min(6.0, 2.2 * max(1.0, 0.35 * by))
    for part in blocks(mask, round(2.2 * by) + 2 * _SETTLED, factor):
        high, wide = mask[part].shape
        small = cv2.resize(mask[part], (max(1, wide // factor), max(1, high // factor)), interpolation=cv2.INTER_AREA)
        near = gaussian(grown(small, by / factor), max(0.6, 0.35 * by / factor))
        near = cv2.resize(near, (wide, high), interpolation=cv2.INTER_CUBIC)
        border[part] = cv2.convertScaleAbs(cv2.subtract(near, np.full_like(near, 88)), alpha=steep)
    return border


def extent(mask: Mask, reach: int = 0) -> Place | None:
    """Rows and columns that hold all that is not 0, and `reach` px around; None where nothing is."""
    rows = _filled(mask)
    if not rows.size:
        return None
    first, last = int(rows[0]), int(rows[-1])
    return _around(first, last + 1, reach, 1, mask.shape[0]), _across(mask, first, last, reach, 1)


def blocks(mask: Mask, reach: int = 0, field: int = 1) -> Iterator[Place]:
    """Rows and columns that hold all that is not 0, and `reach` px around, in whole fields of so many px. Apart where
    the rows between stay empty: of a headline above a face and one below it nothing between is looked at."""
    rows = _filled(mask)
    if not rows.size:
        return
    ends = (rows[1:] - rows[:-1] > 2 * (reach + field) + _APART).nonzero()[0]
    for first, last in zip(rows[[0, *(ends + 1)]].tolist(), rows[[*ends, -1]].tolist(), strict=True):
        yield _around(first, last + 1, reach, field, mask.shape[0]), _across(mask, first, last, reach, field)


def _filled(mask: Mask) -> NDArray[np.intp]:
    """Rows that are not empty. By their sums: five times faster than OpenCV's search for bounds."""
    if not mask.size:
        return np.empty(0, np.intp)
    return cv2.reduce(mask, 1, cv2.REDUCE_SUM, dtype=cv2.CV_32S)[:, 0].nonzero()[0]


def _across(mask: Mask, first: int, last: int, reach: int, field: int) -> slice:
    """The columns of what is not 0 in the rows from `first` to `last`, which are not empty."""
    columns = mask[first : last + 1].max(axis=0).nonzero()[0]
    return _around(int(columns[0]), int(columns[-1]) + 1, reach, field, mask.shape[1])


def _around(start: int, end: int, reach: int, field: int, side: int) -> slice:
    return slice(max(0, start - reach) // field * field, min(side, -(-(end + reach) // field) * field))


def _swept(mask: Mask, radius: int) -> Mask:
    """Dilated by OpenCV's disc, pixel for pixel, in time that grows with the radius and not with its square.

    A disc is the union of the rectangles in it: the narrow and high ones are swept first, and what they still have to
    grow in height is done together with the wider ones.
    """
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
    if radius < _SWEPT_FROM:
        return cv2.dilate(mask, disc)
    widths = disc.sum(axis=1)[: radius + 1].astype(int).tolist()
    corners = [(width, radius - row) for row, width in enumerate(widths) if not row or width > widths[row - 1]]
    across = cv2.dilate(mask, np.ones((1, corners[0][0]), np.uint8))
    swept = across
    for (before, higher), (width, high) in pairwise(corners):
        across = cv2.dilate(across, np.ones((1, width - before + 1), np.uint8))
        swept = cv2.max(cv2.dilate(swept, np.ones((2 * (higher - high) + 1, 1), np.uint8)), across)
    return cv2.dilate(swept, np.ones((2 * corners[-1][1] + 1, 1), np.uint8))


def moved(mask: Mask, dx: float, dy: float) -> Mask:
    """The mask shifted by whole pixels; what comes in repeats the border."""
    high, wide = mask.shape
    x, y = max(-wide + 1, min(wide - 1, round(dx))), max(-high + 1, min(high - 1, round(dy)))
    kept = mask[max(0, -y) : high - max(0, y), max(0, -x) : wide - max(0, x)]
    return cv2.copyMakeBorder(kept, max(0, y), max(0, -y), max(0, x), max(0, -x), cv2.BORDER_REPLICATE)


def stops(field: Field, colours: tuple[str, ...], places: tuple[float, ...]) -> Picture:
    """A gradient: colour by the value of a field, linear between the places."""
    table = np.array([channels(colour) for colour in colours], np.float32)
    ladder = np.linspace(0.0, 1.0, 1024, dtype=np.float32)
    lut = np.stack([np.interp(ladder, places, table[:, part]) for part in range(3)], axis=1).round().astype(np.uint8)
    picture: Picture = lut[np.clip(field * 1023, 0, 1023).astype(np.int16)]
    return picture


def to_mask(field: Field) -> Mask:
    """A field of 0–1 as a mask."""
    return cv2.convertScaleAbs(np.maximum(field, 0.0), alpha=255)


def enlarged(small: NDArray[Any], width: int, height: int) -> Mask:
    return cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)


def grid(width: int, height: int, reduced: int = 1) -> tuple[Field, Field]:
    """Pixel centres (x row, y column) of a canvas, at 1/`reduced` of its size, in canvas px."""
    columns, rows = max(2, width // reduced), max(2, height // reduced)
    x = (np.arange(columns, dtype=np.float32) + 0.5) * (width / columns)
    y = (np.arange(rows, dtype=np.float32) + 0.5) * (height / rows)
    return x[None, :], y[:, None]


def smoothstep(low: float, high: float, field: Field) -> Field:
    t = np.clip((field - low) / (high - low), 0.0, 1.0)
    result: Field = (t * t * (3 - 2 * t)).astype(np.float32)
    return result


_TILE = 512
"""px: grain repeats itself after so many, and every picture's begins somewhere else."""


@lru_cache(8)
def _grains(amount: float, size: int) -> tuple[Picture, Picture]:
    """What grain adds and what it takes, in levels: a tile each that goes on at its opposite edge."""
    tile: Field = np.random.default_rng(0).standard_normal((_TILE, _TILE), dtype=np.float32)
    if size > 1:
        edge = 4 * size
        tile = cv2.GaussianBlur(np.pad(tile, edge, mode="wrap"), (0, 0), size * 0.45)[edge:-edge, edge:-edge]
    levels = tile / tile.std() * amount
    more, less = (np.clip(np.round(part), 0, 255).astype(np.uint8) for part in (levels, -levels))
    return cv2.merge((more, more, more)), cv2.merge((less, less, less))


def grain(picture: Picture, amount: float, seed: int, unit: float) -> None:
    """Film grain of `amount` levels (standard deviation); it also breaks the banding of gradients."""
    more, less = _grains(amount, max(1, round(unit * 1.2)))
    down, right = divmod(seed % _TILE**2, _TILE)
    high, wide = picture.shape[:2]
    for top in range(-down, high, _TILE):
        for left in range(-right, wide, _TILE):
            part = picture[max(0, top) : top + _TILE, max(0, left) : left + _TILE]
            own = slice(max(0, -top), max(0, -top) + part.shape[0]), slice(max(0, -left), max(0, -left) + part.shape[1])
            cv2.subtract(cv2.add(part, more[own], dst=part), less[own], dst=part)
