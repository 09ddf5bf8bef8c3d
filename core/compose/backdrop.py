"""Grounds painted from nothing: gradients, rays, dots, light and dust, in the palette, seeded.

A painter gets the whole `Ground` and returns the picture; the light sits behind the head. Each vibe has three, so the
variants of a set differ in more than colour.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import cv2
import numpy as np

from core.compose.geometry import Box
from core.compose.headline import Align
from core.compose.palette import Palette, mix
from core.compose.raster import (
    Field,
    Mask,
    Picture,
    darken,
    enlarged,
    grain,
    grid,
    over,
    screen,
    smoothstep,
    soft,
    stops,
    to_mask,
)
from core.domain.brief import Vibe

_COARSE = 4
"""Gradients are computed at a quarter and enlarged: nobody sees it, and the field is 16 times smaller."""
_SHIFT = 4
"""Fractional bits of OpenCV's drawing coordinates."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    width: int
    height: int
    palette: Palette
    light: tuple[float, float]
    """Centre of the light, px: behind the head, or the middle of the type without a person."""
    reach: float
    """Height of the head, px; without a person, of the motif."""
    text: tuple[Box, ...]
    text_side: Align
    seed: int
    person: bool

    @property
    def unit(self) -> float:
        """1 at 1280x720."""
        return min(self.width, self.height) / 720


def paint(vibe: Vibe, pattern: int, ground: Ground) -> tuple[Picture, Mask]:
    """The ground of a vibe in one of its three patterns, and the mask of shapes type must not run into.

    Raises KeyError for a vibe not drawn here.
    """
    painters = _PAINTERS[vibe]
    taken = _blank(ground)
    return painters[pattern % len(painters)](ground, taken), taken


def finish(vibe: Vibe, picture: Picture, ground: Ground) -> None:
    """What lies over person and ground alike: vignette, bars, grain."""
    if vibe is Vibe.CINEMATIC:
        darken(picture, _vignette(ground, 0.62))
        _bars(picture, ground)
        grain(picture, 3.6, ground.seed, ground.unit)
    elif vibe is Vibe.DOCUMENTARY:
        darken(picture, _vignette(ground, 0.55))
        grain(picture, 8.0, ground.seed, ground.unit)
    elif vibe is Vibe.BOLD:
        darken(picture, _vignette(ground, 0.22))
        grain(picture, 1.6, ground.seed, ground.unit)


def frame_of(vibe: Vibe, width: int, height: int) -> Box:
    """The picture inside its letterbox, which is only there where the canvas is wide enough to be a film's."""
    bar = round(0.055 * height) if vibe is Vibe.CINEMATIC and 1.3 < width / height < 2.2 else 0
    return Box(0, bar, width, height - bar)


def scrim(picture: Picture, vibe: Vibe, ground: Ground, boxes: tuple[Box, ...]) -> None:
    """Darkens the body where type will cross it, fading into the picture around; clean lays paper instead."""
    if vibe is Vibe.CLEAN:
        _cards(picture, ground, boxes)
        return
    strength = 0.84
    _, y = grid(2, ground.height)
    for box in boxes:
        fade = 0.16 * ground.height
        near = smoothstep(box.top - 0.7 * fade, box.top + 0.5 * fade, y)
        if box.bottom < 0.8 * ground.height:
            near = near * (1 - 0.62 * smoothstep(box.bottom, box.bottom + 1.6 * fade, y))
        if box.centre[1] < 0.35 * ground.height:
            near = smoothstep(box.bottom + 0.7 * fade, box.bottom - 0.5 * fade, y)
        over(picture, ground.palette.shade, np.repeat(to_mask(near * strength), ground.width, axis=1))


