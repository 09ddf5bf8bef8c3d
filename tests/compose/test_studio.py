"""Whole pictures: determinism, the cached plate, scripts, contrast as seen."""

import json
import struct
from pathlib import Path

import cv2
import numpy as np
import pytest

from core.compose import encode
from core.compose.capital import capitals
from core.compose.letter import glyphs
from core.compose.look import look
from core.compose.plate import PlateFacts
from core.compose.studio import Plate, ScriptNotCovered, draw_plate, typeset
from core.compose.style import style_of
from core.compose.subject import Subject
from core.domain import feed
from core.domain.brief import MEASURABLE, ColourPriority, TextPlace, Vibe
from core.domain.format import FORMATS
from core.domain.job import Recipe
from core.domain.record import to_record
from tests.compose.builder import VIBES, kept_plate, portrait, positions, recipe, somebody
from tests.compose.test_font import COVERED

YOUTUBE = FORMATS["youtube"]
PERSON = somebody()


@pytest.mark.parametrize("vibe", VIBES)
def test_the_same_recipe_gives_identical_bytes(vibe: Vibe) -> None:
    first, second = (draw_plate(recipe(vibe), YOUTUBE, YOUTUBE.draft, PERSON) for _ in range(2))
    assert first.picture.tobytes() == second.picture.tobytes()
    files = [encode.jpeg(typeset(recipe(vibe), YOUTUBE, YOUTUBE.draft, plate).picture) for plate in (first, second)]
    assert files[0] == files[1]


@pytest.mark.parametrize("vibe", VIBES)
def test_another_seed_gives_another_ground(vibe: Vibe) -> None:
    first, second = (draw_plate(recipe(vibe, 1, seed), YOUTUBE, YOUTUBE.draft, None) for seed in (1, 2))
    if vibe not in (Vibe.CLEAN, Vibe.MINIMALIST):  # flat paper holds no chance
        assert first.picture.tobytes() != second.picture.tobytes()


def test_an_edited_headline_needs_only_the_stored_plate() -> None:
    before, after = recipe(headline="I quit"), recipe(headline="They fired me")
    plate = draw_plate(before, YOUTUBE, YOUTUBE.draft, PERSON)
    stored = Plate.from_bytes(plate.to_bytes())
    assert stored.facts == plate.facts
    edited = typeset(after, YOUTUBE, YOUTUBE.draft, stored)
    anew = typeset(after, YOUTUBE, YOUTUBE.draft, draw_plate(after, YOUTUBE, YOUTUBE.draft, PERSON))
    assert edited.layout == anew.layout
    assert edited.picture.tobytes() == anew.picture.tobytes()


def test_an_edit_on_a_plate_that_keeps_its_small_look_is_seen_as_one_that_is_looked_at_anew() -> None:
    after = recipe(headline="They fired me")
    plate = draw_plate(recipe(), YOUTUBE, YOUTUBE.draft, PERSON)
    looked, unseen = (Plate.from_bytes(plate.to_bytes(width)) for width in (feed.SMALLEST, 0))
    assert looked.seen is not None
    assert unseen.seen is None
    first, second = (typeset(after, YOUTUBE, YOUTUBE.draft, stored) for stored in (looked, unseen))
    assert (first.seen == second.seen).all()
    assert first.picture.tobytes() == second.picture.tobytes()


def test_a_plate_stored_as_one_png_is_still_read() -> None:
    plate = draw_plate(recipe(), YOUTUBE, YOUTUBE.draft, PERSON)
    facts = json.dumps(to_record(plate.facts)).encode()
    _, png = cv2.imencode(".png", cv2.merge((*cv2.split(plate.picture)[::-1], plate.silhouette)))
    old = Plate.from_bytes(struct.pack("<I", len(facts)) + facts + png.tobytes())
    new = Plate.from_bytes(plate.to_bytes())
    assert old.facts == new.facts
    for stored in (old, new):
        assert (stored.picture == plate.picture).all()
        assert (stored.silhouette == plate.silhouette).all()


@pytest.mark.parametrize("side", [64, 1600])
def test_a_plate_comes_back_as_it_was_whether_its_size_is_packed_or_not(side: int) -> None:
    rng = np.random.default_rng(1)
    grain, body = rng.integers(0, 256, (side, side, 3), np.uint8), rng.integers(0, 256, (side, side), np.uint8)
    stored = Plate.from_bytes(Plate(grain, body, PlateFacts(None, None)).to_bytes())
    assert (stored.picture == grain).all()
    assert (stored.silhouette == body).all()


def test_typesetting_leaves_the_plate_as_it_was() -> None:
    plate = draw_plate(recipe(), YOUTUBE, YOUTUBE.draft, PERSON)
    before = plate.picture.copy()
    first, second = (typeset(recipe(), YOUTUBE, YOUTUBE.draft, plate).picture for _ in range(2))
    assert (plate.picture == before).all()
    assert (first == second).all()


_EMPTY = b"\x89TFP\x02\0\0\0\x08\0\x08\0" + bytes(8) + b"{}"
"""A header for 8x8 px, and none of them."""


@pytest.mark.parametrize(
    "data", [b"", b"xx", b"\x02\x00\x00\x00{}", b"\x02\x00\x00\x00{}not a png", b"\xff\xff\xff\xff", b"\x89TFP", _EMPTY]
)
def test_what_is_no_plate_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="not a plate"):
        Plate.from_bytes(data)


def test_the_type_layer_over_the_plate_is_the_picture() -> None:
    plate = draw_plate(recipe(), YOUTUBE, YOUTUBE.draft, PERSON)
    composition = typeset(recipe(), YOUTUBE, YOUTUBE.draft, plate)
    assert composition.type_layer is not None
    layer = composition.type_layer.rgba(768, 432).astype(np.float32)
    share = layer[..., 3:] / 255
    laid = plate.picture * (1 - share) + layer[..., :3] * share
    assert np.abs(laid - composition.picture).max() <= 3


