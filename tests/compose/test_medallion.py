"""A photo that ends above the picture's edge: the person comes out of a disc instead of standing behind a bar."""

from __future__ import annotations

import numpy as np
import pytest

from core.compose.studio import draw_plate
from core.compose.subject import Subject
from core.domain.brief import Vibe
from core.domain.format import find
from tests.compose.builder import recipe, somebody

YOUTUBE = find("youtube")
WHOLE = somebody(500)
assert WHOLE.face is not None
CLOSE = Subject(WHOLE.rgba[: round(WHOLE.face.bottom + 0.25 * WHOLE.face.height)], WHOLE.face, ("bottom",))
"""Cut off under the chin: the duration badge keeps the face from going down to the edge."""


@pytest.mark.parametrize("vibe", [Vibe.BOLD, Vibe.CLEAN, Vibe.PASTEL, Vibe.MINIMALIST])
def test_a_body_that_ends_inside_the_picture_is_rounded_off(vibe: Vibe) -> None:
    size = YOUTUBE.draft
    plate = draw_plate(recipe(vibe), YOUTUBE, size, CLOSE)
    person, head = plate.silhouette > 127, plate.facts.head
    assert head is not None
    rows = np.flatnonzero(person.any(axis=1))
    assert head.bottom < rows[-1] < size.height - 2
    columns = np.flatnonzero(person[rows[-1]])
    assert columns.mean() == pytest.approx(head.centre[0], abs=0.02 * size.width)
    assert len(columns) < 0.5 * head.width, "no straight cut"


@pytest.mark.parametrize("vibe", [Vibe.BOLD, Vibe.CLEAN, Vibe.PASTEL])
def test_the_disc_lies_under_the_person_where_the_body_is_narrow(vibe: Vibe) -> None:
    size = YOUTUBE.draft
    plate = draw_plate(recipe(vibe), YOUTUBE, size, CLOSE)
    head = plate.facts.head
    assert head is not None
    wide = (plate.silhouette > 127)[round(head.bottom)].sum()
    assert wide > 1.1 * head.width, "type keeps clear of it"


def test_a_head_without_a_body_comes_out_of_a_disc_in_9_16_too_and_leaves_no_empty_sheet_below() -> None:
    reels = find("reels")
    plate = draw_plate(recipe(Vibe.CLEAN), reels, reels.draft, CLOSE)
    rows = np.flatnonzero((plate.silhouette > 127).any(axis=1))
    assert plate.facts.head is not None and rows[-1] > plate.facts.head.bottom
    assert (plate.silhouette[rows[-1]] > 127).sum() < 0.5 * plate.facts.head.width


@pytest.mark.parametrize("vibe", [Vibe.BOLD, Vibe.CLEAN])
def test_a_disc_in_the_middle_of_9_16_is_whole_whichever_shoulder_the_photo_cuts(vibe: Vibe) -> None:
    reels, size = find("reels"), find("reels").draft
    assert WHOLE.face is not None
    cut = WHOLE.rgba[: round(WHOLE.face.bottom + WHOLE.face.height), : round(WHOLE.face.right + 0.5 * WHOLE.face.width)]
    plate = draw_plate(recipe(vibe), reels, size, Subject(cut, WHOLE.face, ("bottom", "right")))
    shown = plate.silhouette > 127
    assert not shown[:, 0].any() and not shown[:, -1].any()
    assert plate.facts.head is not None
    assert plate.facts.head.centre[0] == pytest.approx(size.width / 2, abs=0.06 * size.width)
