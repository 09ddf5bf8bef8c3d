"""The studio's plates: a ground, before it nobody, one person, two, or what is shown in place of one."""

from __future__ import annotations

from dataclasses import replace

import cv2

from core.compose import backdrop, floor, plinth
from core.compose import exhibit as exhibition
from core.compose import subject as person
from core.compose.arrangement import Arrangement, Form, Scheme, Way
from core.compose.duo import duo, pair_of
from core.compose.exhibit import Exhibit
from core.compose.feeling import palette_of
from core.compose.geometry import Box, bounds
from core.compose.ground import Ground
from core.compose.headline import Align
from core.compose.look import look
from core.compose.manner import MANNERS
from core.compose.medallion import medallion
from core.compose.pairing import cast
from core.compose.palette import Palette
from core.compose.plate import Plate, PlateFacts
from core.compose.raster import Mask, Picture
from core.compose.site import BESIDE, between
from core.compose.stance import Stance, stand
from core.compose.subject import Subject
from core.compose.wording import words_of
from core.domain.brief import Vibe
from core.domain.format import Format, Size
from core.domain.job import Recipe


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
    ground = _ground(recipe, row, palette_of(recipe), size, None)
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
    brief, colours, vibe, manner = recipe.brief, palette_of(recipe), recipe.brief.vibe, MANNERS[recipe.brief.vibe]
    row, (high, wide) = cast(brief, target, recipe.position, True, subject.cut), subject.rgba.shape[:2]
    zones = backdrop.zones(brief, target, size)
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
    brief, colours, vibe, pair = recipe.brief, palette_of(recipe), recipe.brief.vibe, pair_of(second)
    row = cast(brief, target, recipe.position, True, pair=pair)
    both = duo(first, second, row, size, backdrop.zones(brief, target, size))
    ground = _ground(recipe, row, colours, size, both.middle)
    amid = row.scheme is Scheme.BETWEEN
    if amid:
        area = between(ground.text[0], both.heads, BESIDE * min(size.width, size.height))
        ground = replace(ground, text=(area,))
    picture, taken = backdrop.paint(vibe, look(recipe.position).pattern, ground)
    manner = MANNERS[vibe]
    banded = manner.band and row.over_body and not amid and bool(words_of(recipe))
    # A stage also above flat letters: the two seldom end at one height.
    stage = not (both.grounded or banded) and (amid or not row.over_body or (manner.flat and not manner.paper))
    for subject, stance in both.people:
        end = person.End(stance.foot) if stage else _end(stance, row, ground, vibe)
        taken = cv2.max(taken, person.draw(picture, subject, stance, vibe, colours, end))
    if stage and manner.paper:
        taken = cv2.max(taken, plinth.sheet(picture, vibe, ground, both.foot))
    elif stage:
        plinth.draw(picture, vibe, ground, both.foot, level=True)
    elif banded and not both.grounded:
        plinth.band(picture, taken, ground, both.foot)
    if amid:
        backdrop.aisle(picture, vibe, ground, ground.text[0], _AISLE * min(size.width, size.height))
    elif row.over_body and not (manner.band or manner.outlined):
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
    brief, colours = recipe.brief, palette_of(recipe)
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
