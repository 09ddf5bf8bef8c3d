"""What a brief asks of its type: effects, the word that stands out and how, moods and a brand's own face."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

from core.compose import relief, shape
from core.compose.figure import contrast
from core.compose.font import FontChoice, choose
from core.compose.geometry import Box
from core.compose.layout import Role
from core.compose.letter import glyphs
from core.compose.studio import Composition, Plate, draw_plate, typeset
from core.compose.style import style_of
from core.domain.brief import Brief, Highlight, Outline, TypeEffect, TypeMood, Vibe
from core.domain.format import FORMATS
from core.domain.typeface import MOODS, NAMES, asked
from tests.compose.builder import recipe, somebody

YOUTUBE = FORMATS["youtube"]
PLAIN = (TypeEffect.STROKE, TypeEffect.SHADOW)
ADDED = (TypeEffect.EXTRUDE, TypeEffect.GRADIENT, TypeEffect.DEEP_SHADOW, TypeEffect.INNER_GLOW)
FAMILIES = (Vibe.BOLD, Vibe.CLEAN, Vibe.PASTEL)
"""Outlined on dark, bare on paper, outlined on paper."""


@pytest.fixture(scope="module")
def plates() -> Mapping[Vibe, Plate]:
    person = somebody()
    return {vibe: draw_plate(recipe(vibe), YOUTUBE, YOUTUBE.draft, person) for vibe in FAMILIES}


def drawn(plates: Mapping[Vibe, Plate], vibe: Vibe, **answers: object) -> Composition:
    return typeset(recipe(vibe, **answers), YOUTUBE, YOUTUBE.draft, plates[vibe])


def seen(composition: Composition, vibe: Vibe, **answers: object) -> float:
    style = style_of(recipe(vibe, **answers).brief, YOUTUBE.family)
    return contrast(composition.picture, glyphs(replace(composition.layout, subtext=()), style), 168)


@pytest.mark.parametrize("vibe", FAMILIES)
def test_every_effect_can_be_seen_and_leaves_the_letters_readable(plates: Mapping[Vibe, Plate], vibe: Vibe) -> None:
    before = drawn(plates, vibe).picture.astype(int)
    for effects in ((effect,) for effect in ADDED):
        after = drawn(plates, vibe, type_effects=(*PLAIN, *effects))
        assert np.abs(after.picture - before).max() > 25, effects
        assert seen(after, vibe, type_effects=(*PLAIN, *effects)) >= 3.0, effects
    everything = {"type_effects": (*PLAIN, *ADDED), "outline": Outline.THICK}
    assert seen(drawn(plates, vibe, **everything), vibe, **everything) >= 3.0


def test_turned_letters_keep_the_steep_edges_of_straight_ones(plates: Mapping[Vibe, Plate]) -> None:
    made = drawn(plates, Vibe.BOLD)
    assert made.layout.angle
    masks = [glyphs(layout, made.style) for layout in (made.layout, replace(made.layout, angle=0.0))]
    turned, straight = (np.count_nonzero((mask > 40) & (mask < 215)) / np.count_nonzero(mask) for mask in masks)
    assert turned < 1.5 * straight


@pytest.mark.parametrize("sides", [(70.4, 25.7), (70.0, 3.2), (1.2, 50.0), (11.0, 60.0)])
@pytest.mark.parametrize("angle", [0.0, -4.0, 7.0])
def test_a_shape_behind_words_covers_what_its_rectangle_covers(sides: tuple[float, float], angle: float) -> None:
    wide, high = sides
    mask, box = np.zeros((120, 120), np.uint8), Box(60.3 - wide / 2, 59.8 - high / 2, 60.3 + wide / 2, 59.8 + high / 2)
    shape.rounded(mask, box, 0.4, angle)
    assert abs(mask.sum(dtype=int) / 255 - wide * high) < 0.05 * wide * high + 0.5
    rows, columns = np.mgrid[0:120, 0:120]
    assert abs((mask * (columns + 0.5)).sum(dtype=float) / mask.sum(dtype=float) - 60.3) < 0.1
    assert abs((mask * (rows + 0.5)).sum(dtype=float) / mask.sum(dtype=float) - 59.8) < 0.1


def test_all_corners_of_a_box_are_equally_round_and_never_rounder_than_it_has_room() -> None:
    mask = np.zeros((120, 200), np.uint8)
    shape.rounded(mask, Box(40, 30, 160, 90), 12.0, 3.0)
    # A turn by half a circle about the middle.
    assert np.abs(mask.astype(int) - mask[::-1, ::-1]).max() <= 3
    assert abs(mask.sum(dtype=int) / 255 - (120 * 60 - (4 - np.pi) * 12**2)) < 10
    pill = np.zeros((120, 200), np.uint8)
    shape.rounded(pill, Box(40, 30, 160, 90), 80.0)
    assert abs(pill.sum(dtype=int) / 255 - (60 * 60 + np.pi * 30**2)) < 10


def test_a_block_lies_to_the_lower_right_of_its_letter_and_nowhere_else() -> None:
    mask = np.zeros((60, 60), np.uint8)
    mask[10:20, 10:20] = 255
    for depth in (1, 7, 22):
        swept = relief.swept(mask, depth) > 0
        rows, columns = np.nonzero(swept)
        assert (rows.min(), columns.min()) == (10, 10)
        assert abs(rows.max() - 19 - depth) <= 1
        assert abs(columns.max() - 19 - depth / 2) <= 1
        assert not swept[22:, 10].any(), "it leans"


@pytest.mark.parametrize("vibe", FAMILIES)
def test_the_word_somebody_chose_stands_out_and_none_where_none_shall(plates: Mapping[Vibe, Plate], vibe: Vibe) -> None:
    headline = "One two three four"
    for number, word in enumerate(headline.split(), 1):
        layout = drawn(plates, vibe, headline=headline, key_word=number).layout
        marked = [span.text for line in layout.lines for span in line.spans if span.role is Role.EMPHASIS]
        assert [text.casefold() for text in marked] == [word.casefold()]
    bare = drawn(plates, vibe, headline=headline, highlight=Highlight.NONE).layout
    assert {span.role for line in bare.lines for span in line.spans} == {Role.PLAIN}


def test_a_word_that_is_not_there_any_more_leaves_the_choice_to_the_rules(plates: Mapping[Vibe, Plate]) -> None:
    by_rule, gone = (drawn(plates, Vibe.BOLD, headline="Never again", key_word=number) for number in (0, 5))
    assert gone.layout == by_rule.layout


def test_each_way_to_highlight_is_another_picture(plates: Mapping[Vibe, Plate]) -> None:
    pictures = {drawn(plates, Vibe.BOLD, highlight=way).picture.tobytes() for way in Highlight}
    assert len(pictures) == len(Highlight) - 1, "auto is the vibe's own"


def test_every_mood_has_a_face_of_its_own_for_latin_and_each_is_one_people_can_choose_by_name() -> None:
    for mood in TypeMood:
        if mood is TypeMood.AUTO:
            continue
        choice = choose("This changes everything", mood, Vibe.NEON)
        assert isinstance(choice, FontChoice)
        assert choice.face in MOODS[mood].own
        assert {*MOODS[mood].own, *MOODS[mood].near} <= NAMES.keys()


def test_a_brands_face_sets_the_headline_unless_it_lacks_its_letters_or_a_mood_was_chosen() -> None:
    def face(text: str, mood: TypeMood = TypeMood.AUTO) -> str:
        choice = choose(text, mood, Vibe.BOLD, brand="Bangers-Regular")
        assert isinstance(choice, FontChoice)
        return choice.face

    assert face("Hello") == "Bangers-Regular"
    assert face("Привет") != "Bangers-Regular"
    assert face("Hello", TypeMood.SLAB) == "TFSlab-Heavy"
    assert asked(Brief(brand_font="Bangers-Regular")) == ("Bangers-Regular",)


def test_a_joined_script_is_never_set_in_capitals(plates: Mapping[Vibe, Plate]) -> None:
    text = " ".join(line.text for line in drawn(plates, Vibe.BOLD, type_mood=TypeMood.SCRIPT).layout.lines)
    assert text == recipe(Vibe.BOLD).brief.headline
