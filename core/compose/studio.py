"""The front of the room: a plate without type, and type set on it.

An edited headline only needs `typeset` on the stored plate. Same recipe, same subject: identical bytes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import cv2
from numpy.typing import NDArray

from core.compose import backdrop, band, crest, emoji, floor, imprint, lettering, plinth
from core.compose import exhibit as exhibition
from core.compose import subject as person
from core.compose.adaptation import may_settle, settled
from core.compose.arrangement import Arrangement, Form, Scheme, Way, apart
from core.compose.capital import capitals, dotted
from core.compose.duo import duo, pair_of
from core.compose.exhibit import Exhibit
from core.compose.feeling import felt
from core.compose.font import FaceMeasure, FontChoice, NotCovered, choose, choose_plain, written
from core.compose.gate import Figures, failed, least, least_small, measured, refusing, stood
from core.compose.geometry import Box, Silhouette, bounds
from core.compose.ground import Ground
from core.compose.headline import Align, DoesNotFit
from core.compose.layer import Layer
from core.compose.layout import (
    BESIDE,
    Layout,
    Scene,
    Type,
    between,
    key_of,
    lay_out,
    roomy,
    words_of,
)
from core.compose.letter import Letters
from core.compose.look import look
from core.compose.manner import MANNERS
from core.compose.medallion import medallion
from core.compose.pairing import cast
from core.compose.palette import Palette, palette
from core.compose.plate import Plate, PlateFacts
from core.compose.quiet import Quiet
from core.compose.raster import Mask, Picture
from core.compose.reduction import renewed, small
from core.compose.remedy import AS_BACKED, FITTINGS, Backing, Fitting, mark_of, mended
from core.compose.shade import shade, stacked, suited
from core.compose.stance import Stance, stand
from core.compose.style import BOX_MARGIN, Style, style_of
from core.compose.subject import Subject
from core.compose.zone import hard_zones, safe_area, soft_zones
from core.domain.brief import ColourPriority, TypeMood, Vibe
from core.domain.format import Family, Format, Size
from core.domain.job import Recipe
from core.domain.score import small_width

__all__ = [
    "Composition",
    "DoesNotFit",
    "Exhibit",
    "Plate",
    "ScriptNotCovered",
    "Subject",
    "draw_plate",
    "typeset",
]


class ScriptNotCovered(ValueError):
    """No face here writes a part of the text."""

    def __init__(self, missing: NotCovered) -> None:
        super().__init__(", ".join(missing.scripts))
        self.missing = missing


@dataclass(frozen=True, slots=True, eq=False)
class Composition:
    """A finished picture, what it was set from, and its type, logo and signature as a layer."""

    picture: Picture
    layout: Layout
    type_layer: Layer | None
    letters: Letters
    plate: Plate
    style: Style
    """As it was set, with what a repair changed."""
    logo: crest.Logo | None
    ground: Layer | None
    """What the type was given to stand on: shade on an adopted plate, a band on ours."""
    seen: Picture
    """The picture at its smallest: what is measured of it is seen there."""


def draw_plate(
    recipe: Recipe,
    target: Format,
    size: Size,
    subject: Subject | None,
    exhibit: Exhibit | None = None,
    second: Subject | None = None,
) -> Plate:
    """Everything but type. Raises KeyError for a vibe this studio does not draw."""
    if subject is None:
        return _draw_alone(recipe, target, size) if exhibit is None else _draw_exhibit(recipe, target, size, exhibit)
    if second is not None or subject.faces:
        return _draw_pair(recipe, target, size, subject, second)
    return _draw_person(recipe, target, size, subject)


def _draw_alone(recipe: Recipe, target: Format, size: Size) -> Plate:
    """Ground for words."""
    vibe, row = recipe.brief.vibe, cast(recipe.brief, target, recipe.position, False)
    ground = _ground(recipe, row, _palette(recipe), size, None)
    picture, taken = backdrop.paint(vibe, 0 if row.form is Form.ASIDE else look(recipe.position).pattern, ground)
    if row.form is Form.SPLIT:
        backdrop.divide(picture, taken, vibe, ground)
    if size.height > size.width and (row.form is Form.SPLIT or vibe not in _FILLED):
        _floored(picture, vibe, ground, _SPLIT * size.height if row.form is Form.SPLIT else 0.0)
    backdrop.finish(vibe, picture, ground)
    return Plate(picture, taken, PlateFacts(None, None))


_FILLED = (Vibe.NEON, Vibe.CLEAN)
"""Their own motifs fill an upright picture's foot."""
_SPLIT = 0.68
"""Of an upright picture's height, below the panel that cuts it in two."""


