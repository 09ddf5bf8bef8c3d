"""A disc a person comes out of, where the photo ends the body above the picture's edge and no words stand over it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.compose.arrangement import Arrangement, rounded
from core.compose.ground import disc
from core.compose.layout import Stance
from core.compose.raster import Mask
from core.domain.brief import Vibe

_ABOVE = 0.12
"""Of the head's height, that the crown rises over the disc."""
_JAW = 0.6
"""Of a face's width, from its middle to where the disc's edge may pass the chin."""


@dataclass(frozen=True, slots=True)
class Medallion:
    """Pixels of the canvas."""

    centre: tuple[float, float]
    radius: float

    def window(self, width: int, height: int) -> Mask:
        """Where the person shows: everything over the disc's middle, the disc itself under it."""
        mask = np.zeros((height, width), np.uint8)
        disc(mask, self.centre, self.radius)
        mask[: max(0, round(self.centre[1]))] = 255
        return mask


def medallion(stance: Stance, row: Arrangement, vibe: Vibe) -> Medallion | None:
    """The disc for a person who stands so, its lowest point where the photo ends; None where none is wanted."""
    head = stance.head
    if stance.grounded or row.over_body or not rounded(vibe):
        return None
    jaw, below = _JAW * stance.face.width, max(1.0, stance.foot - head.bottom)
    radius = max((stance.foot - head.top - _ABOVE * head.height) / 2, (jaw**2 + below**2) / (2 * below))
    return Medallion((head.centre[0], stance.foot - radius), radius)
