"""A photo without a person in the picture: which part of it is shown, and where words stand beside it."""

from functools import cache

import numpy as np
import pytest

from app.demo import still
from core.compose.arrangement import Way
from core.compose.exhibit import Exhibit, stand
from core.compose.showing import composed, showing
from core.compose.studio import Composition, Plate, draw_plate, typeset
from core.domain.brief import Brief, TextPlace, Vibe
from core.domain.exhibit import Kind
from core.domain.format import FORMATS, custom
from core.vision.exhibit import see
from tests.compose.builder import VIBES, recipe

PHOTOS = {
    Kind.OBJECT: still.thing(600, 450),
    Kind.SCREEN: still.screenshot(640, 400),
    Kind.SCENE: still.scene(700, 450),
}


@cache
def exhibit(kind: Kind) -> Exhibit:
    photo = np.asarray(PHOTOS[kind])
    cut = see(photo).cut
    return Exhibit(kind, photo, cut.rgba if cut else None)


@cache
def shown(vibe: Vibe, kind: Kind, format_id: str = "youtube", position: int = 0) -> tuple[Plate, Composition]:
    wanted, target = recipe(vibe, position, exhibit="photo", subtext=""), FORMATS[format_id]
    plate = draw_plate(wanted, target, target.draft, None, exhibit(kind))
    stored = Plate.from_bytes(plate.to_bytes())
    assert stored.facts == plate.facts
    return plate, typeset(wanted, target, target.draft, stored)


@pytest.mark.parametrize("kind", Kind)
def test_words_stand_beside_what_is_shown_and_never_on_it(kind: Kind) -> None:
    for number, vibe in enumerate(VIBES):
        format_id = list(FORMATS)[number % len(FORMATS)]
        plate, composition = shown(vibe, kind, format_id, number % 6)
        assert composition.layout.lines
        for box in composition.layout.text_boxes:
            rows = slice(max(0, round(box.top)), round(box.bottom))
            under = plate.silhouette[rows, max(0, round(box.left)) : round(box.right)]
            assert float((under > 128).mean()) <= 0.02, (vibe, format_id)


def test_words_beside_what_a_wide_banner_shows_begin_at_its_edge() -> None:
    wanted, target = recipe(Vibe.CLEAN, exhibit="photo", subtext=""), custom(640, 256)
    plate = draw_plate(wanted, target, target.draft, None, exhibit(Kind.OBJECT))
    boxes = typeset(wanted, target, target.draft, plate).layout.text_boxes
    assert min(box.left for box in boxes) < 0.08 * target.draft.width


def test_the_same_photo_gives_identical_bytes() -> None:
    first, _ = shown(Vibe.NEON, Kind.SCREEN)
    again = draw_plate(
        recipe(Vibe.NEON, exhibit="photo", subtext=""), FORMATS["youtube"], FORMATS["youtube"].draft, None,
        exhibit(Kind.SCREEN),
    )  # fmt: skip
    assert first.to_bytes() == again.to_bytes()


def test_a_screenshot_is_never_cropped_nor_written_on() -> None:
    for vibe in VIBES:
        for family in {row.family for row in FORMATS.values()}:
            assert {showing(Brief(vibe=vibe), family, place, Kind.SCREEN).way for place in range(6)} == {Way.CARD}
    target = FORMATS["youtube"]
    row = showing(Brief(vibe=Vibe.CLEAN), target.family, 0, Kind.SCREEN)
    box = stand(exhibit(Kind.SCREEN), row, target.standard, Vibe.CLEAN)
    assert box.width / box.height == pytest.approx(640 / 400, rel=0.01)


def test_a_text_place_asked_for_holds_through_the_set() -> None:
    brief = Brief(vibe=Vibe.CINEMATIC, text_place=TextPlace.RIGHT)
    for place in range(6):
        row = composed(brief, FORMATS["youtube"].family, place, False, kind=Kind.SCENE)
        assert row.areas[0].centre[0] > 0.5