@pytest.mark.parametrize("text", COVERED.values(), ids=list(COVERED))
@pytest.mark.parametrize("vibe", VIBES)
def test_every_covered_script_is_set(vibe: Vibe, text: str) -> None:
    wanted = recipe(vibe, headline=text, subtext="")
    plate = kept_plate(wanted, YOUTUBE, YOUTUBE.draft, PERSON)
    composition = typeset(wanted, YOUTUBE, YOUTUBE.draft, plate)
    drawn = _unspaced(" ".join(line.text for line in composition.layout.lines))
    assert drawn in (_unspaced(text), _unspaced(capitals(text)))
    assert (composition.picture != plate.picture).any()


@pytest.mark.parametrize("text", ["বাংলা", "ಕನ್ನಡ hello", "বাংলা 🔥"])
def test_an_uncovered_script_is_said_not_drawn(text: str) -> None:
    wanted = recipe(headline=text)
    plate = draw_plate(wanted, YOUTUBE, YOUTUBE.draft, PERSON)
    with pytest.raises(ScriptNotCovered) as refused:
        typeset(wanted, YOUTUBE, YOUTUBE.draft, plate)
    assert refused.value.missing.scripts


@pytest.mark.parametrize("vibe", VIBES)
@pytest.mark.parametrize("colours", MEASURABLE)
def test_type_stands_out_from_what_is_around_it(vibe: Vibe, colours: ColourPriority) -> None:
    for position in positions((VIBES, vibe), (MEASURABLE, colours)):
        wanted = recipe(vibe, position, colours=colours, subtext="")
        assert contrast_p10(wanted, PERSON) >= 3.0, (vibe, colours, position)


def test_type_across_a_light_body_is_legible() -> None:
    bright = Subject(np.where(PERSON.rgba[..., 3:] > 0, np.uint8(235), np.uint8(0)).repeat(4, axis=2), PERSON.face)
    for vibe in VIBES:
        assert contrast_p10(recipe(vibe, text_place=TextPlace.BOTTOM, subtext=""), bright) >= 3.0


@pytest.mark.parametrize("vibe", VIBES)
def test_a_body_cut_on_both_sides_shows_no_upright_edge(vibe: Vibe) -> None:
    narrow = Subject(np.ascontiguousarray(PERSON.rgba[:, 150:660]), None, ("bottom", "left", "right"))
    for position in range(4):
        if (vibe, look(position).pattern) in ((Vibe.CLEAN, 2), (Vibe.MINIMALIST, 0)):
            continue  # the arch behind the head and the tone of the wall stand upright by themselves
        plate = draw_plate(recipe(vibe, position), YOUTUBE, YOUTUBE.standard, narrow)
        person = plate.silhouette > 127
        lefts = np.where(person.any(axis=1), person.argmax(axis=1), 0)
        inside = lefts[lefts > 0].tolist()
        assert narrow.ends.keys() == {"left", "right"}
        assert max((inside.count(left) for left in set(inside)), default=0) < 0.2 * YOUTUBE.standard.height, position


def test_a_person_without_a_detected_face_is_placed_all_the_same() -> None:
    plate = draw_plate(recipe(), YOUTUBE, YOUTUBE.draft, Subject(PERSON.rgba, None, ("bottom",)))
    assert plate.facts.head is not None and plate.silhouette.any()


@pytest.mark.parametrize("name", ["nasa-eileen-collins.jpg", "house-nydia-velazquez.jpg", "whitehouse-obama-1.jpg"])
def test_real_portraits_fill_their_place(photos: Path, name: str) -> None:
    person = portrait(photos / name)
    for index, vibe in enumerate(VIBES):
        for target in tuple(FORMATS.values())[index % 3 :: 3]:
            plate = draw_plate(recipe(vibe), target, target.draft, person)
            head = plate.facts.head
            assert head is not None and head.height > 0.2 * target.draft.height
            size = target.draft
            assert typeset(recipe(vibe), target, size, plate).picture.shape == (size.height, size.width, 3)


def _unspaced(text: str) -> str:
    return text.casefold().replace(" ", "")


def contrast_p10(wanted: Recipe, person: Subject) -> float:
    """WCAG ratio of letters against the ring around them, worst tenth of the tiles."""
    size = YOUTUBE.standard
    composition = typeset(wanted, YOUTUBE, size, kept_plate(wanted, YOUTUBE, size, person))
    letters = glyphs(composition.layout, style_of(wanted.brief, YOUTUBE.family))
    inside = cv2.erode(letters, np.ones((3, 3), np.uint8)) > 250
    ring = (cv2.dilate(letters, np.ones((17, 17), np.uint8)) > 0) & (
        cv2.dilate(letters, np.ones((7, 7), np.uint8)) == 0
    )
    light, values = _luminance(composition.picture), []
    for y in range(0, size.height, 40):
        for x in range(0, size.width, 40):
            tile = (slice(y, y + 40), slice(x, x + 40))
            fill, around = light[tile][inside[tile]], light[tile][ring[tile]]
            if len(fill) > 60 and len(around) > 60:
                low, high = sorted((float(np.median(fill)), float(np.median(around))))
                values.append((high + 0.05) / (low + 0.05))
    return float(np.percentile(values, 10))


def _luminance(picture: np.ndarray) -> np.ndarray:
    part = picture.astype(np.float32) / 255
    linear = np.where(part <= 0.03928, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)
    return linear @ np.array([0.2126, 0.7152, 0.0722], np.float32)
