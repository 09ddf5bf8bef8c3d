"""Logo and signature beside the type: where `imprint` finds them a corner, and when type gives way to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from core.compose import backdrop, crest, imprint
from core.compose.font import FaceMeasure, FontChoice, choose_plain
from core.compose.headline import DoesNotFit
from core.compose.layout import Layout
from core.compose.quiet import Quiet
from core.compose.scene import Scene
from core.compose.style import BOX_MARGIN, Style
from core.compose.zone import safe_area, soft_zones
from core.domain.format import Format
from core.domain.job import Recipe


@dataclass(frozen=True, slots=True, eq=False)
class Signing:
    """Logo and signature: a quiet corner first, then type around it; that keeps the corner through a set."""

    recipe: Recipe
    target: Format
    scene: Scene
    style: Style
    logo: crest.Logo | None
    quiet: Quiet

    def signed(self, laid: Callable[[Scene], Layout]) -> Layout:
        """The layout with its imprint. Raises DoesNotFit."""
        bare, line = laid(self.scene), self._line()
        unwritten = (imprint.Part.SIGNATURE,) if self._text and line is None else ()
        if line is None and self.logo is None:
            return replace(bare, imprint=imprint.Imprint(left_out=unwritten))
        ratio = self.logo.ratio if self.logo else None
        after = imprint.place(self._room(bare), ratio, line)
        first = imprint.place(self._room(None), ratio, line)
        chosen = replace(bare, imprint=after)
        if bare.lines and imprint.is_quiet(self._room(None), first) and first != after:
            least = _GIVEN_WAY if imprint.is_quiet(self._room(bare), after) else _GIVEN_WAY_TO_BODY
            given = self._given_way(laid, first, self._margin(bare))
            if given is not None and _smallest(given) >= least * _smallest(bare):
                chosen = given
        return replace(chosen, imprint=replace(chosen.imprint, left_out=(*chosen.imprint.left_out, *unwritten)))

    def _given_way(self, laid: Callable[[Scene], Layout], first: imprint.Imprint, margin: float) -> Layout | None:
        """Type around the corner that is taken; None where that leaves it no room or it reaches in all the same."""
        kept = tuple(box.grown(margin) for box in first.boxes)
        try:
            layout = laid(replace(self.scene, zones=(*self.scene.zones, *kept)))
        except DoesNotFit:
            return None
        free = not any(box.meets(other) for box in self._room(layout).taken for other in first.boxes)
        return replace(layout, imprint=first) if free else None

    @property
    def _short(self) -> int:
        return min(self.scene.size.width, self.scene.size.height)

    @property
    def _text(self) -> str:
        return " ".join(self.recipe.brief.signature.split())

    def _line(self) -> imprint.Line | None:
        face = choose_plain(self._text, self.recipe.brief.language)
        if not self._text or not isinstance(face, FontChoice):
            return None
        return imprint.Line(self._text, face.face, FaceMeasure(face.face))

    def _margin(self, layout: Layout) -> float:
        """Around type, px: a bar beside the block and the boxes behind words reach past the lines' own bounds."""
        boxed = BOX_MARGIN * max((line.cap for line in layout.lines), default=0.0)
        return max(0.02 * self._short, 0.045 * self._short + boxed if self.style.rule else 0.0)

    def _room(self, layout: Layout | None) -> imprint.Room:
        scene, brief = self.scene, self.recipe.brief
        return imprint.Room(
            area=safe_area(backdrop.frame_of(brief.vibe, scene.size.width, scene.size.height), scene.zones),
            short=self._short,
            family=self.target.family,
            zones=scene.zones,
            taken=(
                *(box for box in (scene.head, scene.face) if box is not None),
                *(() if layout is None else (box.grown(self._margin(layout)) for box in layout.text_boxes)),
            ),
            avoided=soft_zones(self.target, scene.size, brief),
            body=scene.subject,
            busy=self.quiet.busy,
        )


def _smallest(layout: Layout) -> float:
    return min(line.cap for line in layout.lines)


_GIVEN_WAY = 0.9
"""Of the smallest letters, from which on type gives way to a quiet corner."""
_GIVEN_WAY_TO_BODY = 0.6
"""The same where the imprint would otherwise lie on the person."""
