"""A disc a person comes out of, where the photo ends the body above the picture's edge and no words stand over it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from core.compose.arrangement import Arrangement, Scheme, rounded
from core.compose.raster import Mask
from core.compose.shape import disc
from core.compose.stance import Stance, aside
from core.domain.brief import Vibe
from core.domain.format import Size

_ABOVE = 0.12
"""Of the head's height, that the crown rises over the disc."""
_THROAT = 0.12
"""Of the head's height, that the smallest disc shows under the chin."""
_MARGIN = 0.05
"""Of the canvas' width, beside a disc in its middle."""
_JAW = 0.6
"""Of a face's width, from its middle to where the disc's edge may pass the chin."""


@dataclass(frozen=True, slots=True)
class Medallion:
    """Pixels of the canvas."""

    centre: tuple[float, float]
    radius: float

    @property
    def foot(self) -> float:
        return self.centre[1] + self.radius

    def window(self, width: int, height: int) -> Mask:
        """Where the person shows: everything over the disc's middle, the disc itself under it."""
        mask = np.zeros((height, width), np.uint8)
        disc(mask, self.centre, self.radius)
        mask[: max(0, round(self.centre[1]))] = 255
        return mask


def medallion(
    stance: Stance, row: Arrangement, vibe: Vibe, size: Size, wide: int, ends: Mapping[str, float]
) -> tuple[Stance, Medallion | None]:
    """Where a person who stands so comes out of a disc, and the disc, its lowest point where the photo ends; as they
    stand, and None, where none is wanted. `wide` and `ends` are the cut-out's, in its px (`Subject.ends`).

    Between two edges nobody has to step aside for a shoulder that was cut off: the disc takes it away, if need be by
    being smaller.
    """
    if stance.grounded or row.over_body or not rounded(vibe):
        return stance, None
    centred = row.scheme is Scheme.TOP
    if centred:
        stance = aside(stance, row.at[0] * size.width - stance.head.centre[0])
    head = stance.head
    middle, top = head.centre[0], head.top + _ABOVE * head.height
    jaw, below = _JAW * stance.face.width, max(1.0, stance.foot - head.bottom)
    radius = max((stance.foot - top) / 2, (jaw**2 + below**2) / (2 * below))
    foot = stance.foot
    if centred:
        cuts = {"left": stance.left, "right": stance.left + wide * stance.scale}
        shown = (abs(cuts[side] - middle) for side in ends if 0 < cuts[side] < size.width)
        edge = min(middle, size.width - middle) - _MARGIN * size.width
        least = (head.bottom + _THROAT * head.height - top) / 2
        most = max(min((edge, *shown)), least)
        if radius > most:
            radius, foot = most, min(foot, top + 2 * most)
    return stance, Medallion((middle, foot - radius), radius)
