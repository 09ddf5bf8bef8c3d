"""The creator's logo and signature, painted: uploads arrive on white, so the white around a logo goes first."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from core.compose.font import features_of, load
from core.compose.geometry import Box, bounds
from core.compose.imprint import Imprint, Signature
from core.compose.layer import Layer
from core.compose.palette import WHITE, Palette
from core.compose.raster import Mask, Picture, contour, extent, moved, over, overlay, soft
from core.compose.shape import rounded

_LARGEST = 640
"""px of the longer side that are looked at: more than a logo takes in a picture of 4K."""
_PAPER = 236
"""Darkest channel of a pixel that counts as white: JPEG noise around a drawing reaches down to here."""
_SPECK = 24
"""Difference from white, in levels, below which a mark is noise."""
_CARRIES_ITSELF = 0.66
"""Share of its bounds a mark fills to stand without a plate: a disc fills 0.79, letters about a third."""
_MARGIN = 0.17
"""Of the shorter side of a logo, left around the mark: the plate's rim, or the outline's and the shadow's room."""
_PLATE_OPACITY = 0.72
"""Of a signature's plate: ink on it keeps 9:1 on any ground, as ink is legible on the palette's shade."""


@dataclass(frozen=True, slots=True, eq=False)
class Logo:
    """A logo cut to its mark."""

    rgb: Picture
    alpha: Mask
    """Only the mark, where it carries itself; everything on a plate."""
    on_plate: bool

    @property
    def ratio(self) -> float:
        """Width over height of the logo as drawn, margin included."""
        high, wide = self.alpha.shape
        margin = 2 * _MARGIN * min(wide, high)
        return float((wide + margin) / (high + margin))


def read(rgba: NDArray[Any]) -> Logo | None:
    """The logo in an upload of (height, width, 4) with straight alpha; None when all of it is white or clear."""
    rgb = _on_white(rgba)
    reduced = _LARGEST / max(rgb.shape[:2])
    if reduced < 1:
        rgb = cv2.resize(rgb, None, fx=reduced, fy=reduced, interpolation=cv2.INTER_AREA)
    red, green, blue = cv2.split(rgb)
    darkest: Mask = cv2.min(cv2.min(red, green), blue)
    ground = _from_the_border((darkest >= _PAPER).astype(np.uint8))
    part = extent((~ground & (darkest < 255 - _SPECK)).astype(np.uint8))
    if part is None:
        return None
    mark: Mask = np.where(ground[part], 0, 255).astype(np.uint8)
    on_plate = bool(mark.mean() < 255 * _CARRIES_ITSELF)
    alpha = np.full_like(mark, 255) if on_plate else mark
    return Logo(np.ascontiguousarray(rgb[part]), alpha, on_plate)


def _on_white(rgba: NDArray[Any]) -> Picture:
    rgb: Picture = np.ascontiguousarray(rgba[..., :3])
    alpha = np.ascontiguousarray(rgba[..., 3])
    if alpha.min() == 255:
        return rgb
    cover = cv2.merge((alpha, alpha, alpha))
    return cv2.add(cv2.multiply(rgb, cover, scale=1 / 255), cv2.bitwise_not(cover))


def _from_the_border(paper: Mask) -> NDArray[np.bool_]:
    """Where the white that touches the picture's border reaches."""
    count, labels = cv2.connectedComponents(paper, connectivity=4)
    reached = np.zeros(count, bool)
    for edge in (labels[0], labels[-1], labels[:, 0], labels[:, -1]):
        reached[edge] = True
    reached[0] = False
    found: NDArray[np.bool_] = reached[labels]
    return found


class Piece(StrEnum):
    LOGO = "logo"
    PLATE = "signature_plate"
    SIGNATURE = "signature"


def pieces(
    imprint: Imprint, logo: Logo | None, palette: Palette, size: tuple[int, int]
) -> Iterator[tuple[Piece, Layer]]:
    """What `draw` paints, apart and from below."""
    for piece in Piece:
        layer = draw(imprint, logo, palette, size, (piece,))
        if layer is not None and (layer := layer.trimmed()) is not None:
            yield piece, layer