def _draw_person(recipe: Recipe, target: Format, size: Size, subject: Subject) -> Plate:
    brief, colours, vibe, manner = recipe.brief, _palette(recipe), recipe.brief.vibe, MANNERS[recipe.brief.vibe]
    row, (high, wide) = cast(brief, target, recipe.position, True, subject.cut), subject.rgba.shape[:2]
    zones = _zones(recipe, target, size)
    stance = stand((wide, high), subject.target, subject.crown, subject.touches, row, size, zones, subject.ends)
    stance, roundel = medallion(stance, row, vibe, size, wide, subject.ends)
    ground = _ground(recipe, row, colours, size, stance.head)
    if roundel:
        ground = replace(ground, disc=(roundel.centre, roundel.radius))
    picture, taken = backdrop.paint(vibe, look(recipe.position).pattern, ground)
    end = _end(stance, row, ground, vibe)
    taken = cv2.max(taken, person.draw(picture, subject, stance, vibe, colours, end, roundel))
    if roundel and vibe in floor.UNDER_DISC:
        _floored(picture, vibe, ground, roundel.foot)
    elif not (roundel or stance.grounded):
        _footed(picture, vibe, row, ground, stance)
    if row.over_body and not (manner.band or manner.outlined):
        parts, whole = ground.text if row.scheme is Scheme.AROUND else (bounds(ground.text),), _whole(stance, ground)
        backdrop.scrim(picture, vibe, ground, parts, stance.head, whole=whole)
        if not whole:
            _floored(picture, vibe, ground, floor.raised(ground, stance.foot))
    backdrop.finish(vibe, picture, ground)
    return Plate(picture, taken, PlateFacts(stance.face, stance.head, subject.cut))


def _end(stance: Stance, row: Arrangement, ground: Ground, vibe: Vibe) -> person.End:
    """Where a body ends: under words that cross it, it ends behind them, or far below them by and by."""
    manner = MANNERS[vibe]
    if not row.over_body or stance.grounded or manner.band:
        return person.End(stance.foot)
    words = ground.text[-1]
    below = stance.foot - words.bottom
    if not manner.flat and below > _FAR_BELOW * stance.head.height:
        return person.End(stance.foot, below)
    return person.End(stance.foot if _whole(stance, ground) else min(stance.foot, words.centre[1]))


def _footed(picture: Picture, vibe: Vibe, row: Arrangement, ground: Ground, stance: Stance) -> None:
    """Hides where a photo ends above the picture's edge, as far as no words do."""
    manner, words = MANNERS[vibe], ground.text[-1]
    if not row.over_body or manner.outlined:
        plinth.draw(picture, vibe, ground, stance.foot)
    elif manner.band and floor.has_room(ground, words.bottom):
        # The field goes up to where the band may lie.
        edge = max(words.top, stance.head.bottom + plinth.NECK * ground.reach)
        plinth.draw(picture, vibe, ground, edge + plinth.OVER * ground.reach, level=True)


def _floored(picture: Picture, vibe: Vibe, ground: Ground, foot: float) -> None:
    """What lies below words and a body that ends above the picture's edge."""
    floor.lay(picture, vibe, ground, max(foot, ground.text[-1].bottom) + _UNDER * ground.height)


