"""How a headline stands at its site: as one block, in two around a face, or as a poster with one word large."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from core.compose.arrangement import Form, Scheme
from core.compose.emphasis import stripped
from core.compose.geometry import Box, bounds
from core.compose.headline import Align, Anchor, Block, DoesNotFit, Setting, fit
from core.compose.measure import Measure
from core.compose.room import Ruler, ruler
from core.compose.seam import joined
from core.compose.site import Site

_AIR = 0.03
"""Of the canvas' height, between a body that ends and words below it."""
_LOWEST = 0.84
"""Of the canvas' height: type on the lower edge reaches at least as far down."""
_REST = 0.55
"""Of the key word's capitals: the largest the rest of a poster gets."""
_FIGURE = 0.34
"""Of a poster's width, for the figure it begins with."""
_FLAT = 2.5
"""Width over height from which a poster has no room for its rows."""
_MOST_CUTS = 12
"""Of a headline around a face, tried: with so many words all, of more those that leave both halves the largest
letters by their ground."""


def has_room(site: Site) -> bool:
    """Whether the headline may stand here, as far as widths and heights tell."""
    words, row = site.type.words, site.scene.row
    rule, setting = ruler(words, site.type.measure), site.setting()
    if row.scheme is Scheme.AROUND and len(words) > 1:
        return bool(_halves(site, rule, setting))
    if row.form is Form.POSTER and len(words) > 1:
        setting = replace(setting, gap=0.0, pad=0.0, margin=0.0)  # its parts have rows and columns of their own
    areas = site.areas[:1] if row.scheme is Scheme.AROUND else site.areas
    return rule.holds(0, len(words), areas, setting, site.obstacle)


def blocks_of(site: Site) -> tuple[Block, ...]:
    """The headline, set; in px. Raises DoesNotFit."""
    words, measure = site.type.words, site.type.measure
    if site.scene.row.scheme is Scheme.AROUND and len(words) > 1:
        return _parted(site, words, measure)
    if site.scene.row.form is Form.POSTER and len(words) > 1:
        try:
            return _posted(site, words, measure)
        except DoesNotFit:
            pass  # no room to stand beside or over one word: they are set as a block
    areas = site.areas[:1] if site.scene.row.scheme is Scheme.AROUND else site.areas
    strip = site.strip()
    rooms = [Box(area.left, area.top, area.right, area.bottom - strip) for area in areas]
    block = _fit(site, words, rooms, site.setting(key=site.key))
    return _on_axis(site, _under_head(site, block))


def _fit(site: Site, words: tuple[str, ...], rooms: Sequence[Box], setting: Setting) -> Block:
    """Raises DoesNotFit, where it can at once."""
    measure = site.type.measure
    if not ruler(words, measure).holds(0, len(words), rooms, setting, site.obstacle):
        raise DoesNotFit(len(words))
    return fit(words, rooms, measure, setting, site.obstacle)


def _halves(site: Site, rule: Ruler, setting: Setting) -> list[int]:
    """Where a headline around a face may be cut: both halves may find room."""
    upper, lower = site.areas
    count = len(site.type.words)
    return [
        cut
        for cut in range(1, count)
        if rule.holds(0, cut, [upper], setting, site.obstacle)
        and rule.holds(cut, count, [lower], setting, site.obstacle)
    ]


def _under_head(site: Site, block: Block) -> Block:
    """Centred type across the body stands on the head's axis, or as near to it as its area reaches."""
    head, row = site.scene.head, site.scene.row
    if row.scheme is not Scheme.BOTTOM or head is None:
        return block
    if row.anchor is Anchor.BOTTOM:
        # Below a body that ends above it, type stands in the middle of what is left.
        gap = block.ink.top - site.scene.subject.foot - _AIR * site.scene.size.height
        lower = block.ink.bottom - _LOWEST * site.scene.size.height
        block = _shifted(block, 0.0, -max(0.0, min(gap / 2, lower)), 0)
    return beneath(site, head, block)


def beneath(site: Site, above: Box, block: Block) -> Block:
    """A centred block on the axis of what is above it, as far as its area reaches; others stay."""
    if site.align is not Align.CENTRE:
        return block
    ink = block.ink.turned(site.angle, block.ink.centre)
    wanted = above.centre[0] - ink.centre[0]
    return _shifted(block, max(block.area.left - ink.left, min(wanted, block.area.right - ink.right)), 0.0, 0)


