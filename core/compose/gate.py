"""What a picture is measured by before it is delivered: on its finished pixels, then on its file.

Limits are the domain's, and which of them refuse what nothing mends.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from PIL import Image, ImageCms

from core.compose import figure
from core.compose.geometry import Box
from core.compose.layout import Layout
from core.compose.letter import Letters, letters
from core.compose.raster import Picture
from core.compose.style import Style
from core.domain import feed
from core.domain.format import Family, Size
from core.domain.score import GATES, Gate, large_width, small_width

Figures = Mapping[Gate, float]
"""What was measured; gates that ask for something the picture does not have (words, a face) are left out."""

CONTRASTS = frozenset((Gate.CONTRAST, Gate.SUBTEXT))
ENCODED = 0.97
"""What a JPEG leaves of a contrast, at worst; a share."""


def measured(
    picture: Picture,
    layout: Layout,
    style: Style,
    zones: Sequence[Box],
    family: Family,
    drawn: Letters | None = None,
    seen: Picture | None = None,
) -> Figures:
    """The figures of a picture (height, width, 3) that was set from `layout`; `zones`: what the platform covers, px.

    `drawn`: its letters, and `seen`: how it looks at its smallest, where they are at hand.
    """
    figures: dict[Gate, float] = {}
    width = small_width(family, layout.width)
    ink = drawn or letters(layout, style)
    large, small = ink.headline, ink.subtext if layout.subtext else None
    if layout.lines:
        figures[Gate.CONTRAST] = figure.contrast(picture if seen is None else seen, large, width)
        figures[Gate.CAP_HEIGHT] = figure.cap_height((line.cap for line in layout.lines), layout.width, family)
    if small is not None:
        # Contrast is asked for at a size that is letters at all.
        cap = min(line.cap for line in layout.subtext)
        figures[Gate.SUBTEXT_HEIGHT] = cap * large_width(family, layout.width) / layout.width
        shown = max(feed.LARGEST, GATES[Gate.CAP_HEIGHT].figure * layout.width / cap)
        figures[Gate.SUBTEXT] = figure.contrast_around(picture, small, min(1.0, shown / layout.width))
    whole = large if small is None else ink.all
    faces = layout.shown_faces
    boxes = (*faces, *layout.imprint.boxes)
    figures[Gate.OVERLAYS] = max((figure.covered(whole, zones), *(figure.under(box, zones) for box in boxes)))
    if faces:
        figures[Gate.ON_FACE] = max(figure.on_face(whole, face) for face in faces)
        strips = [figure.eyes(face) for face in faces]
        figures[Gate.EYES] = max(
            max(figure.cut(strip, layout.width, layout.height), figure.inked(whole, strip)) for strip in strips
        )
    return figures


def stood(face: Box | None, size: Size, zones: Sequence[Box]) -> Figures:
    """The figures of a face alone, before anything is painted."""
    if face is None:
        return {}
    eyes = figure.cut(figure.eyes(face), size.width, size.height)
    return {Gate.OVERLAYS: figure.under(face, zones), Gate.EYES: eyes}


def least(family: Family, size: Size) -> float:
    """px of the lowest capitals that pass on a picture of that size."""
    return 1.001 * GATES[Gate.CAP_HEIGHT].figure * size.width / small_width(family, size.width)


def least_small(family: Family, size: Size) -> float:
    """The same of the small line."""
    return 1.001 * GATES[Gate.SUBTEXT_HEIGHT].figure * size.width / large_width(family, size.width)


def filed(data: bytes, size: Size, budget: int | None) -> Figures:
    """The figures of a file that is to have `size` and, where there is a budget, at most that many bytes."""
    with Image.open(io.BytesIO(data)) as image:
        differ = max(abs(image.width - size.width), abs(image.height - size.height))
        profile = image.info.get("icc_profile")
    figures = {Gate.PIXELS: float(differ), Gate.COLOUR_SPACE: float("sRGB" in _named(profile or b""))}
    return figures if budget is None else {**figures, Gate.BYTES: len(data) / budget}


@lru_cache(8)
def _named(profile: bytes) -> str:
    """What a colour profile calls itself."""
    return ImageCms.ImageCmsProfile(io.BytesIO(profile)).profile.profile_description or "" if profile else ""


def failed(figures: Figures, share: float = 1.0) -> tuple[Gate, ...]:
    """The gates that do not hold, in the table's order; of contrasts only a `share` counts."""
    held = {gate: found * (share if gate in CONTRASTS else 1.0) for gate, found in figures.items()}
    return tuple(gate for gate, limit in GATES.items() if gate in held and not limit.passed(held[gate]))


def refusing(gates: Iterable[Gate]) -> tuple[Gate, ...]:
    """Those of the gates for which a picture is not delivered."""
    return tuple(gate for gate in gates if GATES[gate].refuses)
