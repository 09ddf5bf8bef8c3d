import subprocess
import sys

import numpy as np
import pytest
from fontTools.ttLib import TTFont
from PIL import Image, ImageDraw, ImageFont

from core.compose import font, pack
from core.compose.font import FaceMeasure, FontChoice, NotCovered, choose, coverage, faces, load
from core.compose.script import Script
from core.domain.brief import TypeMood, Vibe
from tests.compose.builder import VIBES

WRITTEN = {
    Script.LATIN: "Żółć déjà vu",
    Script.GREEK: "Γειά σου",
    Script.CYRILLIC: "Привет мир",
    Script.HEBREW: "שלום עולם",
    Script.ARABIC: "مرحبا بالعالم 24",
    Script.DEVANAGARI: "नमस्ते दुनिया क्षि",
    Script.THAI: "สวัสดีชาวโลกที่นี่",
}
EASTERN = {
    Script.JAPANESE: "日本語のタイトル、NASAを辞めた日！",
    Script.CHINESE: "你好，世界 2026",
    Script.KOREAN: "안녕하세요 NASA",
}
COVERED = WRITTEN | (EASTERN if pack.cuts() else {})
UNWRITTEN = {
    Script.OTHER: "বাংলা",
    Script.EMOJI: "🫩",
}
FORMS = {
    "日本語のタイトル": "NotoSansJP-Black",
    "気になる駅": "NotoSansJP-Black",
    "안녕하세요": "NotoSansKR-Black",
    "大韓民國의 미래": "NotoSansKR-Black",
    "我为什么离开美国": "NotoSansSC-Black",
    "我為什麼離開美國": "NotoSansTC-Black",
    "人": "NotoSansSC-Black",
    "駅前広場": "NotoSansJP-Black",
    "NASA 太空人回來了": "NotoSansTC-Black",
}
needs_the_extra = pytest.mark.skipif(not pack.cuts(), reason="the extra `cjk` is not installed")


def test_raqm_is_there() -> None:
    assert font.shaping_ready()


def test_every_face_of_the_table_opens_and_has_its_licence_beside_it() -> None:
    for name in faces():
        assert load(name, 20).getlength("A") > 0
        assert (font.FOLDER / f"{name}.LICENSE.txt").stat().st_size > 0


def test_every_face_that_may_be_chosen_stands_in_the_table() -> None:
    wished = {
        choice.face for vibe in VIBES for mood in TypeMood if isinstance(choice := choose("Ab", mood, vibe), FontChoice)
    }
    assert wished <= faces().keys()


@pytest.mark.parametrize("script", WRITTEN)
@pytest.mark.parametrize("mood", TypeMood)
def test_a_script_with_a_face_is_covered_in_every_mood(script: Script, mood: TypeMood) -> None:
    choice = choose(WRITTEN[script], mood, Vibe.BOLD)
    assert isinstance(choice, FontChoice)
    assert script in choice.scripts


@pytest.mark.parametrize("script", UNWRITTEN)
def test_a_script_without_a_face_is_named(script: Script) -> None:
    missing = choose(f"OK {UNWRITTEN[script]}")
    assert isinstance(missing, NotCovered)
    assert missing.scripts == (script,)
    assert set(missing.characters) <= set(UNWRITTEN[script])


@needs_the_extra
@pytest.mark.parametrize("script", EASTERN)
@pytest.mark.parametrize("mood", TypeMood)
def test_one_face_of_the_extra_covers_a_far_eastern_text_with_all_that_stands_in_it(
    script: Script, mood: TypeMood
) -> None:
    choice = choose(EASTERN[script], mood, Vibe.CLEAN)
    assert isinstance(choice, FontChoice)
    assert choice.face in pack.cuts()
    assert choice.tall and not choice.right_to_left


@needs_the_extra
@pytest.mark.parametrize("text", FORMS)
def test_far_eastern_characters_get_the_forms_of_their_country(text: str) -> None:
    choice = choose(text)
    assert isinstance(choice, FontChoice)
    assert choice.face == FORMS[text]


@needs_the_extra
@pytest.mark.parametrize(
    ("text", "language", "face"),
    [
        ("人気", "ja", "NotoSansJP-Black"),
        ("東京物語", "ja-JP", "NotoSansJP-Black"),
        ("人", "zh-Hant", "NotoSansTC-Black"),
        ("人", "zh_TW", "NotoSansTC-Black"),
        ("人", "zh-CN", "NotoSansSC-Black"),
        ("美国", "zh-TW", "NotoSansSC-Black"),
        ("美國", "ko", "NotoSansKR-Black"),
        ("東京で", "zh-CN", "NotoSansJP-Black"),
    ],
)
def test_the_language_of_the_person_decides_where_the_characters_do_not(text: str, language: str, face: str) -> None:
    choice = choose(text, language=language)
    assert isinstance(choice, FontChoice)
    assert choice.face == face