def _parted(site: Site, words: tuple[str, ...], measure: Measure) -> tuple[Block, ...]:
    """The cut whose smaller half is largest, as far as the halves stay halves."""
    upper, lower = site.areas
    lower = Box(lower.left, lower.top, lower.right, lower.bottom - site.strip())
    setting = site.setting(most_lines=2 if len(words) <= 12 else 12)
    key = site.key
    found: list[tuple[float, tuple[Block, Block]]] = []
    rule = ruler(words, measure)
    cuts = _halves(site, rule, setting)
    if len(cuts) > _MOST_CUTS:
        reach = {cut: min(rule.largest(0, cut, upper), rule.largest(cut, len(words), lower)) for cut in cuts}
        cuts = sorted(sorted(cuts, key=lambda cut: reach[cut], reverse=True)[:_MOST_CUTS])
    for cut in cuts:
        halves = (words[:cut], upper), (words[cut:], lower)
        led = key >= cut
        try:
            lead = fit(halves[led][0], [halves[led][1]], measure, setting, site.obstacle)
            quiet = replace(setting, largest=min(setting.largest, 1.1 * lead.cap))
            other = fit(halves[not led][0], [halves[not led][1]], measure, quiet, site.obstacle)
        except DoesNotFit:
            continue
        pair = (other, lead) if led else (lead, other)
        first, second = (measure.advance(joined(half)) for half, _ in halves)
        lopsided = abs(first - second) / (first + second)
        dangling = 0.75 if stripped(words[cut - 1]) in site.small else 1.0
        found.append((min(block.cap for block in pair) * (1 - 0.5 * lopsided) * dangling, pair))
    if not found:
        raise DoesNotFit(len(words))
    over, under = max(found, key=lambda row: row[0])[1]
    shift = len(words) - sum(last - start for line in under.lines for start, last in [line.words])
    moved = tuple(replace(line, words=(line.words[0] + shift, line.words[1] + shift)) for line in under.lines)
    return _on_axis(site, over, replace(under, lines=moved))


def _on_axis(site: Site, *blocks: Block) -> tuple[Block, ...]:
    """Words around a head, which may have had to step aside, on its axis or the nearest that all of them reach."""
    head = site.scene.head
    if site.scene.row.scheme is not Scheme.AROUND or head is None or site.align is not Align.CENTRE:
        return blocks
    low = max(block.area.left + block.ink.width / 2 for block in blocks)
    high = min(block.area.right - block.ink.width / 2 for block in blocks)
    axis = min(max(head.centre[0], low), high)
    moved = tuple(_shifted(block, axis - block.ink.centre[0], 0.0, 0) for block in blocks)
    clear = not any(site.obstacle.meets(line.ink) for block in moved for line in block.lines)
    return moved if low <= high and clear else blocks


def _posted(site: Site, words: tuple[str, ...], measure: Measure) -> tuple[Block, ...]:
    """The key word as large as its share of the area, what comes before over it, what follows under it.

    A figure in front has the rest beside it where the area is wide.
    """
    key, area = site.key, site.areas[0]
    area = replace(area, bottom=area.bottom - site.strip())
    beside = key == 0 and any(letter.isdigit() for letter in words[0]) and area.width > 1.2 * area.height
    parts = [(0, key), (key, key + 1), (key + 1, len(words))]
    parts = [part for part in parts if part[0] < part[1]]
    if not beside and area.width > _FLAT * area.height:
        raise DoesNotFit(len(words))  # rows on top of each other would all be small
    largest = max(site.type.style.largest, 0.6) * site.short
    if beside:
        room = replace(area, right=area.left + _FIGURE * area.width)
        lead = fit(words[:1], [room], measure, site.setting(largest=largest), site.obstacle)
        left = lead.ink.right + 0.03 * area.width
        setting = site.setting(align=Align.LEFT, anchor=Anchor.MIDDLE, largest=0.6 * lead.cap)
        rest = fit(words[1:], [replace(area, left=left)], measure, setting, site.obstacle)
        return _centred(site, [lead, _shifted(rest, 0.0, lead.ink.centre[1] - rest.ink.centre[1], 1)], area)
    room = replace(area, bottom=area.top + (0.62 if len(parts) == 2 else 0.5) * area.height)
    lead = fit(words[key : key + 1], [room], measure, site.setting(anchor=Anchor.TOP, largest=largest), site.obstacle)
    gap = 0.12 * lead.cap
    high = (area.height - lead.ink.height) / (len(parts) - 1) - gap
    small = site.setting(anchor=Anchor.TOP, largest=_REST * lead.cap)
    blocks, y = [], area.top
    for first, last in parts:
        low = replace(area, bottom=area.top + high)
        block = lead if first == key else fit(words[first:last], [low], measure, small, site.obstacle)
        blocks.append(_shifted(block, 0.0, y - block.ink.top, first))
        y = blocks[-1].ink.bottom + gap
    return _centred(site, blocks, area)


def _centred(site: Site, blocks: Sequence[Block], area: Box) -> tuple[Block, ...]:
    """Together in the middle of the area, as far as its alignment leaves that open."""
    ink = bounds(block.ink for block in blocks)
    x = area.centre[0] - ink.centre[0] if site.align is Align.CENTRE else 0.0
    y = area.centre[1] - ink.centre[1]
    placed = tuple(replace(_shifted(block, x, y, 0), area=area) for block in blocks)
    if any(site.obstacle.meets(line.ink) for block in placed for line in block.lines):
        raise DoesNotFit(sum(len(block.lines) for block in placed))
    return placed


def _shifted(block: Block, dx: float, dy: float, words: int) -> Block:
    """The block elsewhere; its words count from `words` on."""
    lines = tuple(
        replace(
            line,
            words=(line.words[0] + words, line.words[1] + words),
            x=line.x + dx,
            baseline=line.baseline + dy,
            ink=line.ink.moved(dx, dy),
        )
        for line in block.lines
    )
    return replace(block, lines=lines)
