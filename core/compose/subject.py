"""The person: graded to the palette, lit from both sides, set off from the ground, cut edges hidden."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from core.compose.arrangement import Cut
from core.compose.geometry import Box, Silhouette
from core.compose.medallion import Medallion
from core.compose.palette import Palette, channels, mix
from core.compose.raster import (
    Mask,
    Picture,
    Place,
    coats,
    contour,
    fields,
    gaussian,
    lighten,
    moved,
    overlay,
    screen,
    soft,
)
from core.compose.stance import Stance
from core.domain.brief import Vibe

_BORDER = 3
"""px of a cut-out's side in which a body that was cut there shows."""
_ROOM = 20
"""px around a person that belong to what is worked on: blurs of the edge settle in them."""
_SHARP = 0.8
"""Times its own size, up to which a cut-out needs no sharpening."""
_FINE = 0.8
"""Sigma of the detail that is sharpened, px."""
_SOLID = 96
"""Alpha from which a pixel belongs to the silhouette."""


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """A cut-out person."""

    rgba: NDArray[np.uint8]
    """(height, width, 4), straight alpha, cropped to the person."""
    face: Box | None
    """The detected face, brow to chin, in cut-out px."""
    touches: Collection[str] = ()
    """Edges of the photo that cut the body: "left", "top", "right", "bottom"."""
    faces: tuple[Box, ...] = ()
    """Of two people on one photo, from left to right; `face` is around both."""

    @property
    def target(self) -> Box:
        """The detected face, or where a face would be: the middle of what stands highest."""
        if self.face is not None:
            return self.face
        high, wide = self.rgba.shape[:2]
        columns = np.flatnonzero(np.any(self.rgba[: max(1, high // 4), :, 3] > _SOLID, axis=0))
        middle = float(columns.mean()) if columns.size else wide / 2
        side = 0.24 * min(high, 1.6 * wide)
        return Box(middle - side / 2, 0.08 * high, middle + side / 2, 0.08 * high + side)

    @property
    def crown(self) -> float:
        """Top of the hair over the face, in cut-out px, at most one face height above it."""
        high, wide = self.rgba.shape[:2]
        face = self.target
        left = int(np.clip(face.left + face.width * 0.2, 0, wide - 1))
        right = int(np.clip(face.right - face.width * 0.2, left + 1, wide))
        rows = (self.rgba[: max(1, int(np.clip(face.centre[1], 1, high))), left:right, 3] > _SOLID).any(axis=1)
        first = int(np.argmax(rows)) if rows.any() else 0
        return max(float(first), face.top - face.height)

    @property
    def ends(self) -> dict[str, float]:
        """For each side the photo cuts the body on, the row from which it does, in cut-out px."""
        columns = {"left": self.rgba[:, :_BORDER, 3], "right": self.rgba[:, -_BORDER:, 3]}
        cut = {side: (alpha > _SOLID).any(axis=1) for side, alpha in columns.items() if side in self.touches}
        return {side: float(np.argmax(rows)) for side, rows in cut.items() if rows.any()}

    @property
    def cut(self) -> Cut:
        """Close is less than six tenths of a head under the chin."""
        ends = self.ends
        foot = min(ends.values()) if len(ends) == 2 else float(self.rgba.shape[0])
        below = foot - self.target.bottom
        close = ("bottom" in self.touches or len(ends) == 2) and below < 0.6 * (self.target.bottom - self.crown)
        return Cut(close, "left" in self.touches, "right" in self.touches)


@dataclass(frozen=True, slots=True)
class End:
    """Where a body ends in the picture, px."""

    floor: float
    over: float = 0.0
    """The height above it in which the body runs out; at least so much that no straight cut shows."""


@dataclass(frozen=True, slots=True)
class Treatment:
    """How a vibe handles the person. Lengths in px at 1280x720."""

    curve: float
    """Depth of the S-curve, 0–1."""
    saturation: float
    tint: float
    outline: float = 0.0
    rim: float = 0.0
    """Strength of the edge light, 0–1."""
    rim_width: float = 11.0
    glow: float = 0.0
    shadow: float = 0.5
    shadow_size: float = 20.0
    sharpen: float = 0.5
    modelling: float = 0.0
    """How far the side away from the light falls off, 0–1."""


TREATMENTS: dict[Vibe, Treatment] = {
    Vibe.BOLD: Treatment(0.34, 1.12, 0.0, outline=8.0, rim=0.36, rim_width=7, glow=0.30, shadow=0.62, sharpen=0.6),
    Vibe.CLEAN: Treatment(0.16, 1.04, 0.0, shadow=0.34, shadow_size=26),
    Vibe.CINEMATIC: Treatment(0.46, 0.88, 0.22, rim=1.0, rim_width=11, shadow=0.66, shadow_size=38, modelling=0.55),
    Vibe.NEON: Treatment(0.42, 1.0, 0.20, rim=1.0, rim_width=12, glow=0.22, shadow=0.6, shadow_size=32, modelling=0.4),
    Vibe.PASTEL: Treatment(0.14, 1.04, 0.0, outline=9.0, shadow=0.28, shadow_size=22),
    Vibe.TECH: Treatment(0.38, 0.94, 0.08, rim=0.7, rim_width=8, shadow=0.6, shadow_size=34, modelling=0.3),
    Vibe.MINIMALIST: Treatment(0.14, 0.92, 0.0, shadow=0.18, shadow_size=30),
    Vibe.MEME: Treatment(0.38, 1.2, 0.0, shadow=0.5, shadow_size=18, sharpen=0.7),
    Vibe.DOCUMENTARY: Treatment(
        0.52, 0.0, 0.14, rim=0.7, rim_width=9, shadow=0.5, shadow_size=38, sharpen=0.7, modelling=0.42
    ),
}


def silhouette(mask: Mask) -> Silhouette:
    """The outermost columns of a mask in strips of about a ninetieth of its height."""
    high = mask.shape[0]
    step = max(1, high // 90)
    whole = np.pad(mask, ((0, -high % step), (0, 0))) if high % step else mask
    strips: NDArray[np.bool_] = whole.reshape(-1, step, mask.shape[1]).max(axis=1) > _SOLID
    filled = np.any(strips, axis=1)
    lefts = np.where(filled, strips.argmax(axis=1), np.inf)
    rights = np.where(filled, strips.shape[1] - strips[:, ::-1].argmax(axis=1), -np.inf)
    return Silhouette(float(step), tuple(lefts.tolist()), tuple(rights.tolist()))


def draw(
    picture: Picture,
    subject: Subject,
    stance: Stance,
    vibe: Vibe,
    palette: Palette,
    end: End,
    roundel: Medallion | None = None,
) -> Mask:
    """Paints the person onto the picture, down to their end or into a disc; returns the canvas' silhouette mask."""
    high, wide = picture.shape[:2]
    how, unit, on_left = TREATMENTS[vibe], min(high, wide) / 720, stance.head.centre[0] < wide / 2
    fade = _fade(stance, wide, high, end) if roundel is None else roundel.window(wide, high)
    rgb, alpha, at = _laid(subject, stance, wide, high, how, palette)
    if how.modelling:
        _model(rgb, how.modelling, stance, at[1].start, on_left)
    if how.rim:
        _light(rgb, alpha, how, palette, unit, on_left)
    body = contour(alpha, how.outline * unit) if how.outline else alpha
    cast, near = _canvas(body, at, wide, high), None if fade is None else fade[at]
    if how.glow:
        screen(picture, palette.rims[0], _faded(soft(cast, 26 * unit), fade), how.glow)
    shadow = "#000000", _faded(soft(moved(cast, 0, 12 * unit), how.shadow_size * unit), fade), how.shadow
    coats(picture, shadow, *((("#ffffff", _faded(cast, fade), 1.0),) if how.outline else ()))
    shown = _faded(alpha, near)
    overlay(picture[at], rgb, shown)
    return _canvas(shown, at, wide, high)


def _canvas(part: Mask, at: Place, width: int, height: int) -> Mask:
    mask: Mask = np.zeros((height, width), np.uint8)
    mask[at] = part
    return mask


def _laid(
    subject: Subject, stance: Stance, width: int, height: int, how: Treatment, palette: Palette
) -> tuple[Picture, Mask, Place]:
    """The visible part of the cut-out at its size, graded, its alpha, with room for its outline, and where on the
    canvas that lies: a person is half of a wide picture, and all that is done to them is done to that half."""
    high, wide = subject.rgba.shape[:2]
    k = stance.scale
    x0, y0 = max(0, int(-stance.left / k) - 2), max(0, int(-stance.top / k) - 2)
    x1 = min(wide, int((width - stance.left) / k) + 3)
    y1 = min(high, int((height - stance.top) / k) + 3)
    piece: NDArray[Any] = np.ascontiguousarray(subject.rgba[y0:y1, x0:x1])
    left, top = round(stance.left + x0 * k), round(stance.top + y0 * k)
    size = (max(1, round((x1 - x0) * k)), max(1, round((y1 - y0) * k)))
    face = None if subject.face is None else stance.face.moved(-left, -top)
    step = max(1, min(width, height) // 180)
    # Tones are changed where there are fewer pixels: of a person who is enlarged before, of others after.
    if k < 1:
        # What is made much smaller is sharp.
        how = how if k > _SHARP else replace(how, sharpen=0.0)
        colours, cover = _toned(cv2.resize(piece, size, interpolation=cv2.INTER_AREA), face, step, how, palette)
    else:
        face = None if face is None else face.scaled(1 / k, 1 / k)
        planes = _toned(piece, face, max(1, round(step / k)), how, palette)
        colours, cover = (cv2.resize(plane, size, interpolation=cv2.INTER_CUBIC) for plane in planes)
    room = _ROOM + math.ceil(3 * how.outline * min(width, height) / 720)
    from_x, across = fields(left - room, left + size[0] + room, width)
    from_y, down = fields(top - room, top + size[1] + room, height)
    rgb = np.zeros((down, across, 3), np.uint8)
    alpha: Mask = np.zeros(rgb.shape[:2], np.uint8)
    cx0, cy0, cx1, cy1 = max(0, left), max(0, top), min(width, left + size[0]), min(height, top + size[1])
    if cx0 < cx1 and cy0 < cy1:
        part = slice(cy0 - top, cy1 - top), slice(cx0 - left, cx1 - left)
        own = slice(cy0 - from_y, cy1 - from_y), slice(cx0 - from_x, cx1 - from_x)
        rgb[own], alpha[own] = colours[part], cover[part]
    return rgb, alpha, (slice(from_y, from_y + down), slice(from_x, from_x + across))


def _toned(piece: NDArray[Any], face: Box | None, step: int, how: Treatment, palette: Palette) -> tuple[Picture, Mask]:
    """Colours and alpha of a cut-out: sharpened, exposed and graded."""
    # Apart from here on: planes that lie between others are copied by every call.
    colours, cover = cv2.cvtColor(piece, cv2.COLOR_RGBA2RGB), cv2.extractChannel(piece, 3)
    if how.sharpen:
        blurred = gaussian(colours, _FINE)
        cv2.addWeighted(colours, 1 + how.sharpen, blurred, -how.sharpen, 0, dst=colours)
    _expose(colours, cover, step, face)
    grade(colours, how, palette)
    return colours, cover


def _fade(stance: Stance, width: int, height: int, end: End) -> Mask | None:
    """Runs to nothing where the body ends inside the picture, so that no straight cut shows beside what hides it."""
    if end.floor >= height:
        return None
    y = np.arange(height, dtype=np.float32)
    down = np.clip((end.floor - y) / max(end.over, 0.08 * stance.head.height), 0, 1)
    down = down * down * (3 - 2 * down)
    mask: Mask = np.repeat(np.round(255 * down).astype(np.uint8)[:, None], width, axis=1)
    return mask


def _faded(mask: Mask, fade: Mask | None) -> Mask:
    return mask if fade is None else cv2.multiply(mask, fade, scale=1 / 255)


_LIT, _LIFT = 118.0, 0.72
"""The least a face's middle tone is brought to, levels, and the smallest exponent that does it: a white shirt leaves a
dark face no room above, and the curve that follows takes more of its light than of others'."""


def _expose(rgb: Picture, alpha: Mask, step: int, face: Box | None) -> None:
    """Stretches the person's tones, seen every `step` px, over the range and lights a dark face: flat and dim selfies
    gain, good ones hardly change. In place."""
    grey = cv2.cvtColor(np.ascontiguousarray(rgb[::step, ::step]), cv2.COLOR_RGB2GRAY)
    solid = alpha[::step, ::step] > 128
    tones = grey[solid]
    if tones.size < 32:
        return
    low, high = np.percentile(tones, (1, 98.5))
    low, high = min(float(low), 24.0), max(float(high), 178.0)
    gain = 226 / (high - low)
    ladder = np.clip((np.arange(256) - low) * gain + 3, 0, 255)
    if face is not None:
        rows, columns = (
            slice(max(0, round(start / step)), max(0, round(end / step)))
            for start, end in ((face.top, face.bottom), (face.left, face.right))
        )
        skin = grey[rows, columns][solid[rows, columns]]
        middle = ladder[round(float(np.median(skin)))] if skin.size else _LIT
        if 1 < middle < _LIT:
            power = max(_LIFT, math.log(_LIT / 255) / math.log(middle / 255))
            ladder = 255 * (ladder / 255) ** power
    cv2.LUT(rgb, ladder.astype(np.uint8), dst=rgb)


def grade(rgb: Picture, how: Treatment, palette: Palette) -> None:
    """Saturation, an S-curve around mid grey, and a lean of shadows and lights towards the palette. In place."""
    saturation = 0.0 if palette.grey else how.saturation
    if saturation != 1.0:
        weights = np.array([[0.2126, 0.7152, 0.0722]], np.float32).repeat(3, axis=0)
        cv2.transform(rgb, np.eye(3, dtype=np.float32) * saturation + weights * (1 - saturation), dst=rgb)
    ladder = np.linspace(0, 1, 256, dtype=np.float32)
    # Half as deep in the lights: skin must not burn out.
    depth = how.curve * np.where(ladder < 0.5, 1.0, 0.5)
    curve = ladder - depth * np.sin(2 * np.pi * ladder) / (2 * np.pi)
    cv2.LUT(rgb, np.clip(curve * 255, 0, 255).astype(np.uint8), dst=rgb)
    if how.tint:
        grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
        low, high = (np.array(channels(colour), np.float32) for colour in palette.tints)
        table = low + (high - low) * (ladder[:, None] ** 0.85)
        tinted = cv2.LUT(cv2.merge((grey, grey, grey)), table.astype(np.uint8)[None])
        cv2.addWeighted(rgb, 1 - how.tint, tinted, how.tint, 0, dst=rgb)


def _model(rgb: Picture, depth: float, stance: Stance, left: int, on_left: bool) -> None:
    """Falls off across the head towards the type, as under one lamp. `left`: where on the canvas the picture begins."""
    x = np.arange(left, left + rgb.shape[1], dtype=np.float32)
    reach = 0.62 * stance.head.height
    t = np.clip((x - stance.head.centre[0]) / reach * (-1 if on_left else 1) * 0.5 + 0.84, 0, 1)
    level = np.round(255 * (1 - depth * (1 - t * t * (3 - 2 * t)))).astype(np.uint8)
    row = np.repeat(level[None, :, None], 3, axis=2)
    cv2.multiply(rgb, np.repeat(row, rgb.shape[0], axis=0), dst=rgb, scale=1 / 255)


def _light(rgb: Picture, alpha: Mask, how: Treatment, palette: Palette, unit: float, on_left: bool) -> None:
    """Edge light: alpha minus itself shifted, once crisp and once broad, from the key side and the far side.

    It is made at half the size, what is broad at a twelfth or more, and laid on once. What it crosses of the outline
    is never seen: that is cut by the alpha itself.
    """
    side = -1 if on_left else 1
    high, wide = alpha.shape
    half, few = (2 ** int(math.log2(max(1.0, by * unit))) for by in (2, 12))
    # Light falls on hair and cloth, it does not paint over them: what is dark there stays darker.
    below = _less(rgb, half)
    texture = cv2.convertScaleAbs(cv2.cvtColor(below, cv2.COLOR_RGB2GRAY), alpha=0.7, beta=120)
    # What light is shifted and blurred by, so that none is lost at the edges.
    room = math.ceil((3.2 * how.rim_width + 3 * 14) * unit / few)
    small = cv2.copyMakeBorder(_less(alpha, few), room, room, room, room, cv2.BORDER_REPLICATE)
    glow: Picture = np.zeros((*small.shape, 3), np.uint8)
    lights = (palette.rims[0], side, how.rim), (palette.rims[1], -side, 0.8 * how.rim)
    edges: list[Mask] = []
    for colour, direction, strength in lights:
        crisp = cv2.subtract(alpha, moved(alpha, -direction * how.rim_width * unit, 0.35 * how.rim_width * unit))
        crisp = soft(_less(crisp, half), 0.34 * how.rim_width * unit / half)
        edges.append(cv2.multiply(crisp, texture, scale=1 / 255))
        far = moved(small, -direction * 3.2 * how.rim_width * unit / few, 0)
        broad = cv2.subtract(small, gaussian(far, 14 * unit / few))
        broad = gaussian(broad, 12 * unit / few)
        screen(glow, mix(colour, "#000000", 0.25), broad, 0.3 * strength)
    # The two sides hardly meet, so that their lights are one.
    shares = zip(*((np.array(channels(colour)) * strength / 255 for colour, _, strength in lights)), strict=True)
    light: Picture = cv2.merge([cv2.addWeighted(edges[0], near, edges[1], far, 0) for near, far in shares])
    glow = np.ascontiguousarray(glow[room:-room, room:-room])
    lighten(light, cv2.resize(glow, texture.shape[::-1], interpolation=cv2.INTER_CUBIC))
    # What light still adds to is what is not bright yet.
    cv2.multiply(light, cv2.bitwise_not(below, dst=below), dst=light, scale=1 / 255)
    cv2.add(rgb, cv2.resize(light, (wide, high), interpolation=cv2.INTER_LINEAR), dst=rgb)


def _less(picture: Picture, factor: int) -> Picture:
    high, wide = picture.shape[:2]
    return cv2.resize(picture, (max(1, wide // factor), max(1, high // factor)), interpolation=cv2.INTER_AREA)