def divide(picture: Picture, taken: Mask, vibe: Vibe, ground: Ground) -> None:
    """A slanted panel under the words that cuts the picture in two; shapes end at it."""
    area, stripe = ground.text[0], 0.016 * min(ground.width, ground.height)
    wide, high = ground.width + 9.0, ground.height + 9.0
    if vibe is Vibe.CLEAN:
        over(picture, ground.palette.mid, np.full_like(taken, 255))
    panels = []
    for reach in (stripe, 0.0):
        mask = _blank(ground)
        if area.width > 0.75 * ground.width:
            lean, low = 0.035 * ground.height, area.centre[1] > 0.5 * ground.height
            edge = area.top - reach - 1.6 * lean if low else area.bottom + reach + 1.6 * lean
            _polygon(mask, [(-9.0, edge + lean), (wide, edge - lean), *(
                [(wide, high), (-9.0, high)] if low else [(wide, -9.0), (-9.0, -9.0)]
            )])  # fmt: skip
        else:
            lean, right = 0.05 * ground.width, area.centre[0] > 0.5 * ground.width
            edge = area.left - reach - lean if right else area.right + reach + lean
            far = wide if right else -9.0
            _polygon(mask, [(edge + lean, -9.0), (edge - lean, high), (far, high), (far, -9.0)])
        panels.append(mask)
    solid = vibe in (Vibe.BOLD, Vibe.CLEAN)
    over(picture, "#000000", soft(panels[0], 12 * ground.unit), 0.3)
    over(picture, ground.palette.edge if vibe is Vibe.CLEAN else ground.palette.pop, panels[0])
    over(picture, ground.palette.shade, panels[1], 1.0 if solid else 0.93)
    taken[:] = cv2.min(taken, cv2.bitwise_not(panels[0]))


def plinth(picture: Picture, vibe: Vibe, ground: Ground, foot: float) -> None:
    """Something for a person to stand behind whose photo ends at `foot`, above the canvas' edge."""
    edge = foot - 0.10 * ground.reach
    if vibe in (Vibe.BOLD, Vibe.CLEAN):
        lean, stripe = 0.05 * ground.width, 0.02 * ground.height
        low, bands = ground.height + 9.0, [(edge, ground.palette.pop), (edge + stripe, ground.palette.shade)]
        if vibe is Vibe.CLEAN:
            lean, bands = 0.0, [(edge, ground.palette.mid)]
        for top, colour in bands:
            mask = _blank(ground)
            _polygon(
                mask, [(-9.0, top + lean), (ground.width + 9.0, top - lean), (ground.width + 9.0, low), (-9.0, low)]
            )
            over(picture, colour, mask)
        if foot < 0.85 * ground.height:
            _patterned(picture, vibe, ground, mask)
    else:
        _, y = grid(2, ground.height)
        chin = ground.light[1] + 0.5 * ground.reach
        dark = smoothstep(min(chin, foot - 0.2 * ground.reach), foot - 0.04 * ground.reach, y)
        over(picture, ground.palette.shade, np.repeat(to_mask(dark * 0.96), ground.width, axis=1))


