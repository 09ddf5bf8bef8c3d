"""Japanese, Chinese and Korean: lines end where a phrase does, kinsoku holds, and the text stays what was typed."""

import os
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.compose import pack, phrase
from core.compose.emphasis import core, strongest
from core.compose.layout import Role, typed
from core.compose.letter import glyphs
from core.compose.seam import GLUE, clusters, joined, syllables
from core.compose.studio import Composition, typeset
from core.compose.style import Mark, style_of
from core.domain.brief import Vibe
from core.domain.format import FORMATS
from tests.compose.builder import VIBES, kept_plate, positions, recipe, somebody

if not pack.cuts():
    if os.environ.get("CI") == "true":
        pytest.fail("both locks install the extra `cjk`", pytrace=False)
    pytest.skip("the extra `cjk` is not installed", allow_module_level=True)

PERSON = somebody(500)
HEADLINES = {
    "jp": "「やめろ」と言われた日",
    "kr": "내가 나사를 그만둔 이유",
    "sc": "千万不要看这个视频！",
    "tc": "如何成為一名太空人？",
    "mixed": "NASAを辞めた本当の理由",
}
FORBIDDEN_START = "、。，．！？）」』】ーっゃゅょァィゥェォッャュョ々…"
FORBIDDEN_END = "「『（【《"
LETTERS = st.text(
    st.sampled_from(
        "東京日語我为麼離開안녕하세요あいでをがアイホテルっょーッ、。！？「」（）『』…%!?()NASAab17 ０Ａ々"
    ),
    min_size=1,
    max_size=30,
)
WORDS = LETTERS.map(str.split).filter(bool)


def parts(pieces: tuple[str, ...]) -> list[str]:
    return [piece.removesuffix(GLUE) for piece in pieces]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("東京で一番安いホテル", ["東京で", "一番", "安い", "ホテル"]),
        ("「やめろ」と言われた日", ["「やめろ」と", "言われた", "日"]),
        ("NASAを辞めた本当の理由", ["NASAを", "辞めた", "本当の", "理由"]),
        ("我在NASA辞职了", ["我在", "NASA", "辞职了"]),
        ("千万不要看这个视频！", ["千万", "不要看", "这个", "视频！"]),
        ("没有人告诉我真相", ["没有人", "告诉", "我真相"]),
        ("真相到底是什么", ["真相到底", "是什么"]),
        ("少即是多", ["少即", "是多"]),
        ("如何成為一名太空人", ["如何", "成為", "一名", "太空人"]),
        ("내가 나사를 그만둔 이유", ["내가", "나사를", "그만둔", "이유"]),
    ],
)
def test_a_line_may_end_where_a_phrase_does(text: str, expected: list[str]) -> None:
    assert parts(syllables(text.split())) == expected


@given(WORDS)
def test_pieces_put_together_are_the_words(words: list[str]) -> None:
    assert joined(syllables(words)) == joined(clusters(words)) == " ".join(words)


@given(WORDS)
def test_no_line_may_begin_or_end_with_what_kinsoku_forbids(words: list[str]) -> None:
    for pieces in (parts(syllables(words)), parts(clusters(words))):
        assert all(piece[0] not in FORBIDDEN_START for piece in pieces[1:]), pieces
        assert all(piece.rstrip()[-1] not in FORBIDDEN_END for piece in pieces[:-1]), pieces


@given(WORDS)
def test_latin_words_and_figures_stay_whole(words: list[str]) -> None:
    for pieces in (syllables(words), clusters(words)):
        for before, after in pairwise(pieces):
            if before.endswith(GLUE):
                assert not (before[-2].isascii() and before[-2].isalnum() and after[0].isascii() and after[0].isalnum())