@needs_the_extra
def test_a_character_the_preferred_forms_lack_is_written_with_those_of_another_country() -> None:
    assert "们" not in coverage("NotoSansJP-Black")
    choice = choose("我们", language="ja")
    assert isinstance(choice, FontChoice)
    assert all(letter in coverage(choice.face) for letter in "我们")


@needs_the_extra
@pytest.mark.parametrize("face", sorted({cut.path: face for face, cut in pack.cuts().items()}.values()))
def test_the_short_reading_of_a_large_font_finds_the_characters_fonttools_finds(face: str) -> None:
    with TTFont(pack.cuts()[face].path, lazy=True) as opened:
        listed = opened.getBestCmap()
    covered = coverage(face)
    assert {code for code in range(0x20, 0x40000) if chr(code) in covered} == listed.keys() - range(0x20)


@needs_the_extra
def test_the_weights_of_a_large_font_are_drawn_as_such() -> None:
    ink = {weight: int(_mask(f"NotoSansJP-{weight}", "東京").sum()) for weight in (pack.PLAIN, pack.HEAVY)}
    with_thin = ImageFont.truetype(str(pack.cuts()["NotoSansJP-Black"].path), 80)
    image = Image.new("L", (420, 160), 0)
    ImageDraw.Draw(image).text((10, 110), "東京", font=with_thin, fill=255, anchor="ls")
    assert int(np.asarray(image).sum()) < ink[pack.PLAIN] < ink[pack.HEAVY]


@needs_the_extra
def test_kana_are_set_as_wide_as_they_are() -> None:
    assert FaceMeasure("NotoSansJP-Black").advance("コンビニだけで") < 6.9


def test_without_the_extra_far_eastern_scripts_are_refused_by_name() -> None:
    lines = (
        "import sys; sys.modules['budoux'] = sys.modules['justmytype_intl_cjk'] = None",
        "from core.compose import font",
        f"print(*(script for text in {list(EASTERN.values())!r} for script in font.choose(text).scripts))",
    )
    found = subprocess.run([sys.executable, "-c", "\n".join(lines)], capture_output=True, text=True, check=True)
    assert found.stdout.split() == ["japanese", "chinese", "korean"]


@pytest.mark.parametrize("text", COVERED.values())
def test_no_letter_of_a_covered_text_is_drawn_as_the_missing_glyph(text: str) -> None:
    choice = choose(text)
    assert isinstance(choice, FontChoice)
    tofu = _mask(choice.face, "\U0010fffd")
    for letter in text:
        if not letter.isspace():
            assert _mask(choice.face, letter).tobytes() != tofu.tobytes()


def test_arabic_letters_join_and_run_from_the_right() -> None:
    apart = sum(load("Cairo-Black", 100).getlength(letter) for letter in "سلام")
    assert load("Cairo-Black", 100).getlength("سلام") < 0.95 * apart
    ink = _mask("Cairo-Black", "ا ـــــــ")
    columns = np.flatnonzero(ink.max(axis=0))
    tall = np.flatnonzero((ink > 128).sum(axis=0) > 40)
    assert tall.min() > columns.mean(), "the first letter, alef, stands at the right end"


def test_devanagari_reorders_the_short_i() -> None:
    assert _mask("Mukta-ExtraBold", "कि").tobytes() != _mask("Mukta-ExtraBold", "क", "ि").tobytes()


def test_right_to_left_is_known() -> None:
    hebrew, latin = choose(WRITTEN[Script.HEBREW]), choose("Hello")
    assert isinstance(hebrew, FontChoice) and hebrew.right_to_left
    assert isinstance(latin, FontChoice) and not latin.right_to_left


def test_coverage_knows_only_what_the_file_has() -> None:
    assert "A" in coverage("Anton-Regular")
    assert "Ж" not in coverage("Anton-Regular")


def _mask(face: str, *pieces: str) -> np.ndarray:
    image = Image.new("L", (420, 160), 0)
    x = 10.0
    for piece in pieces:
        ImageDraw.Draw(image).text((x, 110), piece, font=load(face, 80), fill=255, anchor="ls")
        x += load(face, 80).getlength(piece)
    return np.asarray(image)
