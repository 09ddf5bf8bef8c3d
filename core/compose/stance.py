"""Where a cut-out stands: its head in its place, its cut edges outside the canvas where that costs little.

Pure arithmetic in pixels of the finished picture.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from core.compose.arrangement import Arrangement, Scheme
from core.compose.geometry import Box
from core.compose.zone import into, safe_area
from core.domain.format import Size

_LARGEST_GROWTH = 1.3
"""Of a head, to bring the lower edge of its photo out of the picture."""
_AIR = 0.03
"""Of the canvas' height, over hair that the photo shows whole."""


@dataclass(frozen=True, slots=True)
class Stance:
    """Where the cut-out goes: canvas px of its top left corner, and px per cut-out px."""

    scale: float
    left: float
    top: float
    face: Box
    head: Box
    foot: float
    """Lower edge of the cut-out."""
    grounded: bool
    """That edge lies outside the canvas."""


def aside(stance: Stance, by: float) -> Stance:
    """The same, so many px further to the right."""
    return replace(stance, left=stance.left + by, face=stance.face.moved(by, 0.0), head=stance.head.moved(by, 0.0))


def stand(
    cut: tuple[int, int],
    face: Box,
    crown: float,
    touches: Collection[str],
    row: Arrangement,
    size: Size,
    zones: Sequence[Box],
    ends: Mapping[str, float] | None = None,
) -> Stance:
    """Places a cut-out of `cut` px (width, height) so that its head fills the arrangement's place.

    `crown` is the top of the hair; `touches` names the edges where the photo cut the body off
    ("left", "right", "bottom"): they are brought outside the canvas where that costs little. `ends` gives, for its
    sides, the cut-out's row from which the body is cut: what would show of that ends as if the photo did.
    """
    width, height = size.width, size.height
    safe = safe_area(Box(0, 0, width, height), zones)
    tall = face.bottom - crown
    scale = min(row.head * height / tall, 0.98 * safe.height / face.height, 0.62 * width / face.width)
    middle = face.centre[0]
    left = row.at[0] * width - middle * scale
    top = row.at[1] * height - (crown + face.bottom) / 2 * scale
    if "top" not in touches:
        top = max(top, safe.top + _AIR * height - crown * scale)
    end = _end(cut, face, left, scale, row, width, ends or {})
    if (end < cut[1] or "bottom" in touches) and not row.over_body:
        # A photo cut under the chin: going down a little, then growing from the crown, hides the edge.
        lack = max(0.0, height - (top + end * scale))
        room = 0.95 * safe.bottom - (top + face.bottom * scale)
        top += max(0.0, min(lack, room, (0.13 if row.scheme is Scheme.SIDE else 0.03) * height))
        hair = top + crown * scale
        grown = min(
            (height - hair) / max(1.0, (end - crown) * scale),
            (0.95 * safe.bottom - hair) / max(1.0, tall * scale),
            0.5 * width / (face.width * scale),
            _LARGEST_GROWTH,
        )
        if grown > 1:
            left, top = _grow(left, top, scale, grown, (middle, crown))
            scale *= grown
    left += _past_edge(left, cut[0] * scale, width, touches, _furthest(row))
    box = Box(face.left, face.top, face.right, face.bottom)
    dx, dy = into(box.scaled(scale, scale).moved(left, top), safe, zones)
    left, top = left + dx, top + dy
    if (end < cut[1] or "bottom" in touches) and row.scheme is Scheme.SIDE:
        # What a zone pushed up again grows from the chin, upwards.
        chin, foot = top + face.bottom * scale, top + end * scale
        grown = min(
            (height + 1 - chin) / max(1.0, foot - chin),
            (chin - safe.top - _AIR * height) / max(1.0, tall * scale),
            _LARGEST_GROWTH,
        )
        if grown > 1:
            left, top = _grow(left, top, scale, grown, (middle, face.bottom))
            scale *= grown
    box = box.scaled(scale, scale).moved(left, top)
    dx, dy = into(box, safe, zones)
    left, top, box = left + dx, top + dy, box.moved(dx, dy)
    head = Box(box.left, top + crown * scale, box.right, box.bottom)
    foot = top + end * scale
    return Stance(scale, left, top, box, head, foot, foot >= height - 1)


def _end(
    cut: tuple[int, int],
    face: Box,
    left: float,
    scale: float,
    row: Arrangement,
    width: float,
    ends: Mapping[str, float],
) -> float:
    """The row at which the body has to be out of sight: the photo's last, or where a cut side begins to show."""
    most = _furthest(row) * width
    shown = {"left": left > 0, "right": left + cut[0] * scale < width}
    pushed = {"left": left < most, "right": width - (left + cut[0] * scale) < most}
    rows = [at for side, at in ends.items() if shown[side] and not (pushed[side] and len(ends) == 1)]
    return max(min(rows, default=float(cut[1])), min(float(cut[1]), face.bottom + 0.1 * face.height))


def _furthest(row: Arrangement) -> float:
    """Of the canvas' width: how far a head may step aside from its place."""
    return 0.07 if row.scheme is Scheme.SIDE else 0.15


def _grow(left: float, top: float, scale: float, by: float, about: tuple[float, float]) -> tuple[float, float]:
    return left - about[0] * scale * (by - 1), top - about[1] * scale * (by - 1)


def _past_edge(left: float, wide: float, width: float, touches: Collection[str], most: float) -> float:
    """A sideways step that takes a cut side of the body out of the picture, if one of `most` widths does."""
    step = most * width
    if "right" in touches and 0 < (gap := width - (left + wide)) < step:
        return gap + 1
    if "left" in touches and 0 < left < step:
        return -left - 1
    return 0.0