@pytest.mark.parametrize(
    ("piece", "expected"),
    [
        ("東京で", ("", "東京", "で")),
        ("NASAを", ("", "NASA", "を")),
        ("コンビニだけで", ("", "コンビニ", "だけで")),
        ("辞めた", ("", "辞めた", "")),
        ("100万円", ("", "100万円", "")),
        ("最后的", ("", "最后", "的")),
        ("никогда", ("", "никогда", "")),
        ("の", ("", "の", "")),
    ],
)
def test_what_is_highlighted_is_the_word_without_its_particle(piece: str, expected: tuple[str, str, str]) -> None:
    assert core(piece) == expected


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("東京で一番安いホテル", "ホテル"),
        ("我为什么离开美国", "美国"),
        ("3日間で稼ぐ方法", "3日間で"),
        ("내가 나사를 그만둔 이유", "그만둔"),
    ],
)
def test_the_word_that_carries_a_far_eastern_headline_is_no_single_sign(text: str, word: str) -> None:
    pieces = syllables(text.split())
    assert parts(pieces)[strongest(pieces)] == word


@pytest.mark.parametrize("headline", HEADLINES.values())
@pytest.mark.parametrize("vibe", VIBES)
def test_the_set_lines_are_the_typed_text_under_kinsoku(headline: str, vibe: Vibe) -> None:
    for position, format_id in zip(
        positions((VIBES, vibe), (tuple(HEADLINES.values()), headline), count=3),
        ("youtube", "portrait", "x_header"),
        strict=True,
    ):
        lines = _set(headline, vibe, position, format_id).layout.lines
        # Some vibes set capitals.
        assert typed(lines).casefold() == headline.casefold()
        assert all(line.text[0] not in phrase.NO_START for line in lines)
        assert all(line.text[-1] not in phrase.NO_END for line in lines)
        assert any(span.role is Role.EMPHASIS for line in lines for span in line.spans)


@pytest.mark.parametrize("headline", HEADLINES.values())
def test_pieces_of_a_line_stand_side_by_side(headline: str) -> None:
    """Where a phrase is parted for its highlight, no letter is drawn over another and no gap opens."""
    for position in range(6):
        for line in _set(headline, Vibe.BOLD, position, "youtube").layout.lines:
            for before, after in pairwise(line.spans):
                gap = (after.x - before.x - before.width) / line.cap
                assert (-0.02 < gap < 0.12) if not before.after else (0.1 < gap < 0.6)


@pytest.mark.parametrize("headline", HEADLINES.values())
def test_a_far_eastern_headline_fills_its_lines_with_ink(headline: str) -> None:
    composition = _set(headline, Vibe.CLEAN, 0, "youtube")
    ink = glyphs(composition.layout, style_of(recipe(Vibe.CLEAN).brief, FORMATS["youtube"].family))
    for line in composition.layout.lines:
        box = line.ink
        part = ink[round(box.top) : round(box.bottom), round(box.left) : round(box.right)]
        assert 0.2 < float((part > 128).mean()) < 0.8


def test_a_box_ends_before_the_particle_that_stands_against_its_word() -> None:
    boxed = next(
        composition
        for position in range(12)
        if (composition := _set("東京で", Vibe.BOLD, position, "youtube")).layout.mark is Mark.BOX
    )
    (line,) = boxed.layout.lines
    word, particle = line.spans
    assert (word.text, particle.text) == ("東京", "で")
    assert boxed.type_layer is not None
    rgba = boxed.type_layer.rgba(boxed.layout.width, boxed.layout.height)
    pop = tuple(int(boxed.layout.palette.pop[at : at + 2], 16) for at in (1, 3, 5))
    box = np.argwhere((np.abs(rgba[..., :3].astype(int) - pop).max(axis=2) < 12) & (rgba[..., 3] > 250))
    assert len(box) and box[:, 1].max() < particle.x + 0.15 * line.cap


def test_a_headline_nobody_could_set_in_phrases_is_broken_between_letters() -> None:
    headline = "コンビニエンスストアオンラインショッピング" * 2
    lines = _set(headline, Vibe.CLEAN, 0, "youtube").layout.lines
    assert len(lines) > 1 and typed(lines) == headline
    assert all(line.text[0] not in phrase.NO_START for line in lines)


def _set(headline: str, vibe: Vibe, position: int, format_id: str) -> Composition:
    target = FORMATS[format_id]
    wanted = recipe(vibe, position, headline=headline, subtext="")
    return typeset(wanted, target, target.draft, kept_plate(wanted, target, target.draft, PERSON))
