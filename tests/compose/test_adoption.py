"""Pictures as a model might paint them, made plates; and type around whoever is in them."""

import io
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from core.compose.adoption import Person, reframed, whole
from core.compose.arrangement import Scheme
from core.compose.figure import contrast
from core.compose.geometry import Box
from core.compose.letter import glyphs
from core.compose.raster import Picture
from core.compose.staging import staging
from core.compose.studio import Composition, Plate, typeset
from core.compose.style import STYLES, style_of
from core.domain.brief import FaceSide, TextPlace, Vibe
from core.domain.format import FORMATS, Format, Quality, Size
from core.domain.job import Recipe
from core.domain.record import to_record
from core.domain.score import SOFT_FROM
from core.workshop import craft
from core.workshop.refusal import BROKEN, TINY, PictureRefused
from tests.compose.builder import portrait, recipe

YOUTUBE = FORMATS["youtube"]
VIBES = tuple(STYLES)
PAINTED = Size(1376, 768)


def ordered(vibe: Vibe = Vibe.BOLD, position: int = 0, **answers: object) -> Recipe:
    return recipe(vibe, position, 7, **{"selfies": ("a",), **answers})


def scene(wide: int, high: int) -> Picture:
    """Large soft patches of colour."""
    patches = np.random.default_rng(3).integers(20, 200, (4, 7, 3)).astype(np.uint8)
    return np.asarray(cv2.GaussianBlur(cv2.resize(patches, (wide, high), interpolation=cv2.INTER_CUBIC), (0, 0), 20))


@lru_cache
def painting(photo: Path, across: float, size: Size = PAINTED, head: float = 0.55) -> bytes:
    """Somebody before a scene: the middle of the head at `across` of the width, `head` of the height tall."""
    person, canvas = portrait(photo), Image.fromarray(scene(size.width, size.height))
    scale = head * size.height / (person.target.bottom - person.crown)
    high, wide = (round(side * scale) for side in person.rgba.shape[:2])
    body = Image.fromarray(person.rgba).resize((wide, high), Image.Resampling.LANCZOS)
    left = round(across * size.width - person.target.centre[0] * scale)
    canvas.paste(body, (left, max(size.height - high, round(0.06 * size.height - person.crown * scale))), body)
    file = io.BytesIO()
    canvas.save(file, "PNG", compress_level=1)
    return file.getvalue()


def adopted(original: bytes, wanted: Recipe, target: Format, size: Size | None = None) -> tuple[Plate, dict[str, Any]]:
    size = size or target.standard
    row = craft.adopt(to_record(wanted), target.id, (size.width, size.height), original)
    return Plate.from_bytes(row["plate"]), row["facts"]


def type_on(plate: Plate, wanted: Recipe, target: Format) -> Composition:
    return typeset(wanted, target, Size(plate.picture.shape[1], plate.picture.shape[0]), plate)


@pytest.mark.parametrize("across", [0.26, 0.5, 0.74])
def test_type_goes_where_the_person_is_not(photos: Path, across: float) -> None:
    plate, facts = adopted(painting(photos / "nasa-eileen-collins.jpg", across), ordered(), YOUTUBE)
    face, head = plate.facts.face, plate.facts.head
    assert facts["gates"] == {"face": True, "sharp": True} and face is not None and head is not None
    for vibe in VIBES:
        for side in FaceSide:
            layout = type_on(plate, ordered(vibe, face_side=side, subtext=""), YOUTUBE).layout
            assert layout.lines and not any(box.meets(face) for box in layout.text_boxes)
            middle = sum(box.centre[0] for box in layout.text_boxes) / len(layout.text_boxes)
            if across != 0.5 and layout.scheme is Scheme.SIDE:
                assert (middle < head.centre[0]) is (across > 0.5)


@lru_cache
def seen(photo: Path) -> Plate:
    picture = np.asarray(Image.open(photo).convert("RGB"))
    return whole(picture, craft._people(picture))


