import numpy as np
import pytest
from PIL import Image, ImageDraw

from core.compose import font
from core.compose.font import FontChoice, NotCovered, Script, choose, coverage, faces, load
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
UNWRITTEN = {
    Script.JAPANESE: "日本語のタイトル",
    Script.CHINESE: "你好世界",
    Script.KOREAN: "안녕하세요",
    Script.EMOJI: "🔥😱",
}


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


@pytest.mark.parametrize("text", WRITTEN.values())
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
    assert isinstance(hebrew, FontChoice) and hebrew.right_to_left and hebrew.complex
    assert isinstance(latin, FontChoice) and not latin.right_to_left and not latin.complex


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