def _whole(stance: Stance, ground: Ground) -> bool:
    """Whether a body goes on as far as anybody looks."""
    return stance.foot > _AS_WHOLE * ground.height


_UNDER = 0.03
"""Of the picture's height, from words to a floor below them."""
_FAR_BELOW = 0.4
"""Of the head's height."""
_AS_WHOLE = 0.9
"""Of the picture's height."""


def _draw_pair(recipe: Recipe, target: Format, size: Size, first: Subject, second: Subject | None) -> Plate:
    brief, colours, vibe, pair = recipe.brief, _palette(recipe), recipe.brief.vibe, pair_of(second)
    row = cast(brief, target, recipe.position, True, pair=pair)
    both = duo(first, second, row, size, _zones(recipe, target, size))
    ground = _ground(recipe, row, colours, size, both.middle)
    amid = row.scheme is Scheme.BETWEEN
    if amid:
        area = between(ground.text[0], both.heads, BESIDE * min(size.width, size.height))
        ground = replace(ground, text=(area,))
    picture, taken = backdrop.paint(vibe, look(recipe.position).pattern, ground)
    # A stage also above a flat band: the two seldom end at one height.
    flat = MANNERS[vibe].flat and not MANNERS[vibe].paper
    stage = not both.grounded and (amid or not row.over_body or flat)
    for subject, stance in both.people:
        end = person.End(stance.foot) if stage else _end(stance, row, ground, vibe)
        taken = cv2.max(taken, person.draw(picture, subject, stance, vibe, colours, end))
    if stage:
        plinth.draw(picture, vibe, ground, both.foot, level=True)
    if amid:
        backdrop.aisle(picture, vibe, ground, ground.text[0], _AISLE * min(size.width, size.height))
    elif row.over_body and not (MANNERS[vibe].band or MANNERS[vibe].outlined):
        backdrop.scrim(picture, vibe, ground, (bounds(ground.text),), bounds(both.heads), whole=both.grounded)
        if not both.grounded:
            foot = max(stance.foot for _, stance in both.people if not stance.grounded)
            _floored(picture, vibe, ground, floor.raised(ground, foot))
    backdrop.finish(vibe, picture, ground)
    facts = PlateFacts(both.faces[0], bounds(both.heads), pair=pair, faces=both.faces, heads=both.heads)
    return Plate(picture, taken, facts)


_AISLE = 0.03
"""Of the short side, from the words between two people to the edge of their field."""


def _draw_exhibit(recipe: Recipe, target: Format, size: Size, exhibit: Exhibit) -> Plate:
    brief, colours = recipe.brief, _palette(recipe)
    row = cast(brief, target, recipe.position, False, kind=exhibit.kind)
    box = exhibition.stand(exhibit, row, size, brief.vibe)
    ground = _ground(recipe, row, colours, size, None if row.way is Way.GROUND else _lit(box))
    picture, taken = _calm(brief.vibe, look(recipe.position).pattern, ground)
    if row.way in (Way.GROUND, Way.BESIDE):
        exhibition.ground(picture, exhibit, row, brief.vibe, ground)
        taken[:] = 0
    if row.form is Form.SPLIT:
        backdrop.divide(picture, taken, brief.vibe, ground, photo=row.way is Way.BESIDE)
    if row.way in (Way.CUT, Way.CARD):
        if size.height > size.width and brief.vibe is not Vibe.NEON:
            _floored(picture, brief.vibe, ground, box.bottom)
        shown = exhibition.draw(picture, exhibit, box, brief.vibe, ground)
        taken = cv2.max(taken, shown)
    backdrop.finish(brief.vibe, picture, ground)
    return Plate(picture, taken, PlateFacts(None, None, exhibit=exhibit.kind))


