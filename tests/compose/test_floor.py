"""Below a body that runs out high in an upright picture there is something to see."""

from __future__ import annotations

import numpy as np
import pytest

from core.compose import floor, plinth
from core.compose.geometry import Box
from core.compose.ground import Ground
from core.compose.headline import Align
from core.compose.look import look
from core.compose.palette import Palette, channels, palette
from core.compose.studio import draw_plate
from core.compose.subject import Subject
from core.domain.brief import ColourPriority, People, TextPlace, Vibe
from core.domain.format import Size, find
from core.domain.job import Recipe
from tests.compose.builder import recipe, somebody

REELS, SIZE = find("reels"), Size(270, 480)
WHOLE = somebody(300)
assert WHOLE.face is not None
CLOSE = Subject(WHOLE.rgba[: round(WHOLE.face.bottom + 0.45 * WHOLE.face.height)], WHOLE.face, ("bottom",))


def palette_of(made: Recipe) -> Palette:
    return palette(made.brief.vibe, made.brief.colours, (), look(made.position).palette)


@pytest.mark.parametrize("vibe", Vibe)
@pytest.mark.parametrize("two", [False, True])
def test_the_foot_of_9_16_is_neither_black_nor_plain(vibe: Vibe, two: bool) -> None:
    brief = recipe(vibe, text_place=TextPlace.BOTTOM, people=People.TWO if two else People.ONE)
    plate = draw_plate(brief, REELS, SIZE, CLOSE, None, CLOSE if two else None)
    foot = plate.picture[round(0.72 * SIZE.height) :].astype(float)
    assert foot.mean() > 8, "not all night"
    assert np.ptp(foot.mean(axis=2)[::4, ::4]) > 8 and foot.std() > 2.5


@pytest.mark.parametrize("position", [1, 3])
def test_the_field_under_words_keeps_below_the_chin(position: int) -> None:
    brief = recipe(Vibe.BOLD, position, text_place=TextPlace.BOTTOM)
    plate, palette = draw_plate(brief, REELS, SIZE, CLOSE), palette_of(brief)
    face = plate.facts.face
    assert face is not None
    middle, reach = face.centre[0], 0.2 * face.width
    row = plate.picture[round(face.bottom) - 2, round(middle - reach) : round(middle + reach)].astype(float)
    for colour in (palette.shade, palette.pop):
        assert (np.abs(row - channels(colour)).sum(axis=1) > 60).mean() > 0.9


@pytest.mark.parametrize("vibe", Vibe)
def test_words_alone_leave_no_empty_half_in_9_16(vibe: Vibe) -> None:
    for position in (0, 3):
        foot = draw_plate(recipe(vibe, position), REELS, SIZE, None).picture[round(0.7 * SIZE.height) :].astype(float)
        assert np.ptp(foot.mean(axis=2)[::4, ::4]) > 8 and foot.std() > 2.5


@pytest.mark.parametrize("vibe", [Vibe.TECH, Vibe.DOCUMENTARY])
def test_no_ring_and_no_paper_rises_over_a_chin(vibe: Vibe) -> None:
    size, head = Size(640, 360), Box(400, 60, 560, 260)
    for seed in range(6):
        ground = Ground(
            width=size.width,
            height=size.height,
            palette=palette(vibe, ColourPriority.WARM),
            light=head.centre,
            reach=head.height,
            text=(Box(30, 40, 330, 320),),
            text_side=Align.LEFT,
            seed=seed,
            person=True,
        )
        picture = np.zeros((size.height, size.width, 3), np.uint8)
        floor.lay(picture, vibe, ground, head.bottom + 0.08 * head.height)
        steep = np.abs(np.diff(picture[: round(head.bottom - 0.06 * head.height)].astype(int), axis=0)).max()
        assert steep < 30, (seed, steep)


def _ground(light: tuple[float, float]) -> Ground:
    """A head of 160 px in a wide picture."""
    return Ground(
        width=480,
        height=270,
        palette=palette(Vibe.TECH, ColourPriority.WARM, (), 0),
        light=light,
        reach=160.0,
        text=(Box(10, 30, 240, 200),),
        text_side=Align.LEFT,
        seed=3,
        person=True,
    )


@pytest.mark.parametrize("vibe", [Vibe.TECH, Vibe.CINEMATIC])
def test_a_body_sinks_from_under_its_chin_and_not_from_its_mouth(vibe: Vibe) -> None:
    ground, before = _ground((336.0, 140.0)), np.full((270, 480, 3), 120, np.uint8)
    after = before.copy()
    floor.lay(after, vibe, ground, ground.chin + 8)
    # Beside a head fog may stand higher than in front of it.
    face = slice(round(336 - 0.35 * ground.reach), round(336 + 0.35 * ground.reach))
    change = np.abs(after.astype(int) - before)[:, face]
    assert change[: round(ground.chin) - 12].max() < 48 and change[round(ground.chin) + 8 :].max() > 60


@pytest.mark.parametrize("middle", [0.3, 0.45, 0.7])
def test_a_field_hides_where_a_close_portrait_ends_and_not_its_chin(middle: float) -> None:
    ground = _ground((middle * 480, 100.0))
    foot = ground.chin + 0.11 * ground.reach
    picture = np.full((270, 480, 3), 120, np.uint8)
    plinth.draw(picture, Vibe.MEME, ground, foot)
    free = (picture == 120).all(axis=2)
    first, last = (round(middle * 480 + by * ground.reach) for by in (-0.25, 0.25))
    assert free[: round(ground.chin), first:last].all()
    assert not free[round(foot) :, max(0, first - round(0.6 * ground.reach)) : last].any()


@pytest.mark.parametrize("vibe", [Vibe.NEON, Vibe.TECH, Vibe.CINEMATIC])
def test_nothing_of_a_body_is_seen_where_its_photo_ends(vibe: Vibe) -> None:
    ground = _ground((336.0, 100.0))
    foot = ground.chin + 0.2 * ground.reach
    columns = slice(round(336 - 0.6 * ground.reach), round(336 + 0.6 * ground.reach))
    drawn = []
    for body in (20, 240):
        picture = np.full((270, 480, 3), body, np.uint8)
        floor.lay(picture, vibe, ground, foot - plinth.OVER * ground.reach)
        drawn.append(picture[round(foot) :, columns].astype(int))
    assert np.abs(drawn[0] - drawn[1]).max() <= 2