@pytest.mark.parametrize("name", ["house-nydia-velazquez.jpg", "whitehouse-obama-1.jpg", "whitehouse-obama-3.jpg"])
@pytest.mark.parametrize("target", FORMATS.values(), ids=FORMATS.keys())
def test_a_photo_of_any_shape_becomes_a_plate_of_every_format(photos: Path, name: str, target: Format) -> None:
    turn = list(FORMATS.values()).index(target) % 3
    for vibe in VIBES[turn::3]:
        wanted = ordered(vibe, format=target.id)
        made = reframed(seen(photos / name), wanted, target, target.draft)
        plate, face = made.plate, made.plate.facts.face
        assert plate.picture.shape == (target.draft.height, target.draft.width, 3)
        assert plate.silhouette.shape == plate.picture.shape[:2]
        assert face is not None and made.facts["gates"]["face"]
        assert face.left >= 0 and face.top >= 0
        assert face.right <= target.draft.width and face.bottom <= target.draft.height
        layout = type_on(plate, wanted, target).layout
        assert layout.lines and not any(box.meets(face) for box in layout.text_boxes)


@pytest.mark.parametrize("size", [Size(1376, 768), Size(2752, 1536), Size(5504, 3072)])
def test_the_face_of_the_plate_is_the_face_of_the_picture(photos: Path, size: Size) -> None:
    plate, facts = adopted(painting(photos / "house-dwight-evans-1.jpg", 0.7, size), ordered(), YOUTUBE)
    again = craft._people(plate.picture)[0].face
    face = plate.facts.face
    assert face is not None
    assert again.centre == pytest.approx(face.centre, abs=0.08 * face.width)
    assert facts["enlarged"] == pytest.approx(1280 / size.width, rel=0.3)
    solid = plate.silhouette > 128
    x, y = (round(part) for part in face.centre)
    assert solid[y, x] and not solid[5, 5]


def test_a_picture_without_a_face_says_so() -> None:
    file = io.BytesIO()
    Image.fromarray(scene(1376, 768)).save(file, "JPEG")
    plate, facts = adopted(file.getvalue(), ordered(), YOUTUBE)
    assert facts["gates"] == {"face": False, "sharp": True} and plate.facts.face is None
    assert type_on(plate, ordered(), YOUTUBE).layout.lines
    _, facts = adopted(file.getvalue(), ordered(selfies=()), YOUTUBE)
    assert facts["gates"] == {"sharp": True}


def test_a_plate_enlarged_too_far_says_so(photos: Path) -> None:
    original = painting(photos / "house-dwight-evans-1.jpg", 0.7)
    _, facts = adopted(original, ordered(quality=Quality.FOUR_K), YOUTUBE, YOUTUBE.four_k)
    assert facts["enlarged"] > SOFT_FROM and facts["gates"]["sharp"] is False


@pytest.mark.parametrize("data", [b"", b"<html>502</html>", b"\x89PNG\r\n\x1a\nrubbish", b"\xff\xd8\xff\xe0"])
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(PictureRefused) as refused:
        adopted(data, ordered(), YOUTUBE)
    assert refused.value.reason == BROKEN


def test_a_truncated_picture_is_refused(photos: Path) -> None:
    with pytest.raises(PictureRefused) as refused:
        adopted((photos / "whitehouse-obama-1.jpg").read_bytes()[:40_000], ordered(), YOUTUBE)
    assert refused.value.reason == BROKEN


@pytest.mark.parametrize(("size", "reason"), [((64, 64), TINY), ((1000, 200), TINY), ((20_000, 5_000), BROKEN)])
def test_a_tiny_or_a_monstrous_picture_is_refused(size: tuple[int, int], reason: str) -> None:
    file = io.BytesIO()
    Image.new("1", size).save(file, "PNG")
    with pytest.raises(PictureRefused) as refused:
        adopted(file.getvalue(), ordered(), YOUTUBE)
    assert refused.value.reason == reason


@pytest.mark.parametrize("vibe", VIBES)
def test_type_is_legible_on_a_picture_nobody_prepared(photos: Path, vibe: Vibe) -> None:
    picture = seen(photos / "whitehouse-obama-3.jpg")  # a chandelier, gold curtains, a dark suit
    for target in (YOUTUBE, FORMATS["square"], FORMATS["reels"]):
        wanted = ordered(vibe, format=target.id, subtext="")
        plate = reframed(picture, wanted, target, target.standard).plate
        assert legible(type_on(plate, wanted, target), wanted, target) >= 2.5, target.id