def _patterned(picture: Picture, vibe: Vibe, ground: Ground, field: Mask) -> None:
    """A large field is not left empty: halftone rising from below, or a disc."""
    if vibe is Vibe.BOLD:
        _, y = grid(ground.width, ground.height, _COARSE)
        rising = smoothstep(0.72, 1.05, (y / ground.height).astype(np.float32)) * np.float32(0.9)
        dots = _dots(ground, 26 * ground.unit, np.repeat(rising, max(2, ground.width // _COARSE), axis=1))
        over(picture, ground.palette.pop, cv2.min(dots, field), 0.7)
    else:
        disc = _blank(ground)
        _disc(disc, (0.92 * ground.width, ground.height), 0.30 * ground.width)
        over(picture, ground.palette.edge, cv2.min(disc, field))


def _cards(picture: Picture, ground: Ground, boxes: tuple[Box, ...]) -> None:
    """A sheet of paper per box, up to the canvas' edge where the box is near it."""
    cards, margin = _blank(ground), 0.035 * min(ground.width, ground.height)
    for box in boxes:
        card = box.grown(margin)
        top = -9.0 if box.top < 0.1 * ground.height else card.top
        bottom = ground.height + 9.0 if box.bottom > 0.9 * ground.height else card.bottom
        left, right = (-9.0, ground.width + 9.0) if bottom > ground.height or top < 0 else (card.left, card.right)
        _polygon(cards, [(left, top), (right, top), (right, bottom), (left, bottom)])
    over(picture, "#000000", soft(cards, 16 * ground.unit), 0.22)
    over(picture, ground.palette.shade, cards)


def _radial(ground: Ground, radius: float, flat: float = 1.0) -> Field:
    x, y = grid(ground.width, ground.height, _COARSE)
    cx, cy = ground.light
    result: Field = np.sqrt((x - cx) ** 2 + ((y - cy) * flat) ** 2) / radius
    return result


def _gradient(ground: Ground, colours: tuple[str, ...], places: tuple[float, ...], radius: float) -> Picture:
    return enlarged(stops(np.minimum(_radial(ground, radius), 1.0), colours, places), ground.width, ground.height)


def _vignette(ground: Ground, depth: float) -> Mask:
    x, y = grid(ground.width, ground.height, _COARSE)
    distance = np.hypot((x / ground.width - 0.5) * 1.05, (y / ground.height - 0.48) * 1.05)
    return enlarged(
        to_mask(1 - depth * smoothstep(0.36, 0.80, distance.astype(np.float32))), ground.width, ground.height
    )


def _polygon(mask: Mask, points: list[tuple[float, float]], value: int = 255) -> None:
    corners = np.round(np.array(points, np.float64) * (1 << _SHIFT)).astype(np.int32)
    cv2.fillPoly(mask, [corners], value, cv2.LINE_AA, _SHIFT)


def _disc(mask: Mask, centre: tuple[float, float], radius: float, value: int = 255, line: int = cv2.FILLED) -> None:
    cv2.circle(mask, (_fixed(centre[0]), _fixed(centre[1])), _fixed(radius), value, line, cv2.LINE_AA, _SHIFT)


def _fixed(length: float) -> int:
    return round(length * (1 << _SHIFT))


def _blank(ground: Ground) -> Mask:
    return np.zeros((ground.height, ground.width), np.uint8)


def _rng(ground: Ground) -> np.random.Generator:
    return np.random.default_rng(ground.seed)


def _rays(ground: Ground, count: int, start: float) -> Mask:
    mask, far, (cx, cy) = _blank(ground), 2.0 * max(ground.width, ground.height), ground.light
    for ray in range(count):
        first = start + ray * 2 * math.pi / count
        last = first + math.pi / count
        ends = [(cx + far * math.cos(angle), cy + far * math.sin(angle)) for angle in (first, last)]
        _polygon(mask, [ground.light, *ends])
    return mask


def _dots(ground: Ground, step: float, strength: Field) -> Mask:
    """Halftone: a lattice turned by 45 degrees whose dots grow with `strength` (0–1, quarter size)."""
    x, y = grid(ground.width, ground.height)
    # cos(a + b) + cos(a - b) = 2 cos a cos b: the turned lattice as one outer product.
    wave = np.cos(x * np.float32(2 * math.pi / step)) * np.cos(y * np.float32(2 * math.pi / step)) * 0.5 + 0.5
    level = cv2.resize(strength.astype(np.float32), (ground.width, ground.height), interpolation=cv2.INTER_LINEAR)
    edge = np.float32(step * 0.22)
    dots = (wave - (1 - level * np.float32(0.62))) * edge + np.float32(0.5)
    dots[level <= 0.02] = 0
    return to_mask(np.minimum(dots, 1.0))


def _text_dark(ground: Ground, strength: float) -> Mask:
    """The side of the canvas that belongs to type, as a soft mask."""
    x, y = grid(ground.width, ground.height, _COARSE)
    if ground.text_side is Align.CENTRE:
        box = ground.text[0]
        if ground.person and box.centre[1] > 0.4 * ground.height:
            near = smoothstep(box.top - 0.1 * ground.height, box.bottom, y + 0 * x)
        elif ground.person:
            near = smoothstep(box.bottom + 0.10 * ground.height, box.bottom - 0.35 * box.height, y + 0 * x)
        else:
            near = 1 - 0.75 * smoothstep(
                0.2, 1.0, np.hypot((x / ground.width - 0.5) * 1.7, (y / ground.height - 0.5) * 1.7).astype(np.float32)
            )
    else:
        across = x / ground.width if ground.text_side is Align.LEFT else 1 - x / ground.width
        near = 1 - smoothstep(0.18, 0.66, (across + 0 * y).astype(np.float32))
    return enlarged(to_mask(near * strength), ground.width, ground.height)


# Bold ----------------------------------------------------------------------------------------------------------------


def _bold_base(ground: Ground) -> Picture:
    p = ground.palette
    radius = 0.78 * math.hypot(ground.width, ground.height)
    return _gradient(ground, (mix(p.light, "#ffffff", 0.35), p.light, p.mid, p.edge), (0.0, 0.16, 0.5, 1.0), radius)


def _bold_end(picture: Picture, ground: Ground) -> Picture:
    x, y = grid(ground.width, ground.height, _COARSE)
    across = x / ground.width if ground.text_side is not Align.RIGHT else 1 - x / ground.width
    if ground.text_side is Align.CENTRE:
        across = 0.2 + 0.6 * np.abs(y / ground.height - 0.5) + 0 * x if not ground.person else y / ground.height + 0 * x
    over(picture, ground.palette.shade, _text_dark(ground, 0.62))
    strength = smoothstep(0.75, 0.0, (across + 0 * y).astype(np.float32)) * 0.9
    over(picture, mix(ground.palette.edge, ground.palette.shade, 0.5), _dots(ground, 20 * ground.unit, strength), 0.42)
    return picture


def _sunburst(ground: Ground, _: Mask) -> Picture:
    picture = _bold_base(ground)
    mask = _rays(ground, 26, float(_rng(ground).uniform(0, 0.24)))
    fade = enlarged(
        to_mask(smoothstep(0.02, 0.22, _radial(ground, math.hypot(ground.width, ground.height)))),
        ground.width,
        ground.height,
    )
    screen(picture, mix(ground.palette.light, "#ffffff", 0.5), cv2.multiply(mask, fade, scale=1 / 255), 0.24)
    return _bold_end(picture, ground)


def _slashes(ground: Ground, _: Mask) -> Picture:
    """Broad diagonal bands."""
    picture = _bold_base(ground)
    mask, step = _blank(ground), 0.20 * ground.width if ground.width > ground.height else 0.3 * ground.width
    lean, offset = 0.45 * ground.height, float(_rng(ground).uniform(0, 1)) * step
    for band in range(-4, 12):
        left = band * step + offset
        _polygon(
            mask,
            [
                (left + lean, 0),
                (left + lean + step * 0.5, 0),
                (left + step * 0.5, ground.height),
                (left, ground.height),
            ],
        )
    over(picture, ground.palette.edge, mask, 0.42)
    return _bold_end(picture, ground)


def _burst(ground: Ground, _: Mask) -> Picture:
    """A comic star behind the head."""
    picture = _bold_base(ground)
    rng, points = _rng(ground), 18
    turn = float(rng.uniform(0, 0.3))
    for scale, colour, opacity in (
        (1.28, ground.palette.edge, 0.55),
        (1.08, mix(ground.palette.light, "#ffffff", 0.55), 0.9),
    ):
        mask, corners = _blank(ground), []
        for corner in range(points * 2):
            radius = ground.reach * scale * (0.98 if corner % 2 else 0.74)
            angle = turn + corner * math.pi / points
            corners.append((ground.light[0] + radius * math.cos(angle), ground.light[1] + radius * math.sin(angle)))
        _polygon(mask, corners)
        over(picture, colour, mask, opacity)
    return _bold_end(picture, ground)


# Clean ---------------------------------------------------------------------------------------------------------------


def _paper(ground: Ground) -> Picture:
    p = ground.palette
    x, y = grid(ground.width, ground.height, _COARSE)
    slope: Field = (0.55 * x / ground.width + 0.45 * y / ground.height).astype(np.float32)
    return enlarged(stops(slope, (p.light, p.shade), (0.0, 1.0)), ground.width, ground.height)


def _speckle(picture: Picture, ground: Ground) -> None:
    """A small dot grid in the corner opposite the type: order without noise."""
    if ground.text_side is Align.CENTRE:
        return
    step, radius = 26 * ground.unit, 2.6 * ground.unit
    mask = _blank(ground)
    left = ground.width - 7.5 * step if ground.text_side is Align.LEFT else 1.8 * step
    for row in range(5):
        for column in range(6):
            _disc(mask, (left + column * step, 1.8 * step + row * step), radius)
    over(picture, ground.palette.ink, mask, 0.16)


def _orb(ground: Ground, taken: Mask) -> Picture:
    """One large disc behind the head, a ring around it."""
    picture = _paper(ground)
    _speckle(picture, ground)
    (cx, cy), radius = ground.light, ground.reach * (0.68 if ground.person else 0.62)
    centre = (cx, cy + 0.14 * ground.reach) if ground.person else (cx, cy)
    second = _blank(ground)
    _disc(second, (centre[0] - 0.78 * radius, centre[1] + 0.62 * radius), radius * 0.36)
    over(picture, ground.palette.edge, second)
    disc, ring = _blank(ground), _blank(ground)
    _disc(disc, centre, radius)
    # The ring opens towards the type, which may then stand closer.
    opening = {Align.LEFT: 0, Align.RIGHT: 180, Align.CENTRE: -90}[ground.text_side]
    axes, middle = (_fixed(radius * 1.1), _fixed(radius * 1.1)), (_fixed(centre[0]), _fixed(centre[1]))
    cv2.ellipse(ring, middle, axes, opening, -108, 108, 255, max(1, round(3 * ground.unit)), cv2.LINE_AA, _SHIFT)
    over(picture, ground.palette.ink, ring, 0.22)
    over(picture, ground.palette.mid, disc)
    taken[:] = disc
    shine = enlarged(to_mask(smoothstep(1.0, 0.0, _radial(ground, radius * 1.1)) * 0.35), ground.width, ground.height)
    screen(picture, "#ffffff", cv2.min(shine, disc), 0.8)
    return picture


def _arch(ground: Ground, taken: Mask) -> Picture:
    """A doorway: rectangle with a round top that stands on the lower edge."""
    picture = _paper(ground)
    half = ground.reach * (0.70 if ground.person else 0.5)
    if ground.text_side is not Align.CENTRE:
        half = min(half, 0.228 * ground.width)
    cx, top = ground.light[0], ground.light[1] - ground.reach * 0.66
    if ground.person and ground.text_side is Align.CENTRE and ground.text[0].centre[1] < ground.light[1]:
        top = max(top, ground.text[0].bottom + 0.1 * half)
    for scale, colour in ((1.09, ground.palette.edge), (1.0, ground.palette.mid)):
        mask = _blank(ground)
        _disc(mask, (cx, top + half), half * scale)
        _polygon(
            mask,
            [
                (cx - half * scale, top + half),
                (cx + half * scale, top + half),
                (cx + half * scale, ground.height + 9),
                (cx - half * scale, ground.height + 9),
            ],
        )
        over(picture, colour, mask)
        taken[:] = cv2.max(taken, mask)
    return picture


def _split(ground: Ground, taken: Mask) -> Picture:
    """A slanted field of colour on the person's side, or under the person where type stands above."""
    picture = _paper(ground)
    width, height, mask = ground.width, ground.height, _blank(ground)
    if ground.text_side is Align.CENTRE:
        line = ground.light[1] + (0.0 if ground.person else 0.05 * height)
        corners = [
            (0.0, line + 0.06 * height),
            (width, line - 0.06 * height),
            (width, height + 9.0),
            (0.0, height + 9.0),
        ]
    else:
        near, far = ground.light[0] - 0.16 * width, ground.light[0] - 0.04 * width
        corners = [(far, -9.0), (width + 9.0, -9.0), (width + 9.0, height + 9.0), (near, height + 9.0)]
        if ground.text_side is Align.RIGHT:
            near, far = ground.light[0] + 0.16 * width, ground.light[0] + 0.04 * width
            corners = [(far, -9.0), (-9.0, -9.0), (-9.0, height + 9.0), (near, height + 9.0)]
    _polygon(mask, corners)
    over(picture, ground.palette.mid, mask)
    taken[:] = mask
    _speckle(picture, ground)
    return picture


# Cinematic -----------------------------------------------------------------------------------------------------------


def _night(ground: Ground) -> Picture:
    p = ground.palette
    x, y = grid(ground.width, ground.height, _COARSE)
    away: Field = (np.abs(x - ground.light[0]) / ground.width * 0.9 + np.abs(y / ground.height - 0.45) * 0.55).astype(
        np.float32
    )
    picture = enlarged(
        stops(away, (mix(p.mid, p.rims[1], 0.16), p.mid, p.edge), (0.1, 0.32, 0.85)), ground.width, ground.height
    )
    away_from_type = {Align.LEFT: 0.34, Align.RIGHT: -0.34, Align.CENTRE: 0.0}[ground.text_side] * ground.person
    lamp = replace(
        ground, light=(ground.light[0] + away_from_type * ground.reach, ground.light[1] - 0.06 * ground.reach)
    )
    distance = _radial(lamp, ground.reach * (0.86 if away_from_type else 0.72))
    # Paint first, light second: light alone on a complementary ground turns grey.
    over(picture, p.pop, enlarged(to_mask(np.exp(-(distance**2) * 1.1) * 0.9), ground.width, ground.height))
    screen(picture, p.light, enlarged(to_mask(np.exp(-(distance**2) * 2.6) * 0.85), ground.width, ground.height))
    return picture


def _haze(picture: Picture, ground: Ground, strength: float) -> None:
    """Slow clouds: three octaves of smoothed noise."""
    rng, total = _rng(ground), np.zeros((ground.height // 8 + 1, ground.width // 8 + 1), np.float32)
    for octave in (3, 6, 12):
        cells = rng.standard_normal((octave, octave * 2), dtype=np.float32)
        total += cv2.resize(cells, (total.shape[1], total.shape[0]), interpolation=cv2.INTER_CUBIC) / octave
    field = smoothstep(0.0, 0.55, total) * strength
    screen(
        picture,
        mix(ground.palette.mid, ground.palette.light, 0.35),
        enlarged(to_mask(field), ground.width, ground.height),
    )


def _dust(picture: Picture, ground: Ground, count: int, largest: float) -> None:
    rng, sharp, blurred = _rng(ground), _blank(ground), _blank(ground)
    for _ in range(count):
        x, y = rng.uniform(0, ground.width), rng.uniform(0, ground.height)
        radius = largest * ground.unit * float(rng.uniform(0.15, 1)) ** 2
        _disc(
            sharp if radius < largest * 0.3 * ground.unit else blurred,
            (x, y),
            max(0.7, radius),
            int(rng.uniform(40, 190)),
        )
    screen(picture, ground.palette.rims[0], soft(sharp, 0.8 * ground.unit), 0.8)
    screen(picture, ground.palette.light, soft(blurred, 3.0 * ground.unit), 0.38)


def _streak(picture: Picture, ground: Ground) -> None:
    """The flat flare of an anamorphic lens, through the light."""
    _, y = grid(2, ground.height)
    x, _ = grid(ground.width, 2)
    thin = np.exp(-(((y - ground.light[1] - 0.1 * ground.reach) / (5 * ground.unit)) ** 2))
    wide = np.exp(-(((x - ground.light[0]) / (0.42 * ground.width)) ** 2))
    screen(picture, ground.palette.rims[1], to_mask((thin * wide).astype(np.float32)), 0.55)


def _dusk(ground: Ground, _: Mask) -> Picture:
    picture = _night(ground)
    _haze(picture, ground, 0.30)
    _streak(picture, ground)
    _dust(picture, ground, 110, 5.0)
    return _sunk(picture, ground)


def _bokeh(ground: Ground, _: Mask) -> Picture:
    """City lights out of focus."""
    picture = _night(ground)
    rng = _rng(ground)
    for colour, opacity in ((ground.palette.light, 0.30), (ground.palette.rims[1], 0.22)):
        mask = _blank(ground)
        for _light in range(15):
            centre = (rng.uniform(0, ground.width), rng.uniform(0.05, 0.95) * ground.height)
            layer, radius = _blank(ground), float(rng.uniform(14, 52)) * ground.unit
            _disc(layer, centre, radius, int(rng.uniform(60, 200)))
            mask = cv2.max(mask, layer)
        screen(picture, colour, soft(mask, 2.4 * ground.unit), opacity)
    _dust(picture, ground, 40, 4.0)
    return _sunk(picture, ground)


def _beams(ground: Ground, _: Mask) -> Picture:
    """Shafts of light from behind the head."""
    picture = _night(ground)
    _haze(picture, ground, 0.22)
    fade = np.exp(-(_radial(ground, ground.reach * 1.7) ** 2))
    shafts = soft(_rays(ground, 15, float(_rng(ground).uniform(0, 0.4))), 9 * ground.unit)
    screen(
        picture,
        ground.palette.light,
        cv2.multiply(shafts, enlarged(to_mask(fade), ground.width, ground.height), scale=1 / 255),
        0.42,
    )
    _dust(picture, ground, 80, 5.0)
    return _sunk(picture, ground)


def _sunk(picture: Picture, ground: Ground) -> Picture:
    over(picture, ground.palette.shade, _text_dark(ground, 0.55))
    return picture


def _bars(picture: Picture, ground: Ground) -> None:
    frame = frame_of(Vibe.CINEMATIC, ground.width, ground.height)
    picture[: round(frame.top)] = 0
    picture[round(frame.bottom) :] = 0


# Documentary ---------------------------------------------------------------------------------------------------------


def _grey(ground: Ground) -> Picture:
    p = ground.palette
    x, y = grid(ground.width, ground.height, _COARSE)
    distance: Field = np.hypot(
        (x - ground.light[0]) / (0.62 * ground.width), (y - ground.light[1]) / (0.95 * ground.height)
    ).astype(np.float32)
    colours = (p.light, mix(p.light, p.mid, 0.4), p.mid, p.edge)
    return enlarged(stops(distance, colours, (0.0, 0.28, 0.58, 1.05)), ground.width, ground.height)


def _studio(ground: Ground, _: Mask) -> Picture:
    picture = _grey(ground)
    _haze(picture, ground, 0.16)
    over(picture, ground.palette.shade, _text_dark(ground, 0.72))
    return picture


def _panel(ground: Ground, taken: Mask) -> Picture:
    """A flat field of the accent behind the head, as on a magazine."""
    picture = _grey(ground)
    over(picture, ground.palette.shade, _text_dark(ground, 0.80))
    mask = _blank(ground)
    (cx, cy), reach = ground.light, ground.reach
    half = 0.52 * reach
    _polygon(
        mask,
        [
            (cx - half, cy - 0.40 * reach),
            (cx + half, cy - 0.40 * reach),
            (cx + half, cy + 0.95 * reach),
            (cx - half, cy + 0.95 * reach),
        ],
    )
    over(picture, ground.palette.pop, mask)
    taken[:] = mask
    return picture


def _contours(ground: Ground, _: Mask) -> Picture:
    """Height lines of a map."""
    picture = _studio(ground, _)
    rng = _rng(ground)
    cells = rng.standard_normal((5, 8), dtype=np.float32)
    land = cv2.resize(cells, (ground.width, ground.height), interpolation=cv2.INTER_CUBIC) * 4
    near = np.abs(land - np.round(land))
    steep = np.maximum(
        np.hypot(cv2.Sobel(land, cv2.CV_32F, 1, 0, scale=0.125), cv2.Sobel(land, cv2.CV_32F, 0, 1, scale=0.125)), 1e-4
    )
    line = np.clip(1.4 * ground.unit - near / steep + 0.5, 0, 1)
    over(picture, ground.palette.rims[0], to_mask(line), 0.13)
    return picture


_PAINTERS: dict[Vibe, tuple[Callable[[Ground, Mask], Picture], ...]] = {
    Vibe.BOLD: (_sunburst, _slashes, _burst),
    Vibe.CLEAN: (_orb, _split, _arch),
    Vibe.CINEMATIC: (_dusk, _bokeh, _beams),
    Vibe.DOCUMENTARY: (_studio, _panel, _contours),
}
