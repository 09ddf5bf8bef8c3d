"""Where type may stand in a scene: beside, over or under whom it shows, clear of what the platform covers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from core.compose.arrangement import Scheme
from core.compose.emphasis import strongest, vocabulary_of
from core.compose.geometry import Box, Silhouette, clear_of
from core.compose.headline import Align, Setting
from core.compose.scene import Scene, Type
from core.compose.seam import joined
from core.compose.style import Mark

BESIDE = 0.055
"""Of the short side, from a head to type beside it: hair is wider than the face that was found."""
_BROW = 0.12
"""Of a face's height over it, where the hair begins that words may cross."""
_APART, _BAR = 0.022, 0.046
"""Of the short side, from letters to the person; and for a bar that stands between them (`underlay.bar`)."""
_LEVEL = 0.4
"""Of the vibe's turn, for a block as wide as the canvas: its swing would cost it the height."""
SMALLEST = 0.016
"""Capital height over the short side below which a headline is refused: 12 px at 1280x720."""


class Site:
    """In px; `angle` in degrees counter-clockwise. `areas`: for the headline, from above. `obstacle`: what letters keep
    clear of. `key`: which of the words carries it. `short`: the canvas' short side."""

    def __init__(self, scene: Scene, type_: Type) -> None:
        self.scene, self.type = scene, type_
        self.short = min(scene.size.width, scene.size.height)
        row = scene.row
        wide = scene.size.width > 1.3 * scene.size.height
        level = {Scheme.AROUND: 0.0, Scheme.BOTTOM: _LEVEL, Scheme.TOP: _LEVEL if wide else 1.0}
        self.angle = type_.style.angle * level.get(row.scheme, 1.0)
        self.obstacle = scene.subject
        for face in scene.faces or (() if scene.face is None else (scene.face,)):
            self.obstacle = self.obstacle.including(face)
        if row.scheme is Scheme.BETWEEN:
            # The silhouette knows outer edges only: the place between two heads is cut out by hand.
            self.obstacle = Silhouette(scene.subject.strip)
        elif row.over_body and scene.head is not None:
            self.obstacle = self.obstacle.above(scene.head.bottom)
        if row.over_hair and scene.face is not None:
            self.obstacle = self.obstacle.below(scene.face.top - _BROW * scene.face.height)
        areas = [area.scaled(scene.size.width, scene.size.height) for area in row.areas]
        if row.scheme is Scheme.BETWEEN:
            areas = [between(area, scene.heads, BESIDE * self.short) for area in areas]
        if row.scheme is Scheme.TOP:
            areas = [self._over_crown(area) for area in areas]
        if row.scheme is Scheme.AROUND and not row.over_hair:
            areas[0] = self._over_crown(areas[0])
        if row.scheme is Scheme.BOTTOM and scene.head is not None:
            chin = scene.head.bottom + 0.012 * self.short
            areas = [replace(area, top=max(area.top, min(chin, area.centre[1]))) for area in areas]
        self.areas = [clear_of(area, scene.zones) for area in areas]
        self.align = Align.RIGHT if type_.right_to_left and row.align is Align.LEFT else row.align
        self.inwards = self.align is Align.RIGHT and row.text_side is Align.LEFT
        self.small = vocabulary_of((*type_.words, *type_.subtext)).small
        self.key = _carrying(type_.words) if type_.key is None and type_.words else type_.key or 0

    def _over_crown(self, area: Box) -> Box:
        """Type above a head keeps its full width and gives way in height."""
        strips = zip(self.obstacle.lefts, self.obstacle.rights, strict=True)
        taken = (
            i * self.obstacle.strip for i, (left, right) in enumerate(strips) if left < area.right and right > area.left
        )
        crown = next((y for y in taken if y > area.top), area.bottom)
        return replace(area, bottom=max(min(area.bottom, crown - 0.012 * self.short), area.top + 0.5 * area.height))

    def setting(self, **changes: object) -> Setting:
        """How the headline is fitted here, but for the changes."""
        style, row = self.type.style, self.scene.row
        setting = Setting(
            align=self.align,
            anchor=row.anchor,
            spread=style.spread,
            gap=style.gap,
            pad=style.pad,
            margin=(_APART + (_BAR if style.rule and self.inwards else 0.0)) * self.short,
            largest=style.largest * self.short,
            smallest=max(self.type.least, SMALLEST * self.short),
            angle=self.angle,
            tall=self.type.tall,
            boxed=self.type.mark is Mark.BOX,
            small=self.small,
        )
        return replace(setting, **changes)  # type: ignore[arg-type]

    def strip(self) -> float:
        """px, kept for the subtext under the headline."""
        if not self.type.subtext:
            return 0.0
        cap = self.small_cap()
        wide = self.type.subtext_measure.advance(joined(self.type.subtext)) * cap / self.type.subtext_measure.cap
        lines = math.ceil(wide / (0.95 * max(area.width for area in self.areas)))
        return min((1.2 + 1.75 * lines) * cap, 0.34 * min(area.height for area in self.areas))

    def small_cap(self) -> float:
        """px, of the small line's capitals where nothing makes them smaller."""
        return max(self.type.style.subtext * self.short, self.type.least_small)


def between(area: Box, heads: Sequence[Box], margin: float) -> Box:
    """The part of an area that lies between two heads."""
    if len(heads) != 2:
        return area
    first, second = sorted(heads, key=lambda head: head.left)
    return replace(area, left=max(area.left, first.right + margin), right=min(area.right, second.left - margin))


@lru_cache(64)
def _carrying(words: tuple[str, ...]) -> int:
    return strongest(words)
