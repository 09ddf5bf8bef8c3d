"""What a photo without a person shows: one thing that stands out from its ground, a screenshot, or a scene.

A thing is only cut out where its outline is sure: a framed photo is better than a torn object.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from core.domain.exhibit import Kind
from core.vision.cutout import CutOut, matted
from core.vision.raster import Floats, Pixels, reduced

_SIDE = 340
"""px of the copy everything is measured on; GrabCut takes 60 ms at it."""
_RIM = 0.05
"""Of the short side: the border a thing does not reach, whose colours are the ground's."""
_GROUNDS = 5
"""Colours a ground is made of: a table, a wall, and what falls off between light and shadow."""
_FAR = 16.0
"""Lab distance from every colour of the ground that makes a thing; a soft shadow on white measures 8 to 12."""
_SHARE = (0.03, 0.70)
"""Of the picture: less is too small to be meant, more is a scene."""
_ALONE = 0.86
"""Of all that stands out, what the one thing has: several things are a scene."""
_SOLID = 0.62
"""Area over that of the convex hull: letters and twigs are not cut out."""
_AGREED = 0.80
"""Intersection over union of what differs in colour and what GrabCut makes of it: below, the outline is a guess."""
_EDGED = 0.72
"""Of the outline, what has a step in colour along it."""
_STEP = 9.0
"""Lab distance across such a step."""

_FLAT, _FLATNESS, _LEVEL = 0.30, 0.4, 0.58
"""A screenshot: share of cells whose grey deviates by less than that (drawn ones measure 0.5 to 0.7, photos at most
0.1), and share of the strong edges that run level or upright."""
_MOSTLY_FLAT, _BLACK = 0.45, 3.0
"""As flat as this it is one however its edges run, as those of code do every way (0.35 to 0.46 are level); what a night
leaves black, levels, does not count."""
_CELL = 6


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    kind: Kind
    cut: CutOut | None
    """Of an OBJECT."""


def see(image: Pixels) -> Seen:
    """Tell what an upright RGB (H, W, 3) photo without a face shows."""
    small, _ = reduced(image, _SIDE)
    mask = _thing(small)
    drawn = _is_drawn(small)
    if mask is not None and not (drawn and _is_drawn(_part(small, mask))):
        # A thing on a paper ground, which is as flat as a screen; the thing itself is not.
        return Seen(Kind.OBJECT, matted(image, mask))
    return Seen(Kind.SCREEN if drawn else Kind.SCENE, None)


def _part(small: Pixels, mask: NDArray[np.uint8]) -> Pixels:
    x, y, wide, high = cv2.boundingRect(mask)
    return np.ascontiguousarray(small[y : y + high, x : x + wide])