def _calm(vibe: Vibe, pattern: int, ground: Ground) -> tuple[Picture, Mask]:
    """The pattern's ground, or the next one's whose shapes leave the words their place."""
    area = ground.text[0]
    place = slice(round(area.top), round(area.bottom)), slice(round(area.left), round(area.right))
    painted = backdrop.paint(vibe, pattern, ground)
    for step in (1, 2):
        if (painted[1][place] > 0).mean() < _IN_THE_WAY:
            break
        painted = backdrop.paint(vibe, pattern + step, ground)
    return painted


_IN_THE_WAY = 0.12
"""Of the words' place, covered by shapes of the ground."""


def _lit(box: Box) -> Box:
    """Where a head would be, for grounds that are painted around one: the middle of what is shown."""
    side = 0.62 * min(box.width, box.height)
    x, y = box.centre
    return Box(x - side / 2, y - side / 2, x + side / 2, y + side / 2)


def typeset(
    recipe: Recipe,
    target: Format,
    size: Size,
    plate: Plate,
    logo: NDArray[Any] | None = None,
    *,
    strict: bool = True,
) -> Composition:
    """Sets the recipe's headline and subtext on a plate drawn for the same format and size, then logo and signature.

    `logo` is the upload, (height, width, 4) uint8 with straight alpha. What finds no free corner is left out, and
    the layout's imprint says so: neither is worth refusing the picture. What does not pass its gates is mended, and the
    layout says how; what a refusing gate still does not pass is refused, unless not `strict`. Raises
    ScriptNotCovered and DoesNotFit.
    """
    zones = hard_zones(target, size, recipe.brief)
    crested = None if logo is None else crest.read(logo)
    quiet = Quiet(plate.picture)

    def made(fitting: Fitting, backing: Backing) -> Composition:
        if fitting.bare and not (recipe.brief.subtext.split() and words_of(recipe)):
            raise DoesNotFit(len(words_of(recipe)))
        layout, style = _fitted(recipe, target, size, plate, quiet, crested, fitting, backing)
        if logo is not None and crested is None:
            undrawn = (*layout.imprint.left_out, imprint.Part.LOGO)
            layout = replace(layout, imprint=replace(layout.imprint, left_out=undrawn))
        return _painted(recipe, target.family, plate, crested, layout, style, fitting, backing)

    def figures(one: Composition) -> Figures:
        return measured(one.picture, one.layout, one.style, zones, target.family, one.letters, one.seen)

    best, repair = mended(made, figures)
    if strict and repair is not None and refusing(repair.left):
        raise DoesNotFit(len(words_of(recipe)))
    return replace(best, layout=replace(best.layout, repair=repair))


def holds(recipe: Recipe, target: Format, size: Size, plate: Plate, fittings: Sequence[Fitting] = FITTINGS) -> bool:
    """Whether the face of a plate stands where it may, and its words find room at a size that passes in one of the
    fittings; nothing is drawn. Words that no face writes count as held: no other plate helps them."""
    faces, zones = plate.facts.faces or (plate.facts.face,), hard_zones(target, size, recipe.brief)
    if any(failed(stood(face, size, zones)) for face in faces):
        return False
    quiet = Quiet(plate.picture)
    for fitting in fittings:
        try:
            _fitted(recipe, target, size, plate, quiet, None, fitting, AS_BACKED)
        except DoesNotFit:
            continue
        except ScriptNotCovered:
            return True  # whatever plate is drawn
        return True
    return False


def may_hold(recipe: Recipe, target: Format, size: Size, like: PlateFacts) -> bool:
    """Whether the words may find room on a plate of the recipe's own composition that is not drawn yet, for whom or
    what another plate shows: as a sum, beside a head where the composition means it to be. Words that no face writes
    may: no plate helps them."""
    row = arranged(recipe, target, like)
    alone = like.face is not None and like.pair is None
    head = _meant(row, size) if alone else None
    subject = Silhouette(size.height / _STRIPS, (math.inf,) * _STRIPS, (-math.inf,) * _STRIPS)
    scene = Scene(
        size=size,
        row=row,
        zones=hard_zones(target, size, recipe.brief),
        subject=subject if head is None else subject.including(head),
        head=head,
    )
    for fitting in FITTINGS:
        try:
            type_, _ = _typed(recipe, target, size, like, fitting, AS_BACKED)
        except ScriptNotCovered:
            return True
        freely = like.adopted or fitting.around
        if may_settle(scene, type_, recipe.brief, target.family) if freely else roomy(scene, type_):
            return True
    return False


