"""An emotion is seen, and never at the cost of the headline."""

import numpy as np
import pytest

from core.compose.feeling import FEELINGS, felt
from core.compose.palette import AIM, contrast, palette
from core.compose.studio import draw_plate
from core.compose.style import style_of
from core.domain.brief import ColourPriority, Emotion, Vibe
from core.domain.format import FORMATS
from tests.compose.builder import VIBES, positions, recipe, somebody
from tests.compose.test_studio import contrast_p10

YOUTUBE = FORMATS["youtube"]
PERSON = somebody(500)
FELT = [emotion for emotion in Emotion if emotion is not Emotion.CURIOSITY]


def test_every_emotion_has_its_row_and_the_default_changes_nothing() -> None:
    assert set(FEELINGS) == set(Emotion)
    own = palette(Vibe.BOLD, ColourPriority.WARM)
    assert felt(own, recipe().brief.emotion) == own


@pytest.mark.parametrize("vibe", VIBES)
def test_emotions_are_told_apart_in_the_picture(vibe: Vibe) -> None:
    plates = [
        draw_plate(recipe(vibe, emotion=emotion), YOUTUBE, YOUTUBE.draft, PERSON).picture.astype(int)
        for emotion in Emotion
    ]
    for index, plate in enumerate(plates):
        for other in plates[index + 1 :]:
            assert np.abs(plate - other).mean() > 0.7


@pytest.mark.parametrize("emotion", FELT)
@pytest.mark.parametrize("vibe", VIBES)
def test_type_stands_out_whatever_is_felt(vibe: Vibe, emotion: Emotion) -> None:
    (position,) = positions((VIBES, vibe), (FELT, emotion), count=1)
    assert contrast_p10(recipe(vibe, position, emotion=emotion, subtext=""), somebody()) >= 3.0


@pytest.mark.parametrize("emotion", Emotion)
def test_ink_and_what_lies_under_it_are_left_alone(emotion: Emotion) -> None:
    for vibe in VIBES:
        colours = felt(palette(vibe, ColourPriority.COOL), emotion)
        assert min(contrast(ink, colours.shade) for ink in (colours.ink, colours.quiet, colours.accent)) >= AIM


def test_a_brands_colours_are_the_same_under_every_emotion() -> None:
    plates = set()
    for emotion in Emotion:
        branded = recipe(emotion=emotion, colours=ColourPriority.BRAND, brand_colours=("#00aa55", "#ff0055"))
        plates.add(draw_plate(branded, YOUTUBE, YOUTUBE.draft, None).picture.tobytes())
    assert len(plates) == 1


def test_shock_leans_further_and_authority_stands_upright() -> None:
    def angle(emotion: Emotion) -> float:
        return style_of(recipe(emotion=emotion).brief, YOUTUBE.family).angle

    assert angle(Emotion.SHOCK) > angle(Emotion.CURIOSITY) > angle(Emotion.AUTHORITY) == 0