def _is_drawn(small: Pixels) -> bool:
    """Flat fields, and edges along the axes: a camera has grain and perspective, even before a monitor."""
    grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(np.float32)
    high, wide = (side // _CELL * _CELL for side in grey.shape)
    cells = grey[:high, :wide].reshape(high // _CELL, _CELL, wide // _CELL, _CELL)
    even = cells.std(axis=(1, 3)) < _FLATNESS
    flat, lit = float(even.mean()), float((even & (cells.mean(axis=(1, 3)) > _BLACK)).mean())
    across, down = np.abs(cv2.Sobel(grey, cv2.CV_32F, 1, 0)), np.abs(cv2.Sobel(grey, cv2.CV_32F, 0, 1))
    strong = np.maximum(across, down) > 60
    if not strong.any():
        return False
    level = np.minimum(across, down)[strong] < 0.2 * np.maximum(across, down)[strong]
    return lit > _MOSTLY_FLAT or (flat > _FLAT and float(level.mean()) > _LEVEL)


def _thing(small: Pixels) -> NDArray[np.uint8] | None:
    """1 on the one thing that stands out; None where there is none, or where its outline is not sure."""
    lab = cv2.cvtColor(cv2.GaussianBlur(small, (0, 0), 1.0).astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    rim = _rim(small.shape[:2])
    away = _away(lab, rim)
    apart = _largest((away > _FAR).astype(np.uint8))
    if not _plausible(apart, (away > _FAR), rim):
        return None
    mask = np.where(apart > 0, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    mask[cv2.erode(apart, np.ones((9, 9), np.uint8)) > 0] = cv2.GC_FGD
    mask[(rim > 0) | (cv2.dilate(apart, np.ones((25, 25), np.uint8)) == 0)] = cv2.GC_BGD
    if not (mask == cv2.GC_FGD).any():
        return None
    behind, before = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.setRNGSeed(0)  # the same photo gives the same cut-out
    cv2.grabCut(small, mask, (0, 0, 0, 0), behind, before, 3, cv2.GC_INIT_WITH_MASK)
    found = ((mask == cv2.GC_FGD) | (mask == cv2.GC_PR_FGD)).astype(np.uint8)
    # Without whiskers: the edge of a table runs on from the thing's own.
    round_ = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (9, 9))
    told = _largest(np.asarray(cv2.morphologyEx(found, cv2.MORPH_OPEN, round_), np.uint8))
    agreed = float((told & apart).sum()) / max(1.0, float((told | apart).sum()))
    return told if agreed >= _AGREED and _edged(lab, told) >= _EDGED else None


def _rim(shape: tuple[int, ...]) -> NDArray[np.uint8]:
    rim = np.ones(shape, np.uint8)
    by = max(2, round(_RIM * min(shape)))
    rim[by:-by, by:-by] = 0
    return rim


def _away(lab: Floats, rim: NDArray[np.uint8]) -> Floats:
    """Lab distance of every pixel from the nearest colour the border has."""
    samples = lab[rim > 0][::3]
    ending = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_MAX_ITER, 12, 0.5)
    cv2.setRNGSeed(0)
    _, labels, centres = cv2.kmeans(samples, _GROUNDS, np.zeros((0,), np.int32), ending, 2, cv2.KMEANS_PP_CENTERS)
    shares = np.bincount(labels.ravel(), minlength=_GROUNDS) / len(samples)
    kept = centres[shares > 0.04]
    distances = [np.linalg.norm(lab - centre, axis=2) for centre in kept]
    nearest: Floats = np.minimum.reduce(distances)
    return nearest


def _largest(mask: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The largest connected part, its holes filled."""
    closed = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    outlines, _ = cv2.findContours(closed, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    part: NDArray[np.uint8] = np.zeros_like(mask)
    if outlines:
        cv2.drawContours(part, [max(outlines, key=cv2.contourArea)], 0, 1, cv2.FILLED)
    return part


def _plausible(part: NDArray[np.uint8], all_of_it: NDArray[np.bool_], rim: NDArray[np.uint8]) -> bool:
    """One compact thing of a fair size, away from the border."""
    share = float(part.mean())
    if not _SHARE[0] <= share <= _SHARE[1] or float(part[rim > 0].mean()) > 0.02:
        return False
    alone = float((all_of_it & (part > 0)).sum()) / max(1.0, float(all_of_it.sum()))
    outlines, _ = cv2.findContours(part, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    hull = cv2.contourArea(cv2.convexHull(outlines[0]))
    return alone >= _ALONE and float(part.sum()) / max(1.0, hull) >= _SOLID


def _edged(lab: Floats, part: NDArray[np.uint8]) -> float:
    """Share of the outline along which colour changes at once."""
    kernel = np.ones((3, 3), np.uint8)
    outline = cv2.dilate(part, kernel) - cv2.erode(part, kernel) > 0
    steps = [np.linalg.norm(np.roll(lab, 3, axis) - np.roll(lab, -3, axis), axis=2) for axis in (0, 1)]
    return float((np.maximum(*steps)[outline] > _STEP).mean()) if outline.any() else 0.0
