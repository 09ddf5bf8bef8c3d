"""Logo and signature: where they stand, in numbers, and how an upload on white becomes a mark."""

import io

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from core.compose import crest
from core.compose.arrangement import Scheme
from core.compose.geometry import Box
from core.compose.imprint import Part
from core.compose.layout import Layout
from core.compose.studio import Composition, typeset
from core.compose.subject import Subject
from core.compose.zone import hard_zones
from core.domain.brief import Vibe
from core.domain.format import FORMATS, custom
from core.domain.record import from_record, to_record
from tests.compose.builder import VIBES, kept_plate, positions, recipe, somebody

PERSON = somebody(500)
YOUTUBE = FORMATS["youtube"]
SIGNATURE = "@orbit.channel"


def upload(shape: str, colour: str = "#0b3d91", size: tuple[int, int] = (320, 320)) -> NDArray[np.uint8]:
    """A logo as it is stored: a JPEG on white."""
    image = Image.new("RGB", size, "#ffffff")
    pen, (wide, high) = ImageDraw.Draw(image), size
    if shape == "disc":
        pen.ellipse((30, 30, wide - 30, high - 30), fill=colour)
        pen.ellipse((wide / 2 - 30, high / 2 - 30, wide / 2 + 30, high / 2 + 30), fill="#ffffff")
    elif shape == "letters":
        for x in range(30, wide - 40, 60):
            pen.rectangle((x, 40, x + 16, high - 40), fill=colour)
    file = io.BytesIO()
    image.save(file, "JPEG", quality=85)
    return np.asarray(Image.open(file).convert("RGBA"))


LOGO = upload("disc")


def imprinted(
    vibe: Vibe = Vibe.BOLD,
    position: int = 0,
    format_id: str = "youtube",
    person: Subject | None = PERSON,
    logo: NDArray[np.uint8] | None = LOGO,
    signature: str = SIGNATURE,
) -> Composition:
    wanted, target = recipe(vibe, position, signature=signature), FORMATS[format_id]
    return typeset(wanted, target, target.draft, kept_plate(wanted, target, target.draft, person), logo)


@pytest.mark.parametrize("format_id", FORMATS)
@pytest.mark.parametrize("vibe", VIBES)
@pytest.mark.parametrize("person", [PERSON, None], ids=["person", "nobody"])
def test_the_imprint_keeps_clear_of_zones_head_and_type(format_id: str, vibe: Vibe, person: Subject | None) -> None:
    target = FORMATS[format_id]
    for position in positions((VIBES, vibe), (tuple(FORMATS), format_id), ((PERSON, None), person)):
        layout = imprinted(vibe, position, format_id, person).layout
        taken = (
            *hard_zones(target, target.draft, recipe().brief),
            *layout.text_boxes,
            *(box for box in (layout.face, layout.head) if box is not None),
        )
        for box in layout.imprint.boxes:
            assert box.left >= 0 and box.top >= 0 and box.right <= layout.width and box.bottom <= layout.height
            assert not any(box.meets(other) for other in taken)
        if len(layout.imprint.boxes) == 2:
            assert not layout.imprint.boxes[0].meets(layout.imprint.boxes[1])


@pytest.mark.parametrize("vibe", VIBES)
def test_a_signature_stands_in_an_upper_corner_beside_the_person(vibe: Vibe) -> None:
    for position in range(4):
        composition = imprinted(vibe, position, logo=None)
        if composition.layout.scheme is Scheme.TOP:
            continue  # the words are there
        signature = composition.layout.imprint.signature
        assert signature is not None and signature.plate.bottom < 0.2 * composition.layout.height
        wanted = recipe(vibe, position, signature=SIGNATURE)
        silhouette = kept_plate(wanted, YOUTUBE, YOUTUBE.draft, PERSON).silhouette
        box = signature.plate
        assert not (silhouette[int(box.top) : int(box.bottom), int(box.left) : int(box.right)] > 127).any()


def test_every_part_is_placed_or_named_as_left_out_and_most_are_placed() -> None:
    placed = []
    for vibe in VIBES:
        for format_id in FORMATS:
            imprint = imprinted(vibe, 0, format_id).layout.imprint
            assert (imprint.logo is None) == (Part.LOGO in imprint.left_out)
            assert (imprint.signature is None) == (Part.SIGNATURE in imprint.left_out)
            placed.append(len(imprint.boxes))
    assert sum(placed) >= 0.9 * 2 * len(placed)