_STRIPS = 64
_MEANT = 0.8
"""Of a head's place in its composition: photos and zones move it."""


def _meant(row: Arrangement, size: Size) -> Box:
    x, y, half = row.at[0] * size.width, row.at[1] * size.height, _MEANT * row.head * size.height / 2
    return Box(x - 0.6 * half, y - half, x + 0.6 * half, y + half)


def _fitted(
    recipe: Recipe,
    target: Format,
    size: Size,
    plate: Plate,
    quiet: Quiet,
    crested: crest.Logo | None,
    fitting: Fitting,
    backing: Backing,
) -> tuple[Layout, Style]:
    """`quiet` is of the plate's picture. Raises ScriptNotCovered and DoesNotFit."""
    facts = plate.facts
    recipe = facts.composed(recipe)
    brief = recipe.brief
    type_, style = _typed(recipe, target, size, facts, fitting, backing)
    scene = Scene(
        size=size,
        row=arranged(recipe, target, facts),
        zones=hard_zones(target, size, brief) if facts.adopted else _zones(recipe, target, size),
        subject=person.silhouette(plate.silhouette),
        face=facts.face,
        head=facts.head,
        faces=facts.faces,
        heads=facts.heads,
    )
    if facts.adopted:
        scene = replace(scene, row=apart(scene.row, recipe.position))
    freely = facts.adopted or fitting.around

    def laid(around: Scene) -> Layout:
        if not freely:
            return lay_out(around, type_)
        layout = settled(around, type_, brief, target.family, quiet.busy)
        return replace(layout, palette=suited(plate.picture, layout, style))

    signing = _Signing(recipe, target, scene, style, crested, quiet)
    return replace(signing.signed(laid), tracking=style.tracking), style


def arranged(recipe: Recipe, target: Format, facts: PlateFacts) -> Arrangement:
    """The composition of a recipe for whom or what a plate shows."""
    known = facts.face is not None, facts.cut, facts.exhibit, facts.pair
    return cast(recipe.brief, target, recipe.position, *known)


def _typed(
    recipe: Recipe, target: Format, size: Size, facts: PlateFacts, fitting: Fitting, backing: Backing
) -> tuple[Type, Style]:
    """What is set, and how. Raises ScriptNotCovered."""
    brief = recipe.brief
    words = words_of(recipe)
    style = backing.styled(fitting.styled(style_of(brief, target.family)))
    if recipe.short:
        style = replace(style, largest=_SHORT * style.largest)
    subtext = () if fitting.bare else tuple(filter(None, map(written, brief.subtext.split())))
    dots = dotted((*words, *subtext), brief.language)
    if style.upper:
        words = tuple(capitals(word, dots) for word in words)
    if style.subtext_upper:
        subtext = tuple(capitals(word, dots) for word in subtext)
    font, small = (
        _chosen(
            choose(
                emoji.without(" ".join(words)),
                TypeMood.CONDENSED if fitting.narrow else brief.type_mood,
                brief.vibe,
                alone=facts.face is None,
                language=brief.language,
                brand="" if fitting.narrow else brief.brand_font,
            )
        ),
        _chosen(choose_plain(emoji.without(" ".join(subtext)), brief.language)),
    )
    if font.tall:
        style = replace(style, tracking=0.0)
    mark = mark_of(style.marks[look(recipe.position).mark], fitting, backing)
    # Room for a box is kept only where one is drawn.
    style = replace(style, marks=(mark, mark))
    type_ = Type(
        words=words,
        subtext=subtext,
        style=style,
        font=font.face,
        subtext_font=small.face,
        measure=FaceMeasure(font.face, style.tracking),
        subtext_measure=FaceMeasure(small.face, 0.0 if small.tall else style.subtext_tracking),
        palette=_palette(recipe),
        mark=mark,
        right_to_left=font.right_to_left,
        tall=font.tall,
        language=brief.language,
        key=key_of(recipe),
        least=least(target.family, size) if fitting.rebreak else 0.0,
        least_small=least_small(target.family, size) if fitting.rebreak else 0.0,
    )
    return type_, style


