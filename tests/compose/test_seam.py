"""Thai is broken between its words or, by its spelling, where a syllable certainly begins; never inside a cluster."""

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.compose.seam import GLUE, clusters, joined, spelled, syllables, tears
from core.compose.studio import typeset
from core.domain.brief import Vibe
from core.domain.format import FORMATS
from tests.compose.builder import VIBES, kept_plate, recipe, somebody
from tests.compose.test_font import needs_the_extra

HEADLINE = "ทำไมไม่มีใครบอกฉันเรื่องนี้"
THAI = st.text([chr(code) for code in range(0x0E01, 0x0E4F) if unicodedata.category(chr(code)) != "Cn"], max_size=24)


def parts(pieces: tuple[str, ...]) -> list[str]:
    return [piece.removesuffix(GLUE) for piece in pieces]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (HEADLINE, ["ทำไม", "ไม่มี", "ใครบอกฉัน", "เรื่องนี้"]),
        ("ฉันเสียทุกอย่างในวันเดียว", ["ฉัน", "เสียทุกอย่าง", "ในวัน", "เดียว"]),
        ("ความรัก", ["ความรัก"]),
        ("never", ["never"]),
    ],
)
def test_a_line_may_end_where_a_syllable_certainly_begins(text: str, expected: list[str]) -> None:
    assert spelled(text) == expected


@needs_the_extra
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (HEADLINE, ["ทำไม", "ไม่มี", "ใคร", "บอก", "ฉัน", "เรื่อง", "นี้"]),
        ("ทำไมฉันถึงลาออกจากงาน", ["ทำไม", "ฉัน", "ถึงลา", "ออก", "จาก", "งาน"]),
        ("never", ["never"]),
    ],
)
def test_a_line_ends_where_a_word_does_once_the_words_are_known(text: str, expected: list[str]) -> None:
    assert parts(syllables([text])) == expected
    assert not any(map(tears, syllables([text])))


@given(st.lists(THAI.filter(bool), min_size=1, max_size=4))
def test_pieces_put_together_are_the_words(words: list[str]) -> None:
    assert joined(syllables(words)) == joined(clusters(words)) == " ".join(words)


@given(THAI.filter(bool))
def test_no_piece_begins_with_a_mark_or_ends_on_a_leading_vowel_that_has_its_consonant(word: str) -> None:
    for pieces in (parts(syllables([word])), parts(clusters([word]))):
        for before, after in pairwise(pieces):
            assert unicodedata.category(after[0]) != "Mn" or not "\u0e01" <= before[-1] <= "\u0e2e"
            assert not ("\u0e40" <= before[-1] <= "\u0e44" and "\u0e01" <= after[0] <= "\u0e2e")


@pytest.mark.parametrize("vibe", VIBES)
@pytest.mark.parametrize("format_id", ["youtube", "square", "portrait"])
def test_a_thai_headline_without_spaces_takes_several_lines(vibe: Vibe, format_id: str) -> None:
    target = FORMATS[format_id]
    wanted = recipe(vibe, headline=HEADLINE, subtext="")
    plate = kept_plate(wanted, target, target.draft, somebody(500))
    lines = typeset(wanted, target, target.draft, plate).layout.lines
    assert "".join(line.text for line in lines) == HEADLINE
    assert len(lines) > 1


def test_a_thai_headline_nobody_could_set_in_one_line_is_broken_all_the_same() -> None:
    target, headline = FORMATS["youtube"], "ความรัก" * 12
    wanted = recipe(headline=headline, subtext="")
    lines = typeset(wanted, target, target.draft, kept_plate(wanted, target, target.draft, somebody(500))).layout.lines
    assert len(lines) > 1 and "".join(line.text for line in lines) == headline
