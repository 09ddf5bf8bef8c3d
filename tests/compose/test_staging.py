"""What a prompt is told of the layout, against the layout itself."""

import subprocess
import sys
from dataclasses import replace
from itertools import product

import pytest

from core.compose.staging import staging
from core.compose.studio import typeset
from core.compose.style import STYLES
from core.domain.brief import Brief, FaceSide, TextPlace, Vibe
from core.domain.format import FORMATS, Format
from core.domain.prompt import Area
from tests.compose.builder import kept_plate, positions, recipe, somebody

BRIEF = Brief(headline="I quit", selfies=("a",))
PLACES = [TextPlace.AUTO, TextPlace.TOP, TextPlace.BOTTOM, TextPlace.LEFT, TextPlace.AROUND]


def meet(one: Area, other: Area) -> bool:
    return one.left < other.right and other.left < one.right and one.top < other.bottom and other.top < one.bottom


def near(place: float, low: float, high: float) -> bool:
    """The studio lets hair reach into what a platform covers, the stage does not: that moves things by a little."""
    return low - 0.04 < place < high + 0.04


def area(box: Area) -> float:
    return (box.right - box.left) * (box.bottom - box.top)


@pytest.mark.parametrize("vibe", STYLES)
@pytest.mark.parametrize("target", FORMATS.values(), ids=FORMATS.keys())
def test_type_head_and_what_the_platform_covers_never_meet(target: Format, vibe: Vibe) -> None:
    turns = positions((tuple(STYLES), vibe), (tuple(FORMATS.values()), target))
    for side, place, position in product(FaceSide, PLACES, turns):
        stage = staging(replace(BRIEF, vibe=vibe, face_side=side, text_place=place), target, position)
        assert stage.head is not None and stage.type_areas
        for box in (*stage.type_areas, stage.head):
            assert 0 <= box.left < box.right <= 1 and 0 <= box.top < box.bottom <= 1
            assert not any(meet(box, zone) for zone in stage.covered), (target.id, side, place, position)
        assert not any(meet(stage.head, box) for box in stage.type_areas)
        assert max(map(area, stage.type_areas)) > 0.05


@pytest.mark.parametrize("target", FORMATS.values(), ids=FORMATS.keys())
def test_the_studio_sets_its_type_in_the_areas_and_stands_the_head_in_the_box(target: Format) -> None:
    person = somebody()
    for position in range(6):
        wanted = recipe(Vibe.BOLD, position, selfies=("a",), subtext="")
        stage = staging(wanted.brief, target, position)
        layout = typeset(wanted, target, target.draft, kept_plate(wanted, target, target.draft, person)).layout
        assert stage.head is not None and layout.head is not None
        x, y = layout.head.centre[0] / target.draft.width, layout.head.centre[1] / target.draft.height
        assert stage.head.left < x < stage.head.right and stage.head.top < y < stage.head.bottom
        for line in layout.text_boxes:
            x, y = line.centre[0] / target.draft.width, line.centre[1] / target.draft.height
            assert any(near(x, box.left, box.right) and near(y, box.top, box.bottom) for box in stage.type_areas)


def test_a_brief_without_selfies_has_no_head() -> None:
    stage = staging(replace(BRIEF, selfies=()), FORMATS["youtube"], 0)
    assert stage.head is None and stage.type_areas


@pytest.mark.parametrize("target", FORMATS.values(), ids=FORMATS.keys())
def test_a_head_is_asked_for_with_air_above_the_hair(target: Format) -> None:
    for side, place, position in product(FaceSide, PLACES, range(6)):
        stage = staging(replace(BRIEF, face_side=side, text_place=place), target, position)
        assert stage.head is not None and stage.head.top >= 0.04


def test_without_reserved_overlays_nothing_is_covered() -> None:
    assert staging(BRIEF, FORMATS["reels"], 0).covered
    assert not staging(replace(BRIEF, reserve_overlays=False), FORMATS["reels"], 0).covered


def test_staging_costs_the_parent_process_no_imaging_library() -> None:
    said = "import sys, core.compose.staging; print({'PIL', 'numpy', 'cv2', 'fontTools'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