def _painted(
    recipe: Recipe,
    family: Family,
    plate: Plate,
    crested: crest.Logo | None,
    layout: Layout,
    style: Style,
    fitting: Fitting,
    backing: Backing,
) -> Composition:
    if backing.loud:
        layout = replace(layout, palette=replace(layout.palette, quiet=layout.palette.ink))
    picture = plate.picture.copy()
    freely = plate.facts.adopted or fitting.around
    ground = band.draw(layout, plate.silhouette) if MANNERS[recipe.brief.vibe].band and not freely else None
    if freely or backing.shade:
        ground = stacked(shade(picture, layout, style, plate.silhouette, backing.shade, backing.card), ground)
    stamp = crest.draw(layout.imprint, crested, layout.palette, (layout.width, layout.height))
    drawn = lettering.draw(layout, style, plate.picture)
    layer = stacked(ground, stacked(drawn.layer, stamp))
    before, width = plate.seen, small_width(family, layout.width)
    if layer is not None:
        layer.onto(picture)
    if layer is None or before is None or before.shape[1] != width:
        seen = small(picture, width)
    else:
        seen = renewed(before, picture, layer.place[0])
    return Composition(picture, layout, layer, drawn.letters, plate, style, crested, ground, seen)


_SHORT = 1.35
"""Of a vibe's largest letters: few words are set larger."""
_GIVEN_WAY = 0.9
"""Of the smallest letters, from which on type gives way to a quiet corner."""
_GIVEN_WAY_TO_BODY = 0.6
"""The same where the imprint would otherwise lie on the person."""


@dataclass(frozen=True, slots=True, eq=False)
class _Signing:
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


def _chosen(choice: FontChoice | NotCovered) -> FontChoice:
    if isinstance(choice, NotCovered):
        raise ScriptNotCovered(choice)
    return choice


def _palette(recipe: Recipe) -> Palette:
    brief = recipe.brief
    colours = palette(brief.vibe, brief.colours, brief.brand_colours, look(recipe.position).palette)
    # A brand's colours are the brand's, whatever is felt.
    return colours if brief.colours is ColourPriority.BRAND and brief.brand_colours else felt(colours, brief.emotion)


def _zones(recipe: Recipe, target: Format, size: Size) -> tuple[Box, ...]:
    """What a platform covers, and we ourselves."""
    return *hard_zones(target, size, recipe.brief), *backdrop.bars(recipe.brief.vibe, size)


_ASIDE = (Form.ASIDE, Form.SPLIT)


def _ground(recipe: Recipe, row: Arrangement, colours: Palette, size: Size, head: Box | None) -> Ground:
    light = head.centre if head else (row.at[0] * size.width, row.at[1] * size.height)
    reach = head.height if head else 0.62 * min(size.width, size.height)
    return Ground(
        width=size.width,
        height=size.height,
        palette=colours,
        light=light,
        reach=reach,
        text=tuple(area.scaled(size.width, size.height) for area in row.areas),
        text_side=row.text_side if row.scheme is Scheme.SIDE or row.form in _ASIDE else Align.CENTRE,
        seed=(recipe.seed * 31 + recipe.position) & 0x7FFFFFFF,
        person=head is not None,
    )