def draw(
    imprint: Imprint,
    logo: Logo | None,
    palette: Palette,
    size: tuple[int, int],
    pieces: Collection[Piece] = tuple(Piece),
) -> Layer | None:
    """The placed parts as one layer of a canvas of `size` (width, height); None when nothing was placed."""
    if not imprint.boxes:
        return None
    unit = min(size) / 720
    whole = bounds(imprint.boxes).grown(10 * unit)
    left, top = max(0, math.floor(whole.left)), max(0, math.floor(whole.top))
    right, bottom = min(size[0], math.ceil(whole.right)), min(size[1], math.ceil(whole.bottom))
    rgb = np.zeros((bottom - top, right - left, 3), np.uint8)
    canvas = _Canvas(rgb, rgb[..., 0].copy(), unit)
    if imprint.logo is not None and logo is not None and Piece.LOGO in pieces:
        canvas.stamp(logo, imprint.logo.moved(-left, -top))
    if imprint.signature is not None and Piece.PLATE in pieces:
        canvas.plate(imprint.signature, palette, (left, top))
    if imprint.signature is not None and Piece.SIGNATURE in pieces:
        canvas.sign(imprint.signature, palette, (left, top))
    return Layer(left, top, canvas.rgb, canvas.alpha)


@dataclass(frozen=True, slots=True, eq=False)
class _Canvas:
    rgb: Picture
    """Premultiplied."""
    alpha: Mask
    unit: float

    def stamp(self, logo: Logo, box: Box) -> None:
        margin = min(box.width, box.height) * _MARGIN / (1 + 2 * _MARGIN)
        inner = box.grown(-margin)
        size = max(1, round(inner.width)), max(1, round(inner.height))
        at = round(inner.left), round(inner.top)
        mark = self._laid(cv2.resize(logo.alpha, size, interpolation=cv2.INTER_AREA), at)
        body = self._rounded(box, 0.16 * min(box.width, box.height)) if logo.on_plate else contour(mark, 0.4 * margin)
        self._over("#000000", soft(moved(body, 0, 2 * self.unit), 3.5 * self.unit), 0.5)
        self._over(WHITE, body)
        pixels = np.zeros_like(self.rgb)
        small = cv2.resize(logo.rgb, size, interpolation=cv2.INTER_AREA)
        for plane in range(3):
            pixels[..., plane] = self._laid(np.ascontiguousarray(small[..., plane]), at)
        overlay(self.rgb, pixels, mark)
        self.alpha[:] = cv2.max(self.alpha, mark)

    def plate(self, signature: Signature, palette: Palette, origin: tuple[int, int]) -> None:
        plate = signature.plate.moved(-origin[0], -origin[1])
        self._over(palette.shade, self._rounded(plate, 0.3 * plate.height), _PLATE_OPACITY)

    def sign(self, signature: Signature, palette: Palette, origin: tuple[int, int]) -> None:
        image = Image.new("L", (self.rgb.shape[1], self.rgb.shape[0]), 0)
        font = load(signature.font, round(signature.size * 4) / 4)
        at = signature.x - origin[0], signature.baseline - origin[1]
        ImageDraw.Draw(image).text(
            at, signature.text, fill=255, font=font, anchor="ls", features=features_of(signature.font)
        )
        self._over(palette.ink, np.asarray(image))

    def _over(self, colour: str, mask: Mask, opacity: float = 1.0) -> None:
        over(self.rgb, colour, mask, opacity)
        cover = cv2.convertScaleAbs(mask, alpha=opacity)
        self.alpha[:] = cv2.add(cv2.multiply(self.alpha, cv2.bitwise_not(cover), scale=1 / 255), cover)

    def _laid(self, plane: Mask, at: tuple[int, int]) -> Mask:
        """A small plane on the empty canvas, cut at its edges."""
        result = np.zeros_like(self.alpha)
        part = result[at[1] : at[1] + plane.shape[0], at[0] : at[0] + plane.shape[1]]
        part[:] = plane[: part.shape[0], : part.shape[1]]
        return result

    def _rounded(self, box: Box, radius: float) -> Mask:
        mask = np.zeros_like(self.alpha)
        rounded(mask, box, radius)
        return mask