def test_the_imprint_of_a_custom_size_stays_inside_it() -> None:
    for width, height in ((64, 64), (320, 64), (64, 320), (640, 480)):
        target, wanted = custom(width, height), recipe(headline="Go now", subtext="", signature=SIGNATURE)
        plate = kept_plate(wanted, target, target.standard, PERSON)
        for box in typeset(wanted, target, target.standard, plate, LOGO).layout.imprint.boxes:
            assert Box(0, 0, width, height).meets(box) and box.right <= width and box.bottom <= height


def test_a_signature_without_room_is_left_out_and_said_so() -> None:
    imprint = imprinted(signature="an endless line " * 12).layout.imprint
    assert imprint.signature is None and imprint.left_out == (Part.SIGNATURE,)


def test_a_signature_no_face_writes_does_not_refuse_the_picture() -> None:
    composition = imprinted(signature="বাংলা")
    assert composition.layout.lines and composition.layout.imprint.left_out == (Part.SIGNATURE,)


def test_in_a_free_corner_logo_and_signature_change_nothing_else() -> None:
    plain = imprinted(position=3, logo=None, signature="")
    assert plain.layout.imprint.boxes == () and plain.layout.imprint.left_out == ()
    signed = imprinted(position=3)
    changed = (plain.picture != signed.picture).any(axis=2)
    for box in signed.layout.imprint.boxes:
        reach = box.grown(8)
        changed[max(0, int(reach.top)) : int(reach.bottom) + 1, max(0, int(reach.left)) : int(reach.right) + 1] = False
    assert not changed.any()


def test_the_same_imprint_gives_identical_pixels() -> None:
    assert imprinted().picture.tobytes() == imprinted().picture.tobytes()


@pytest.mark.parametrize("vibe", VIBES)
def test_the_type_layer_carries_the_imprint(vibe: Vibe) -> None:
    wanted = recipe(vibe, signature=SIGNATURE)
    plate = kept_plate(wanted, YOUTUBE, YOUTUBE.draft, PERSON)
    composition = typeset(wanted, YOUTUBE, YOUTUBE.draft, plate, LOGO)
    assert composition.type_layer is not None
    layer = composition.type_layer.rgba(768, 432).astype(np.float32)
    share = layer[..., 3:] / 255
    assert np.abs(plate.picture * (1 - share) + layer[..., :3] * share - composition.picture).max() <= 4


def test_a_picture_without_words_still_carries_the_imprint() -> None:
    wanted = recipe(headline="", subtext="", title="", signature=SIGNATURE)
    composition = typeset(wanted, YOUTUBE, YOUTUBE.draft, kept_plate(wanted, YOUTUBE, YOUTUBE.draft, PERSON), LOGO)
    assert len(composition.layout.imprint.boxes) == 2 and composition.type_layer is not None


def test_a_layout_with_an_imprint_survives_its_record() -> None:
    layout = imprinted().layout
    assert from_record(Layout, to_record(layout)) == layout


def test_white_around_a_disc_goes_and_white_inside_it_stays() -> None:
    logo = crest.read(LOGO)
    assert logo is not None and not logo.on_plate
    assert logo.ratio == pytest.approx(1, abs=0.02)
    high, wide = logo.alpha.shape
    assert logo.alpha[0, 0] == 0 and logo.alpha[high // 2, wide // 2] == 255
    assert logo.rgb[high // 2, wide // 2].min() > 240


def test_letters_stand_on_a_plate_and_a_full_picture_carries_itself() -> None:
    letters, full = crest.read(upload("letters", size=(480, 200))), np.full((90, 160, 4), 120, np.uint8)
    full[..., 3] = 255
    whole = crest.read(full)
    assert letters is not None and letters.on_plate and letters.ratio > 1.5
    assert whole is not None and not whole.on_plate and whole.alpha.min() == 255


@pytest.mark.parametrize("blank", [upload("nothing"), np.zeros((40, 40, 4), np.uint8)], ids=["white", "clear"])
def test_a_blank_logo_is_not_drawn(blank: NDArray[np.uint8]) -> None:
    assert crest.read(blank) is None
    assert imprinted(logo=blank, signature="").layout.imprint.left_out == (Part.LOGO,)
