"""The layout of one picture as numbers: where the person stands and where every line of type goes.

Everything is in pixels of the finished picture. A Layout is stored with the variant and is what an export describes.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache

from core.compose.arrangement import Arrangement, Form, Scheme
from core.compose.emphasis import core, shouted, stripped, strongest, vocabulary_of
from core.compose.font import written
from core.compose.geometry import Box, Silhouette, bounds, clear_of
from core.compose.headline import Align, Anchor, Block, DoesNotFit, SetLine, Setting, fit
from core.compose.imprint import NOTHING, Imprint
from core.compose.measure import Measure
from core.compose.palette import Palette
from core.compose.room import Ruler, ruler
from core.compose.seam import GLUE, clusters, joined, syllables
from core.compose.style import Mark, Style
from core.compose.zone import within
from core.domain.format import Size
from core.domain.job import Recipe
from core.domain.score import Repair

_AIR = 0.03
"""Of the canvas' height, between a body that ends and words below it."""
_BROW = 0.12
"""Of a face's height over it, where the hair begins that words may cross."""
BESIDE = 0.055
"""Of the short side, from a head to type beside it: hair is wider than the face that was found."""
_APART, _BAR = 0.022, 0.046
"""Of the short side, from letters to the person; and for a bar that stands between them (`underlay.bar`)."""
_LEVEL = 0.4
"""Of the vibe's turn, for a block as wide as the canvas: its swing would cost it the height."""
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
_SMALLEST = 0.016
"""Capital height over the short side below which a headline is refused: 12 px at 1280x720."""


class Role(StrEnum):
    PLAIN = "plain"
    SECOND = "second"
    """A plain line in the accent's colour, where a box already carries the emphasis."""
    EMPHASIS = "emphasis"
    SUBTEXT = "subtext"


@dataclass(frozen=True, slots=True)
class Span:
    text: str
    x: float
    width: float
    role: Role
    after: str = " "
    """What stands between it and what follows, on its line or the next: nothing within a word or between phrases."""


@dataclass(frozen=True, slots=True)
class TextLine:
    spans: tuple[Span, ...]
    baseline: float
    size: float
    """Font size, px per em."""
    cap: float
    ink: Box
    """Ink with stroke, before the block's turn."""

    @property
    def text(self) -> str:
        return typed((self,))


