"""A plate for another format, made from one that exists: what a model painted is paid for once.

The picture is scaled and cut so that the head stands where the other format's arrangement wants it. What that leaves
bare is filled with the plate's own colours, carried on and softened, so that type has a calm ground.
"""

from __future__ import annotations

import cv2
import numpy as np

from core.compose.geometry import Box, bounds
from core.compose.pairing import cast, together
from core.compose.plate import Plate, PlateFacts
from core.compose.raster import Field, Mask, grown
from core.compose.stance import stand
from core.compose.zone import hard_zones
from core.domain.format import Format, Size
from core.domain.job import Recipe

_SMALL = 96
"""Shorter side, in px, of the picture the ground is carried on from: colours, no shapes."""
_SEAM = 0.16
"""Width of the way from picture to ground, of the scaled picture's shorter side."""
_CALM = 0.3
"""Sigma of the blur that leaves colours only, of the reduced picture's shorter side."""
_HALO = 0.03
_FAINT = 1e-4
"""Weight of what a person covers: it counts only where nothing else is near."""
_GRAIN = 1.6
"""Standard deviation, in grey levels: without it wide soft grounds show bands."""
_TOUCHING = 3
"""px of a border in which a body that was cut off there shows."""


def refit(plate: Plate, recipe: Recipe, target: Format, size: Size) -> Plate:
    """The plate for `target` at `size`, whatever format and size it has now. The same arguments give the same bytes."""
    scale, left, top, facts = _placed(plate, recipe, target, size)
    shift = np.array(((scale, 0, left), (0, scale, top)), np.float32)
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    picture = cv2.warpAffine(
        plate.picture, shift, (size.width, size.height), flags=way, borderMode=cv2.BORDER_REPLICATE
    )
    silhouette = cv2.warpAffine(plate.silhouette, shift, (size.width, size.height), flags=way)
    bare = _bare(plate, (scale, left, top), size, facts.head)
    if bare.any():
        ground = _ground(plate, shift, size, recipe.seed)
        share = bare[..., None].astype(np.float32) / 255
        picture = np.rint(picture * (1 - share) + ground * share).clip(0, 255).astype(np.uint8)
        silhouette = cv2.multiply(silhouette, cv2.bitwise_not(bare), scale=1 / 255)
    return Plate(picture, silhouette, facts)


def _placed(plate: Plate, recipe: Recipe, target: Format, size: Size) -> tuple[float, float, float, PlateFacts]:
    """px per plate px, and where the plate's top left corner goes."""
    high, wide = plate.picture.shape[:2]
    face, head = plate.facts.face, plate.facts.head
    if face is None or head is None:
        cover = max(size.width / wide, size.height / high)
        return cover, (size.width - wide * cover) / 2, (size.height - high * cover) / 2, plate.facts
    row = together(cast(recipe.brief, target, recipe.position, True, pair=plate.facts.pair))
    target_face = bounds(plate.facts.faces) if plate.facts.pair else face
    zones = hard_zones(target, size, recipe.brief)
    stance = stand((wide, high), target_face, head.top, _touches(plate.silhouette), row, size, zones)

    def placed(box: Box) -> Box:
        return box.scaled(stance.scale, stance.scale).moved(stance.left, stance.top)

    faces, heads = (tuple(map(placed, boxes)) for boxes in (plate.facts.faces, plate.facts.heads))
    facts = PlateFacts(placed(face), stance.head, pair=plate.facts.pair, faces=faces, heads=heads)
    return stance.scale, stance.left, stance.top, facts


def _touches(silhouette: Mask) -> tuple[str, ...]:
    solid = silhouette > 127
    edges = {
        "left": solid[:, :_TOUCHING],
        "right": solid[:, -_TOUCHING:],
        "bottom": solid[-_TOUCHING:],
    }
    return tuple(name for name, edge in edges.items() if edge.any())


def _bare(plate: Plate, placed: tuple[float, float, float], size: Size, head: Box | None) -> Mask:
    """255 where the plate does not reach, falling to 0 inside it, and before the head (px of the canvas); nothing along
    edges that lie outside the canvas."""
    scale, left, top = placed
    wide, high = plate.picture.shape[1] * scale, plate.picture.shape[0] * scale
    seam = _SEAM * min(wide, high)
    across, down = ((head.left, head.right), (head.top, head.bottom)) if head else (None, None)
    inside = np.minimum.outer(
        _depth(size.height, (top, top + high), seam, down), _depth(size.width, (left, left + wide), seam, across)
    )
    steps = inside * inside * (3 - 2 * inside)
    bare: Mask = np.rint(255 * (1 - steps)).astype(np.uint8)
    return bare


def _depth(count: int, plate: tuple[float, float], seam: float, head: tuple[float, float] | None) -> Field:
    """For each px of an axis how far inside the plate it lies, 1 from a seam's width or the head on."""
    at = np.arange(count, dtype=np.float32) + 0.5
    (low, high), (first, last) = plate, head or (plate[0] + seam, plate[1] - seam)
    from_low, from_high = (
        (reach / max(1.0, min(seam, room))) for reach, room in ((at - low, first - low), (high - at, high - last))
    )
    if low <= 0.5:
        from_low = np.full(count, 1, np.float32)
    if high >= count - 0.5:
        from_high = np.full(count, 1, np.float32)
    depth: Field = np.minimum(from_low, from_high).clip(0, 1).astype(np.float32)
    return depth


def _ground(plate: Plate, shift: Field, size: Size, seed: int) -> Field:
    """The plate's colours without the person, carried on beyond its edges."""
    high, wide = plate.picture.shape[:2]
    factor = min(1.0, _SMALL / min(high, wide))
    small, way = (max(1, round(wide * factor)), max(1, round(high * factor))), cv2.INTER_AREA
    # The person's shadow and rim of light are no ground either.
    seen = cv2.resize(cv2.bitwise_not(grown(plate.silhouette, _HALO * min(high, wide))), small, interpolation=way)
    weight = np.maximum(seen.astype(np.float32) / 255, _FAINT)[..., None]
    colours = cv2.resize(plate.picture, small, interpolation=way).astype(np.float32)
    sigma = _CALM * min(small)
    calm = _blurred(colours * weight, sigma) / _blurred(weight, sigma)[..., None]
    reduced = shift @ np.array(((wide / small[0], 0, 0), (0, high / small[1], 0), (0, 0, 1)), np.float32)
    ground = cv2.warpAffine(
        calm, reduced, (size.width, size.height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    ground = cv2.GaussianBlur(ground, (0, 0), 0.02 * min(size.width, size.height))
    grain = np.random.default_rng(seed).normal(0, _GRAIN, (size.height, size.width, 1)).astype(np.float32)
    field: Field = ground + grain
    return field


def _blurred(field: Field, sigma: float) -> Field:
    blurred: Field = cv2.GaussianBlur(field, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE)
    return blurred
