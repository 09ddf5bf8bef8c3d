"""Emoji in a headline: found whole, drawn in their colours among the letters, and never a letter themselves."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.compose import emoji, pack
from core.compose.emphasis import core, strongest
from core.compose.font import FaceMeasure, placed, written
from core.compose.geometry import Box
from core.compose.layout import Layout, Role, typed
from core.compose.letter import glyphs
from core.compose.lettering import draw
from core.compose.raster import Picture
from core.compose.seam import GLUE, clusters, joined, syllables
from core.compose.sticker import Sticker, picture, stickers
from core.compose.studio import Composition, typeset
from core.compose.style import Style, style_of
from core.compose.zone import within
from core.domain.brief import Vibe
from core.domain.format import FORMATS
from tests.compose.builder import VIBES, kept_plate, recipe, somebody

PERSON = somebody(500)
YOUTUBE = FORMATS["youtube"]
WHOLE = {
    "a face": "😱",
    "a heart with its selector": "❤️",
    "a tone": "👍🏾",
    "a profession": "👩🏽‍🚀",
    "a family": "👨‍👩‍👧",
    "two tones": "🧑🏿‍🤝‍🧑🏻",
    "a flag": "🇧🇷",
    "a flag of tags": "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
    "a flag of parts": "🏳️‍🌈",
    "a keycap": "1️⃣",
    "a sign shown as a picture": "©️",
}
HEADLINES = (
    "I quit 😱 my job",
    "🔥 The last mission 🔥",
    "Never trust him 👨‍👩‍👧 again",
    "Brazil 🇧🇷 vs Germany 🇩🇪",
    "Win👑ner",
)
PIECES = ["a", "B", "1", "#", "©", "é", "東", " ", "★", "\ufe0f", "\u200d", *WHOLE.values()]
TEXT = st.lists(st.sampled_from(PIECES), max_size=8).map("".join)


@pytest.mark.parametrize("text", WHOLE.values(), ids=list(WHOLE))
def test_what_is_one_emoji_is_found_as_one(text: str) -> None:
    assert emoji.runs(text) == (emoji.Run(text, True),)
    assert [run.text for run in emoji.runs(f"a{text}b{text}")] == ["a", text, "b", text]


@pytest.mark.parametrize("text", ["1", "#1", "©", "™", "❤\ufe0e", "→ Ж 東京", "", "a\u200db"])
def test_text_is_no_emoji(text: str) -> None:
    assert not emoji.has(text) and emoji.without(text) == text


@given(TEXT)
def test_runs_put_together_are_the_text_and_every_emoji_has_a_picture(text: str) -> None:
    found = emoji.runs(text)
    assert "".join(run.text for run in found) == text
    assert all(before.emoji or after.emoji for before, after in pairwise(found))
    for run in found:
        if run.emoji:
            drawn = picture(run.text)
            assert drawn.shape[2] == 4 and (drawn[..., 3] > 250).mean() > 0.05


def test_tones_and_flags_are_told_apart() -> None:
    tones = [picture(f"👍{tone}") for tone in sorted(emoji.TONES)]
    skin = [tuple(np.median(drawn[drawn[..., 3] > 250][:, :3], axis=0)) for drawn in tones]
    assert all(sum(light) > sum(dark) + 20 for light, dark in pairwise(skin))
    red, green = (picture(flag)[..., :3].astype(int) for flag in ("🇨🇳", "🇸🇦"))
    assert (red[60, 60:80, 0] > red[60, 60:80, 1] + 80).all()
    assert np.median(green[..., 1] - green[..., 0]) > 20


def test_there_is_a_picture_for_thousands_each_square_as_a_letter_may_stand_beside() -> None:
    for text in WHOLE.values():
        high, wide, _ = picture(text).shape
        assert wide / high == pytest.approx(emoji.ASPECT)


def test_an_emoji_newer_than_the_drawings_is_left_out_and_its_word_stands() -> None:
    assert written("hot\U0001fae9") == "hot"
    assert written("\U0001fae9") == ""
    assert written("hot🔥") == "hot🔥"
    assert written("★hot") == "hot"


@pytest.mark.parametrize("face", ["Anton-Regular", "Poppins-Black", "Cairo-Black"])
def test_an_emoji_is_a_little_higher_than_the_capitals_beside_it(face: str) -> None:
    measure = FaceMeasure(face)
    above, below = measure.ink("H🔥")
    assert (above + below) / measure.cap == pytest.approx(1.15)
    assert above - measure.cap == pytest.approx(below)
    assert measure.advance("H🔥") == pytest.approx(measure.advance("H") + 1.15 * measure.cap * emoji.ASPECT, abs=0.03)


def test_among_letters_from_the_right_an_emoji_at_the_end_stands_at_the_left() -> None:
    (first, *_) = placed("Rubik-Black", "שלום 🔥")
    assert first.run.emoji and first.x == 0
    (*_, last) = placed("Rubik-Black", "hello 🔥")
    assert last.run.emoji


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I quit 😱 my job", ["I", "quit 😱", "my", "job"]),
        ("🔥 The last mission 🔥", ["🔥 The", "last", "mission 🔥"]),
        ("😱 🔥", ["😱 🔥"]),
        pytest.param(
            "東京で安いホテル🏨 🔥",
            ["東京で", "安い", "ホテル🏨 🔥"],
            marks=pytest.mark.skipif(not pack.cuts(), reason="the extra `cjk` is not installed"),
        ),
    ],
)
def test_no_line_is_an_emoji_alone(text: str, expected: list[str]) -> None:
    assert [piece.removesuffix(GLUE) for piece in syllables(text.split())] == expected


@given(st.lists(st.sampled_from(["a", "never", "โลกที่นี่", *WHOLE.values(), "go🔥"]), min_size=1, max_size=9))
def test_pieces_put_together_are_the_words(words: list[str]) -> None:
    assert joined(syllables(words)) == joined(clusters(words)) == " ".join(words)


@pytest.mark.parametrize(
    ("text", "word"),
    [("🔥 STOP 🔥", "STOP"), ("Top 1️⃣ secret", "secret"), ("Winner 🏆👑", "Winner"), ("so 😱", "so")],
)
def test_what_is_highlighted_is_a_word(text: str, word: str) -> None:
    pieces = syllables(text.split())
    assert core(pieces[strongest(pieces)])[1] == word


@pytest.mark.parametrize("headline", HEADLINES)
@pytest.mark.parametrize("vibe", VIBES)
def test_the_layout_keeps_the_text_and_its_emoji_stand_inside_their_lines(headline: str, vibe: Vibe) -> None:
    for position in range(4):
        layout = _set(headline, vibe, position).layout
        assert typed(layout.lines).casefold() == headline.casefold()
        marked = [span.text for line in layout.lines for span in line.spans if span.role is Role.EMPHASIS]
        assert len(marked) == 1 and any(map(str.isalpha, marked[0]))
        found = _stuck(layout, vibe)
        assert len(found) == sum(run.emoji for run in emoji.runs(headline))
        for one in found:
            seen = np.argwhere(one.alpha > 128)
            (top, left), (bottom, right) = seen.min(axis=0), seen.max(axis=0)
            box = Box(one.left + left, one.top + top, one.left + right, one.top + bottom)
            assert any(within(box, line.ink.grown(2)) for line in layout.lines)


@pytest.mark.parametrize("vibe", VIBES)
def test_an_emoji_is_drawn_in_its_own_colours_and_no_letter_lies_on_it(vibe: Vibe) -> None:
    composition = _set("Never 🔥 again", vibe, 0, subtext="a small one 👍🏾 too")
    layout = replace(composition.layout, angle=0.0)
    assert composition.type_layer is not None
    straight = draw(layout, _style(vibe), composition.picture).layer
    assert straight is not None
    rgba = straight.rgba(layout.width, layout.height)
    letters = glyphs(layout, _style(vibe))
    found = _stuck(layout, vibe)
    assert len(found) == 2
    for one in found:
        rows, columns = one.slices(Box(0, 0, layout.width, layout.height))
        solid = one.alpha == 255
        assert solid.any()
        assert (np.abs(rgba[rows, columns][..., :3].astype(int) - one.rgb)[solid] <= 2).all()
        assert not letters[rows, columns][solid].any()


def test_a_ring_is_drawn_only_where_the_ground_is_like_the_emoji() -> None:
    composition = _set("Never 😀 again", Vibe.CLEAN, 0)
    height, width = composition.picture.shape[:2]
    yellow, navy = (np.full((height, width, 3), colour, np.uint8) for colour in ((252, 200, 40), (10, 20, 90)))
    (alike,), (apart,) = (_stuck(composition.layout, Vibe.CLEAN, ground) for ground in (yellow, navy))
    assert alike.ring and (alike.ringed > 128).sum() > (alike.alpha > 128).sum()
    assert not apart.ring and (apart.ringed == apart.alpha).all()


def test_of_two_emoji_both_have_a_ring_of_one_colour_or_neither() -> None:
    composition = _set("🔥 Never again and again 🔥", Vibe.CLEAN, 0)
    ground = np.full((*composition.picture.shape[:2], 3), (10, 20, 90), np.uint8)
    assert {one.ring for one in _stuck(composition.layout, Vibe.CLEAN, ground)} == {""}
    first = _stuck(composition.layout, Vibe.CLEAN, ground)[0]
    ground[first.slices(_all(composition.layout))] = (255, 120, 20)
    first, second = _stuck(composition.layout, Vibe.CLEAN, ground)
    assert first.ring and first.ring == second.ring


def test_at_any_size_an_emoji_keeps_its_place_and_colour() -> None:
    shares = []
    for size in (YOUTUBE.draft, YOUTUBE.standard, YOUTUBE.four_k):
        wanted = recipe(Vibe.CLEAN, headline="Never 🔥 again", subtext="")
        layout = typeset(wanted, YOUTUBE, size, kept_plate(wanted, YOUTUBE, size, None)).layout
        (one,) = stickers(layout, _style(Vibe.CLEAN), np.zeros((size.height, size.width, 3), np.uint8), _all(layout))
        rows, columns = np.nonzero(one.alpha > 128)
        middle = ((one.left + columns.mean()) / size.width, (one.top + rows.mean()) / size.height)
        shares.append((*middle, *(one.rgb[one.alpha == 255].mean(axis=0) / 255)))
    assert np.ptp(np.array(shares), axis=0).max() < 0.02


def test_a_headline_of_nothing_but_emoji_is_drawn() -> None:
    composition = _set("🔥😱", Vibe.BOLD, 0)
    assert typed(composition.layout.lines) == "🔥😱"
    assert len(_stuck(composition.layout, Vibe.BOLD)) == 2


def _stuck(layout: Layout, vibe: Vibe, ground: Picture | None = None) -> list[Sticker]:
    plain = np.full((layout.height, layout.width, 3), 128, np.uint8)
    return stickers(layout, _style(vibe), plain if ground is None else ground, _all(layout))


def _style(vibe: Vibe) -> Style:
    return style_of(recipe(vibe).brief, YOUTUBE.family)


def _all(layout: Layout) -> Box:
    return Box(0, 0, layout.width, layout.height)


def _set(headline: str, vibe: Vibe, position: int, subtext: str = "") -> Composition:
    wanted = recipe(vibe, position, headline=headline, subtext=subtext)
    return typeset(wanted, YOUTUBE, YOUTUBE.draft, kept_plate(wanted, YOUTUBE, YOUTUBE.draft, PERSON))