def typed(lines: Iterable[TextLine]) -> str:
    """The text of the lines as somebody typed it."""
    return "".join(span.text + span.after for line in lines for span in line.spans).removesuffix(" ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    width: int
    height: int
    scheme: Scheme
    align: Align
    text_side: Align
    angle: float
    """Degrees counter-clockwise, of all type about `pivot`."""
    pivot: tuple[float, ...]
    lines: tuple[TextLine, ...]
    subtext: tuple[TextLine, ...]
    font: str
    subtext_font: str
    mark: Mark
    palette: Palette
    face: Box | None
    head: Box | None
    """Of two people, around both heads."""
    imprint: Imprint = NOTHING
    tracking: float | None = None
    """In em, per letter of the headline, as it was set; None in older records: the style's."""
    faces: tuple[Box, ...] = ()
    """Where there are two people, the face of each."""
    repair: Repair | None = None
    """What had to be changed before it passed its gates."""

    @property
    def shown_faces(self) -> tuple[Box, ...]:
        return self.faces or (() if self.face is None else (self.face,))

    @property
    def text_boxes(self) -> tuple[Box, ...]:
        """Bounds of every line as it stands in the picture."""
        about = (self.pivot[0], self.pivot[1])
        return tuple(line.ink.turned(self.angle, about) for line in (*self.lines, *self.subtext))


def words_of(recipe: Recipe) -> tuple[str, ...]:
    """The words a recipe shows, as typed: its headline's or those of its short form, under the brief's cap."""
    asked = recipe.headline.split()
    # Of a headline that is nothing but emoji we cannot draw nothing would be left: it is refused as what it is.
    words = tuple(word for word in map(written, asked) if word) or tuple(asked)
    return words[: recipe.brief.word_cap] if recipe.brief.word_cap else words


def key_of(recipe: Recipe) -> int | None:
    """Which of `words_of` somebody wants to stand out, having said so or typed it loudly; None: nobody does, or it is
    not shown."""
    brief, words = recipe.brief, words_of(recipe)
    asked = brief.words.split()
    if not brief.key_word:
        return shouted(words)
    if brief.key_word not in range(1, len(asked) + 1) or not written(asked[brief.key_word - 1]):
        return None
    if recipe.short:
        word = asked[brief.key_word - 1]
        return next((index for index, one in enumerate(words) if stripped(one) == stripped(word)), None)
    key = sum(bool(written(word)) for word in asked[: brief.key_word - 1])
    return key if key < len(words) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What the type has to live with."""

    size: Size
    row: Arrangement
    zones: tuple[Box, ...]
    subject: Silhouette
    face: Box | None = None
    head: Box | None = None
    faces: tuple[Box, ...] = ()
    heads: tuple[Box, ...] = ()
    """Of two people, from left to right; `head` is around both."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Type:
    """What is to be set, and with what."""

    words: tuple[str, ...]
    subtext: tuple[str, ...]
    style: Style
    font: str
    subtext_font: str
    measure: Measure
    subtext_measure: Measure
    palette: Palette
    mark: Mark
    right_to_left: bool = False
    tall: bool = False
    """Letters without capitals."""
    language: str = ""
    """The person's, a BCP 47 tag: where phrases end."""
    key: int | None = None
    """Which of the words carries the headline, where that was said."""
    least: float = 0.0
    """Capital height in px no line of the headline may be below."""
    least_small: float = 0.0
    """The same of the small line."""


def roomy(scene: Scene, type_: Type) -> bool:
    """Whether the words may find room in a scene at all: a sum, before anything is searched."""
    torn = replace(_broken(type_, clusters), style=replace(type_.style, angle=0.0))
    return not torn.words or _Composer(scene, torn).roomy()


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


@lru_cache(64)
def _carrying(words: tuple[str, ...]) -> int:
    return strongest(words)


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
        layout = _Composer(scene, replace(type_, style=replace(type_.style, angle=angle))).layout()
        if angle == 0.0 or _clear(layout, scene):
            return layout
    raise AssertionError("the unturned layout is always returned")


def _clear(layout: Layout, scene: Scene) -> bool:
    canvas = Box(0, 0, layout.width, layout.height)
    return all(within(box, canvas) and not any(box.meets(zone) for zone in scene.zones) for box in layout.text_boxes)


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


def between(area: Box, heads: Sequence[Box], margin: float) -> Box:
    """The part of an area that lies between two heads."""
    if len(heads) != 2:
        return area
    first, second = sorted(heads, key=lambda head: head.left)
    return replace(area, left=max(area.left, first.right + margin), right=min(area.right, second.left - margin))


class _Composer:
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

    def layout(self) -> Layout:
        type_, size, row = self.type, self.scene.size, self.scene.row
        blocks = self._blocks() if type_.words else ()
        middle = bounds(block.ink for block in blocks).centre if blocks else (size.width / 2, size.height / 2)
        return Layout(
            width=size.width,
            height=size.height,
            scheme=row.scheme,
            align=self.align,
            text_side=row.text_side,
            angle=self.angle,
            pivot=middle,
            lines=self._emphasised([line for block in blocks for line in block.lines]),
            subtext=self._subtext(blocks) if type_.subtext else (),
            font=type_.font,
            subtext_font=type_.subtext_font,
            mark=type_.mark,
            palette=type_.palette,
            face=self.scene.face,
            head=self.scene.head,
            faces=self.scene.faces,
        )

    def _setting(self, **changes: object) -> Setting:
        style, row = self.type.style, self.scene.row
        setting = Setting(
            align=self.align,
            anchor=row.anchor,
            spread=style.spread,
            gap=style.gap,
            pad=style.pad,
            margin=(_APART + (_BAR if style.rule and self.inwards else 0.0)) * self.short,
            largest=style.largest * self.short,
            smallest=max(self.type.least, _SMALLEST * self.short),
            angle=self.angle,
            tall=self.type.tall,
            boxed=self.type.mark is Mark.BOX,
            small=self.small,
        )
        return replace(setting, **changes)  # type: ignore[arg-type]

    def roomy(self) -> bool:
        """Whether the headline may stand here, as far as widths and heights tell."""
        words, row = self.type.words, self.scene.row
        rule, setting = ruler(words, self.type.measure), self._setting()
        if row.scheme is Scheme.AROUND and len(words) > 1:
            return bool(self._halves(rule, setting))
        if row.form is Form.POSTER and len(words) > 1:
            setting = replace(setting, gap=0.0, pad=0.0, margin=0.0)  # its parts have rows and columns of their own
        areas = self.areas[:1] if row.scheme is Scheme.AROUND else self.areas
        return rule.holds(0, len(words), areas, setting, self.obstacle)

    def _fit(self, words: tuple[str, ...], rooms: Sequence[Box], setting: Setting) -> Block:
        """Raises DoesNotFit, where it can at once."""
        measure = self.type.measure
        if not ruler(words, measure).holds(0, len(words), rooms, setting, self.obstacle):
            raise DoesNotFit(len(words))
        return fit(words, rooms, measure, setting, self.obstacle)

    def _halves(self, rule: Ruler, setting: Setting) -> list[int]:
        """Where a headline around a face may be cut: both halves may find room."""
        upper, lower = self.areas
        count = len(self.type.words)
        return [
            cut
            for cut in range(1, count)
            if rule.holds(0, cut, [upper], setting, self.obstacle)
            and rule.holds(cut, count, [lower], setting, self.obstacle)
        ]

    def _blocks(self) -> tuple[Block, ...]:
        words, measure = self.type.words, self.type.measure
        if self.scene.row.scheme is Scheme.AROUND and len(words) > 1:
            return self._parted(words, measure)
        if self.scene.row.form is Form.POSTER and len(words) > 1:
            try:
                return self._posted(words, measure)
            except DoesNotFit:
                pass  # no room to stand beside or over one word: they are set as a block
        areas = self.areas[:1] if self.scene.row.scheme is Scheme.AROUND else self.areas
        strip = self._strip()
        rooms = [Box(area.left, area.top, area.right, area.bottom - strip) for area in areas]
        block = self._fit(words, rooms, self._setting(key=self.key))
        return (self._under_head(block),)

    def _under_head(self, block: Block) -> Block:
        """Centred type across the body stands on the head's axis, or as near to it as its area reaches."""
        head, row = self.scene.head, self.scene.row
        if row.scheme is not Scheme.BOTTOM or head is None:
            return block
        if row.anchor is Anchor.BOTTOM:
            # Below a body that ends above it, type stands in the middle of what is left.
            gap = block.ink.top - self.scene.subject.foot - _AIR * self.scene.size.height
            lower = block.ink.bottom - _LOWEST * self.scene.size.height
            block = _shifted(block, 0.0, -max(0.0, min(gap / 2, lower)), 0)
        return self._beneath(head, block)

    def _beneath(self, above: Box, block: Block) -> Block:
        if self.align is not Align.CENTRE:
            return block
        ink = block.ink.turned(self.angle, block.ink.centre)
        wanted = above.centre[0] - ink.centre[0]
        return _shifted(block, max(block.area.left - ink.left, min(wanted, block.area.right - ink.right)), 0.0, 0)

    def _parted(self, words: tuple[str, ...], measure: Measure) -> tuple[Block, ...]:
        """The cut whose smaller half is largest, as far as the halves stay halves."""
        upper, lower = self.areas
        lower = Box(lower.left, lower.top, lower.right, lower.bottom - self._strip())
        setting = self._setting(most_lines=2 if len(words) <= 12 else 12)
        key = self.key
        found: list[tuple[float, tuple[Block, Block]]] = []
        rule = ruler(words, measure)
        cuts = self._halves(rule, setting)
        if len(cuts) > _MOST_CUTS:
            reach = {cut: min(rule.largest(0, cut, upper), rule.largest(cut, len(words), lower)) for cut in cuts}
            cuts = sorted(sorted(cuts, key=lambda cut: reach[cut], reverse=True)[:_MOST_CUTS])
        for cut in cuts:
            halves = (words[:cut], upper), (words[cut:], lower)
            led = key >= cut
            try:
                lead = fit(halves[led][0], [halves[led][1]], measure, setting, self.obstacle)
                quiet = replace(setting, largest=min(setting.largest, 1.1 * lead.cap))
                other = fit(halves[not led][0], [halves[not led][1]], measure, quiet, self.obstacle)
            except DoesNotFit:
                continue
            pair = (other, lead) if led else (lead, other)
            first, second = (measure.advance(joined(half)) for half, _ in halves)
            lopsided = abs(first - second) / (first + second)
            dangling = 0.75 if stripped(words[cut - 1]) in self.small else 1.0
            found.append((min(block.cap for block in pair) * (1 - 0.5 * lopsided) * dangling, pair))
        if not found:
            raise DoesNotFit(len(words))
        over, under = max(found, key=lambda row: row[0])[1]
        shift = len(words) - sum(last - start for line in under.lines for start, last in [line.words])
        moved = tuple(replace(line, words=(line.words[0] + shift, line.words[1] + shift)) for line in under.lines)
        return over, replace(under, lines=moved)

    def _posted(self, words: tuple[str, ...], measure: Measure) -> tuple[Block, ...]:
        """The key word as large as its share of the area, what comes before over it, what follows under it.

        A figure in front has the rest beside it where the area is wide.
        """
        key, area = self.key, self.areas[0]
        area = replace(area, bottom=area.bottom - self._strip())
        beside = key == 0 and any(letter.isdigit() for letter in words[0]) and area.width > 1.2 * area.height
        parts = [(0, key), (key, key + 1), (key + 1, len(words))]
        parts = [part for part in parts if part[0] < part[1]]
        if not beside and area.width > _FLAT * area.height:
            raise DoesNotFit(len(words))  # rows on top of each other would all be small
        largest = max(self.type.style.largest, 0.6) * self.short
        if beside:
            room = replace(area, right=area.left + _FIGURE * area.width)
            lead = fit(words[:1], [room], measure, self._setting(largest=largest), self.obstacle)
            left = lead.ink.right + 0.03 * area.width
            setting = self._setting(align=Align.LEFT, anchor=Anchor.MIDDLE, largest=0.6 * lead.cap)
            rest = fit(words[1:], [replace(area, left=left)], measure, setting, self.obstacle)
            return self._centred([lead, _shifted(rest, 0.0, lead.ink.centre[1] - rest.ink.centre[1], 1)], area)
        room = replace(area, bottom=area.top + (0.62 if len(parts) == 2 else 0.5) * area.height)
        lead = fit(
            words[key : key + 1], [room], measure, self._setting(anchor=Anchor.TOP, largest=largest), self.obstacle
        )
        gap = 0.12 * lead.cap
        high = (area.height - lead.ink.height) / (len(parts) - 1) - gap
        small = self._setting(anchor=Anchor.TOP, largest=_REST * lead.cap)
        blocks, y = [], area.top
        for first, last in parts:
            low = replace(area, bottom=area.top + high)
            block = lead if first == key else fit(words[first:last], [low], measure, small, self.obstacle)
            blocks.append(_shifted(block, 0.0, y - block.ink.top, first))
            y = blocks[-1].ink.bottom + gap
        return self._centred(blocks, area)

    def _centred(self, blocks: Sequence[Block], area: Box) -> tuple[Block, ...]:
        """Together in the middle of the area, as far as its alignment leaves that open."""
        ink = bounds(block.ink for block in blocks)
        x = area.centre[0] - ink.centre[0] if self.align is Align.CENTRE else 0.0
        y = area.centre[1] - ink.centre[1]
        placed = tuple(replace(_shifted(block, x, y, 0), area=area) for block in blocks)
        if any(self.obstacle.meets(line.ink) for block in placed for line in block.lines):
            raise DoesNotFit(sum(len(block.lines) for block in placed))
        return placed

    def _strip(self) -> float:
        """Height kept for the subtext under the headline."""
        if not self.type.subtext:
            return 0.0
        cap = self._small_cap()
        wide = self.type.subtext_measure.advance(joined(self.type.subtext)) * cap / self.type.subtext_measure.cap
        lines = math.ceil(wide / (0.95 * max(area.width for area in self.areas)))
        return min((1.2 + 1.75 * lines) * cap, 0.34 * min(area.height for area in self.areas))

    def _small_cap(self) -> float:
        """px, of the small line's capitals where nothing makes them smaller."""
        return max(self.type.style.subtext * self.short, self.type.least_small)

    def _subtext(self, blocks: Sequence[Block]) -> tuple[TextLine, ...]:
        style, measure = self.type.style, self.type.subtext_measure
        cap = self._small_cap()
        area = blocks[-1].area if blocks else self.areas[-1]
        if blocks:
            area = replace(area, bottom=area.bottom + self._strip())
        under = style.pad * blocks[-1].lines[-1].cap if blocks else 0.0
        gap = min(max(0.6 * cap, 1.2 * cap - under), 0.35 * self._strip())
        top = blocks[-1].ink.bottom + gap if blocks else area.top
        swing = abs(math.sin(math.radians(self.angle))) * area.width / 2
        room = Box(area.left, top, area.right, max(area.bottom - swing, top + 0.5))
        setting = self._setting(
            anchor=Anchor.TOP,
            spread=1.0,
            gap=0.75,
            pad=0.3,
            largest=cap,
            smallest=max(self.type.least_small, 0.6 * _SMALLEST * self.short),
            angle=0.0,
        )
        if self.align is Align.LEFT and blocks:
            # Flush with the headline's letters, not with the padding around them.
            edge = min(line.x for block in blocks for line in block.lines)
            room = replace(room, left=max(area.left, edge - 0.3 * cap))
        block = fit(self.type.subtext, [room], measure, setting, self.obstacle)
        if blocks:
            block = self._beneath(blocks[-1].ink, block)
        return tuple(
            TextLine((_whole(line, self.type.subtext, Role.SUBTEXT),), line.baseline, line.size, line.cap, line.ink)
            for line in block.lines
        )

    def _emphasised(self, lines: Sequence[SetLine]) -> tuple[TextLine, ...]:
        if not lines:
            return ()
        key = -1 if self.type.mark is Mark.NONE else self.key
        result = [self._line(line, key - line.words[0]) for line in lines]
        plain = [index for index, line in enumerate(result) if all(span.role is Role.PLAIN for span in line.spans)]
        if self.type.style.second and self.type.mark is Mark.BOX and len(result) > 2 and len(plain) > 1:
            line = result[plain[-1]]
            result[plain[-1]] = replace(line, spans=tuple(replace(span, role=Role.SECOND) for span in line.spans))
        return tuple(result)

    def _line(self, line: SetLine, key: int) -> TextLine:
        """Only the key word is highlighted, but for the whole line where pieces would break the order of its words."""
        words = self.type.words[slice(*line.words)]
        spans: tuple[Span, ...]
        if not 0 <= key < len(words):
            spans = (_whole(line, self.type.words, Role.PLAIN),)
        elif (self.type.right_to_left and not _backwards(line.text)) or (len(words) == 1 and _is_core(words[0])):
            spans = (_whole(line, self.type.words, Role.EMPHASIS),)
        else:
            spans = tuple(self._pieces(line, words, key))
        return TextLine(spans, line.baseline, line.size, line.cap, line.ink)

    def _pieces(self, line: SetLine, words: Sequence[str], key: int) -> list[Span]:
        glue = GLUE if words[key].endswith(GLUE) else ""
        head, word, tail = core(words[key].removesuffix(GLUE))
        parts = (
            ((*words[:key], *_against(head)), Role.PLAIN),
            ((word + (GLUE if tail else glue),), Role.EMPHASIS),
            ((*((tail + glue,) if tail else ()), *words[key + 1 :]), Role.PLAIN),
        )
        result: list[Span] = []
        before: tuple[str, ...] = ()
        measure, end = self.type.measure, line.x + line.width
        for pieces, role in parts:
            if pieces:
                text = joined(pieces)
                width = measure.advance(text) * line.size
                done = (measure.advance(joined((*before, "|"))) - measure.advance("|")) * line.size
                x = max(line.x, end - done - width) if self.type.right_to_left else min(line.x + done, end - width)
                before = (*before, *pieces)
                result.append(Span(text, x, width, role, _after(pieces[-1])))
        return result


def _whole(line: SetLine, words: Sequence[str], role: Role) -> Span:
    return Span(line.text, line.x, line.width, role, _after(words[line.words[1] - 1]))


def _backwards(text: str) -> bool:
    """Whether every word runs to the left: figures, emoji and words of other scripts among them change the order."""
    return all(
        unicodedata.bidirectional(letter) in _FROM_THE_RIGHT or unicodedata.category(letter)[0] == "P"
        for letter in text
    )


_FROM_THE_RIGHT = ("R", "AL", "NSM", "WS")


def _against(head: str) -> tuple[str, ...]:
    # An emoji that accompanies its word keeps the space that was typed between them.
    return (head.rstrip(" ") + ("" if head.endswith(" ") else GLUE),) if head else ()


def _is_core(piece: str) -> bool:
    return core(piece.removesuffix(GLUE))[1] == piece.removesuffix(GLUE)


def _after(piece: str) -> str:
    return "" if piece.endswith(GLUE) else " "