def test_the_shade_under_type_is_part_of_its_layer(photos: Path) -> None:
    wanted = ordered(Vibe.CINEMATIC, format="square")
    plate, _ = adopted((photos / "whitehouse-obama-3.jpg").read_bytes(), wanted, FORMATS["square"])
    composition = type_on(plate, wanted, FORMATS["square"])
    assert composition.type_layer is not None
    layer = composition.type_layer.rgba(1080, 1080).astype(np.float32)
    share = layer[..., 3:] / 255
    laid = plate.picture * (1 - share) + layer[..., :3] * share
    assert np.abs(laid - composition.picture).max() <= 3


def test_another_format_is_made_from_a_kept_plate_as_well(photos: Path) -> None:
    wanted = ordered()
    plate, _ = adopted(painting(photos / "nasa-eileen-collins.jpg", 0.7), wanted, YOUTUBE)
    tall = Plate.from_bytes(craft.refit(to_record(wanted), "reels", (1080, 1920), plate.to_bytes()))
    assert tall.picture.shape == (1920, 1080, 3)
    face = tall.facts.face
    assert face is not None
    assert face.top >= 0.14 * 1920 and face.bottom <= 0.65 * 1920


def test_a_text_place_that_was_asked_for_is_kept_where_the_picture_has_room(photos: Path) -> None:
    original = painting(photos / "nasa-eileen-collins.jpg", 0.5, head=0.5)
    wanted = ordered(text_place=TextPlace.BOTTOM)
    plate, _ = adopted(original, wanted, YOUTUBE)
    assert type_on(plate, wanted, YOUTUBE).layout.scheme == "bottom"


@settings(deadline=None, max_examples=25)
@given(st.floats(0.05, 0.95), st.floats(0.0, 0.6), st.floats(0.1, 0.5), st.sampled_from(list(FORMATS)))
def test_the_face_keeps_its_colour_through_any_window(x: float, y: float, tall: float, format_id: str) -> None:
    """A white disc on grey stands for a face: it is found where the facts say, whole and round."""
    picture = np.full((540, 960, 3), 90, np.uint8)
    radius = tall * 540 / 2
    centre = (radius + x * (960 - 2 * radius), radius + y * (540 - 2 * radius))
    cv2.circle(picture, (round(centre[0]), round(centre[1])), round(radius), (255, 255, 255), cv2.FILLED, cv2.LINE_AA)
    face = Box(centre[0] - radius, centre[1] - radius, centre[0] + radius, centre[1] + radius)
    target = FORMATS[format_id]
    plate = reframed(whole(picture, [Person(face, None)]), ordered(), target, target.draft).plate
    found = plate.facts.face
    assert found is not None
    bright = plate.picture[..., 0] > 200
    rows, columns = np.flatnonzero(bright.any(1)), np.flatnonzero(bright.any(0))
    assert (columns[0], rows[0], columns[-1] + 1, rows[-1] + 1) == pytest.approx(
        (found.left, found.top, found.right, found.bottom), abs=max(4, 0.06 * found.width)
    )


def legible(composition: Composition, wanted: Recipe, target: Format) -> float:
    """Contrast of the letters as a feed shows them."""
    letters = glyphs(replace(composition.layout, subtext=()), style_of(wanted.brief, target.family))
    return contrast(composition.picture, letters, 320)


@pytest.mark.parametrize("target", FORMATS.values(), ids=FORMATS.keys())
def test_a_head_painted_where_it_was_asked_for_leaves_the_type_its_size(target: Format) -> None:
    for position in range(6):
        wanted = ordered(position=position, format=target.id, headline="I quit my job", subtext="")
        size, asked = target.draft, staging(wanted.brief, target, position).head
        assert asked is not None
        head = Box(asked.left, asked.top, asked.right, asked.bottom).scaled(size.width, size.height)
        face = Box(head.left, head.top + 0.25 * head.height, head.right, head.bottom)
        ground = np.full((size.height, size.width, 3), 40, np.uint8)
        plate = reframed(whole(ground, [Person(face, None)]), wanted, target, size).plate
        layout = type_on(plate, wanted, target).layout
        assert min(line.cap for line in layout.lines) >= 0.045 * min(size.width, size.height), position
