"""The few colours that make a picture: clustered as the eye sees them, strongest accent told apart."""

from dataclasses import dataclass

import cv2
import numpy as np

from core.vision.raster import Box, Floats, Pixels, reduced

_SAMPLE_SIDE = 160
_CLUSTERS = 6
_SAME_COLOUR = 10.0
"""Distance in CIE Lab below which two clusters are one colour to most eyes."""

_LEAST_SHARE = 0.015
"""A cluster rarer than this is a seam between two others, which reducing the picture mixed."""


@dataclass(frozen=True, slots=True)
class Swatch:
    """hex: like `#ffd60a`; share: 0..1 of the pixels looked at; chroma: CIE Lab, 0 (grey) .. about 130."""

    hex: str
    share: float
    chroma: float


@dataclass(frozen=True, slots=True)
class Palette:
    """swatches: most frequent first, at least one, at most six."""

    swatches: tuple[Swatch, ...]

    @property
    def accent(self) -> Swatch:
        """The colour that stands out: much chroma on a share worth noticing."""
        return max(self.swatches, key=lambda swatch: swatch.chroma * swatch.share**0.5)


def palette(image: Pixels, without: Box | None = None) -> Palette:
    """The palette of an RGB (H, W, 3) image; `without` leaves a box in its pixels out (a face: skin is no accent)."""
    small, factor = reduced(image, _SAMPLE_SIDE)
    lab = cv2.cvtColor(small.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    counted = np.ones(lab.shape[:2], bool)
    if without is not None:
        counted[without.scaled(factor, factor).slices(small)] = False
    points = lab[counted] if counted.any() else lab.reshape(-1, 3)
    shares, centres = _merged(*_clustered(points))
    return Palette(tuple(_swatch(share, centre) for share, centre in zip(shares, centres, strict=True)))


def _clustered(points: Floats) -> tuple[Floats, Floats]:
    """Shares and centres of the clusters, most frequent first."""
    count = min(_CLUSTERS, len(points))
    enough = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 12, 0.5)
    cv2.setRNGSeed(0)  # the same picture gives the same palette
    _, labels, centres = cv2.kmeans(points, count, np.empty((0, 1), np.int32), enough, 2, cv2.KMEANS_PP_CENTERS)
    shares = np.bincount(labels.ravel(), minlength=count) / len(points)
    order = np.argsort(-shares, kind="stable")
    return shares[order], centres[order]


def _merged(shares: Floats, centres: Floats) -> tuple[list[float], list[Floats]]:
    """Each cluster joined to the first more frequent one of the same colour, which keeps its place and its colour."""
    kept: list[Floats] = []
    weights: list[float] = []
    for share, centre in zip(shares, centres, strict=True):
        near = [i for i, other in enumerate(kept) if np.linalg.norm(other - centre) < _SAME_COLOUR]
        if near:
            weights[near[0]] += float(share)
        elif share > 0:
            kept.append(centre)
            weights.append(float(share))
    order = sorted((i for i, weight in enumerate(weights) if weight >= _LEAST_SHARE), key=lambda i: -weights[i])
    return [weights[i] for i in order], [kept[i] for i in order]


def _swatch(share: float, centre: Floats) -> Swatch:
    pixel = cv2.cvtColor(centre.reshape(1, 1, 3).astype(np.float32), cv2.COLOR_LAB2RGB)[0, 0]
    red, green, blue = (int(value) for value in np.rint(np.clip(pixel, 0, 1) * 255))
    return Swatch(f"#{red:02x}{green:02x}{blue:02x}", round(share, 3), round(float(np.hypot(*centre[1:])), 1))
