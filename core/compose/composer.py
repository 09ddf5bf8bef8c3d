"""Type laid out in a scene: words whole where they fit, else torn; turned where nothing is in its way."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import lru_cache

from core.compose.block import beneath, blocks_of, has_room
from core.compose.emphasis import strongest
from core.compose.geometry import Box, bounds
from core.compose.headline import Align, Anchor, Block, DoesNotFit, fit
from core.compose.highlight import highlighted, whole
from core.compose.layout import Layout, Role, TextLine
from core.compose.scene import Scene, Type
from core.compose.seam import GLUE, clusters, syllables
from core.compose.site import SMALLEST, Site
from core.compose.zone import within


def roomy(scene: Scene, type_: Type) -> bool:
    """Whether the words may find room in a scene at all: a sum, before anything is searched."""
    torn = replace(_broken(type_, clusters), style=replace(type_.style, angle=0.0))
    return not torn.words or has_room(Site(scene, torn))


def lay_out(scene: Scene, type_: Type) -> Layout:
    """The finished layout. Raises DoesNotFit. A headline without words gives a layout without lines."""
    broken = _broken(type_, syllables)
    try:
        return _laid_out(scene, broken)
    except DoesNotFit:
        torn = _broken(type_, clusters)
        if torn in (broken, type_):
            raise
    return _laid_out(scene, torn)


def _broken(type_: Type, cut: Callable[[Iterable[str], str], tuple[str, ...]]) -> Type:
    words, subtext = (_cut(cut, text, type_.language) for text in (type_.words, type_.subtext))
    return replace(type_, words=words, subtext=subtext, key=_key_piece(words, type_.key))


@lru_cache(64)
def _cut(
    cut: Callable[[Iterable[str], str], tuple[str, ...]], words: tuple[str, ...], language: str
) -> tuple[str, ...]:
    """Every fitting and every composition asks for the same."""
    return cut(words, language)


def _key_piece(pieces: Sequence[str], key: int | None) -> int | None:
    """The piece that stands for a word of the headline: pieces are parts of words, or words with emoji beside them."""
    if key is None:
        return None
    inside, first = list[int](), 0
    for index, piece in enumerate(pieces):
        last = first + piece.removesuffix(GLUE).count(" ")
        if first <= key <= last:
            inside.append(index)
        first = last if piece.endswith(GLUE) else last + 1
    return inside[strongest([pieces[index] for index in inside])] if inside else None


def _laid_out(scene: Scene, type_: Type) -> Layout:
    for angle in dict.fromkeys((type_.style.angle, 0.0)):
        layout = _composed(Site(scene, replace(type_, style=replace(type_.style, angle=angle))))
        if angle == 0.0 or _clear(layout, scene):
            return layout
    raise AssertionError("the unturned layout is always returned")


def _clear(layout: Layout, scene: Scene) -> bool:
    canvas = Box(0, 0, layout.width, layout.height)
    return all(within(box, canvas) and not any(box.meets(zone) for zone in scene.zones) for box in layout.text_boxes)


def _composed(site: Site) -> Layout:
    type_, size, row = site.type, site.scene.size, site.scene.row
    blocks = blocks_of(site) if type_.words else ()
    middle = bounds(block.ink for block in blocks).centre if blocks else (size.width / 2, size.height / 2)
    return Layout(
        width=size.width,
        height=size.height,
        scheme=row.scheme,
        align=site.align,
        text_side=row.text_side,
        angle=site.angle,
        pivot=middle,
        lines=highlighted([line for block in blocks for line in block.lines], type_, site.key),
        subtext=_small_line(site, blocks) if type_.subtext else (),
        font=type_.font,
        subtext_font=type_.subtext_font,
        mark=type_.mark,
        palette=type_.palette,
        face=site.scene.face,
        head=site.scene.head,
        faces=site.scene.faces,
    )


def _small_line(site: Site, blocks: Sequence[Block]) -> tuple[TextLine, ...]:
    style, measure = site.type.style, site.type.subtext_measure
    cap = site.small_cap()
    area = blocks[-1].area if blocks else site.areas[-1]
    if blocks:
        area = replace(area, bottom=area.bottom + site.strip())
    under = style.pad * blocks[-1].lines[-1].cap if blocks else 0.0
    gap = min(max(0.6 * cap, 1.2 * cap - under), 0.35 * site.strip())
    top = blocks[-1].ink.bottom + gap if blocks else area.top
    swing = abs(math.sin(math.radians(site.angle))) * area.width / 2
    room = Box(area.left, top, area.right, max(area.bottom - swing, top + 0.5))
    setting = site.setting(
        anchor=Anchor.TOP,
        spread=1.0,
        gap=0.75,
        pad=0.3,
        largest=cap,
        smallest=max(site.type.least_small, 0.6 * SMALLEST * site.short),
        angle=0.0,
    )
    if site.align is Align.LEFT and blocks:
        # Flush with the headline's letters, not with the padding around them.
        edge = min(line.x for block in blocks for line in block.lines)
        room = replace(room, left=max(area.left, edge - 0.3 * cap))
    block = fit(site.type.subtext, [room], measure, setting, site.obstacle)
    if blocks:
        block = beneath(site, blocks[-1].ink, block)
    return tuple(
        TextLine((whole(line, site.type.subtext, Role.SUBTEXT),), line.baseline, line.size, line.cap, line.ink)
        for line in block.lines
    )
