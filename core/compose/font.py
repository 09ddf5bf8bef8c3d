"""Which face can write a text: coverage by character map, choice by vibe and mood, honest refusal otherwise."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Container
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import accumulate, pairwise
from pathlib import Path

from fontTools.ttLib import TTFont
from PIL import ImageFont, features

from core.compose import emoji, pack
from core.compose.script import Script, Writing, script_of, scripts_of, visible, writing_of
from core.domain.brief import TypeMood, Vibe
from core.domain.typeface import MOODS, NAMES

FOLDER = Path(__file__).parent / "fonts"
TEXT_FACE = "Inter-Bold"
_EM = 200
"""Measured once at this size and scaled: hinting makes small sizes lie."""
_FINE, _UNITS = 8192, 64
"""The same for what is rounded to units per px afterwards."""


@dataclass(frozen=True, slots=True)
class FontChoice:
    face: str
    """File name without ending."""
    scripts: tuple[Script, ...]

    @property
    def right_to_left(self) -> bool:
        return Script.ARABIC in self.scripts or Script.HEBREW in self.scripts

    @property
    def tall(self) -> bool:
        """Letters that know no capitals: lines stand on their real ink, and nothing is spaced out."""
        return not set(self.scripts) <= _WITH_CAPITALS


@dataclass(frozen=True, slots=True)
class NotCovered:
    scripts: tuple[Script, ...]
    characters: str


_WITH_CAPITALS = frozenset((Script.LATIN, Script.GREEK, Script.CYRILLIC, Script.COMMON))
_VIBES: dict[Vibe, tuple[str, ...]] = {
    Vibe.BOLD: ("Anton-Regular", "Oswald-Bold", "Lalezar-Regular"),
    Vibe.CLEAN: ("Poppins-Black", "Montserrat-Black", "Rubik-Black"),
    Vibe.CINEMATIC: ("Cinzel-ExtraBold", "TFDisplaySerif-Black"),
    Vibe.NEON: ("Orbitron-Black", "TFGaming-Regular", "Montserrat-Black"),
    Vibe.PASTEL: ("TFRounded-Regular", "Baloo2-ExtraBold", "Montserrat-Black"),
    Vibe.TECH: ("SpaceGrotesk-Bold", "Montserrat-Black"),
    Vibe.MINIMALIST: (TEXT_FACE, "Montserrat-Black"),
    Vibe.MEME: ("Anton-Regular", "Oswald-Bold", "Lalezar-Regular"),
    Vibe.DOCUMENTARY: ("Oswald-Bold", "Anton-Regular", "Lalezar-Regular"),
}
_ALONE: dict[Vibe, TypeMood] = {Vibe.BOLD: TypeMood.CHUNKY}
"""What fills a picture nobody is in better than the vibe's own narrow faces."""
_ANY = (
    "Rubik-Black",
    "Cairo-Black",
    "Mukta-ExtraBold",
    "Kanit-ExtraBold",
    "Montserrat-Black",
    TEXT_FACE,
)


def shaping_ready() -> bool:
    """Whether Pillow carries raqm. Without it Arabic, Devanagari and Thai come out wrong without any error."""
    return bool(features.check("raqm"))


def written(word: str) -> str:
    """The word without emoji that are newer than our drawings: they are no letters, and nothing is refused for them."""
    return "".join(run.text if run.emoji else _known(run.text) for run in emoji.runs(word))


def _known(text: str) -> str:
    signs = {letter for letter in text if script_of(letter) is Script.EMOJI}
    faces = (*_ANY, *_eastern(text, "", pack.HEAVY)) if signs else ()
    unknown = {sign for sign in signs if not any(sign in coverage(face) for face in faces)}
    if not unknown:
        return text
    return "".join(letter for letter in text if letter not in unknown).strip(emoji.VARIATION + emoji.JOINER)


@lru_cache(64)
def choose(
    text: str,
    mood: TypeMood = TypeMood.AUTO,
    vibe: Vibe = Vibe.BOLD,
    *,
    alone: bool = False,
    language: str = "",
    brand: str = "",
) -> FontChoice | NotCovered:
    """The first face of the mood (on AUTO: the brand's, then the vibe's) that writes every character of `text`.

    `alone`: the picture is nothing but type. `language`: the person's, which decides between Far Eastern faces where
    the characters do not.
    """
    own = (brand,) if brand in NAMES and mood is TypeMood.AUTO else ()
    if alone and mood is TypeMood.AUTO:
        mood = _ALONE.get(vibe, mood)
    wished = (*own, *_VIBES.get(vibe, ())) if mood is TypeMood.AUTO else (*own, *MOODS[mood].own, *MOODS[mood].near)
    return _first((*wished, *_ANY, *_eastern(text, language, pack.HEAVY)), text)


@lru_cache(64)
def choose_plain(text: str, language: str = "") -> FontChoice | NotCovered:
    """The face for subtext and small print."""
    return _first((TEXT_FACE, *_ANY, *_eastern(text, language, pack.PLAIN)), text)


def _eastern(text: str, language: str, weight: str) -> tuple[str, ...]:
    """The installed faces for a Far Eastern text, the one with its forms first."""
    wanted = writing_of(text, language)
    if wanted is None:
        return ()
    ordered = (pack.name(writing, weight) for writing in dict.fromkeys((wanted, *Writing)))
    return tuple(face for face in ordered if face in pack.cuts())


def _first(faces: tuple[str, ...], text: str) -> FontChoice | NotCovered:
    wanted = dict.fromkeys(character for character in text if visible(character))
    fewest = tuple(wanted)
    for face in faces:
        covered = coverage(face)
        missing = tuple(character for character in wanted if character not in covered)
        if not missing:
            return FontChoice(face, scripts_of(text))
        fewest = min(fewest, missing, key=len)
    return NotCovered(scripts_of("".join(fewest)), "".join(fewest))


@cache
def coverage(face: str) -> Container[str]:
    """Every character the face has a glyph for."""
    if face in pack.cuts():
        return pack.ranges(pack.cuts()[face].path)
    with TTFont(FOLDER / f"{face}.ttf", lazy=True) as font:
        return frozenset(chr(code) for code in font.getBestCmap())


@cache
def faces() -> dict[str, dict[str, object]]:
    """The table beside the font files: mood, licence and subsets by file name."""
    rows = json.loads((FOLDER / "fonts.json").read_text(encoding="utf-8"))
    return {row["file"]: row for row in rows}


def load(face: str, size: float, *, shaped: bool = True) -> ImageFont.FreeTypeFont:
    """A face at `size` px per em. Raises OSError when the file is damaged, ImportError without raqm.

    Not `shaped` it draws single letters: the same, at a fifth of the time, as shaping prepares the face for every call.
    """
    engine = ImageFont.Layout.RAQM if shaped else ImageFont.Layout.BASIC
    return _load_cut(face, size, engine) if face in pack.cuts() else _load(face, size, engine)


@lru_cache(128)
def _load(face: str, size: float, engine: ImageFont.Layout) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FOLDER / f"{face}.ttf"), size, layout_engine=engine)


@lru_cache(12)
def _load_cut(face: str, size: float, engine: ImageFont.Layout) -> ImageFont.FreeTypeFont:
    # Every size maps its file anew, 5 MB of pages in use; a picture takes some four sizes.
    cut = pack.cuts()[face]
    font = ImageFont.truetype(str(cut.path), size, layout_engine=engine)
    font.set_variation_by_axes([cut.weight])
    return font


def features_of(face: str) -> list[str]:
    """The OpenType features a face is set with, beside those that are always on."""
    return list(pack.FEATURES) if face in pack.cuts() else []


def starts(face: str, text: str, size: float) -> tuple[float, ...]:
    """Where each letter begins, in px: kerned as the shaper does it, in whole units of the rasteriser."""
    steps = (_step(face, one + other) for one, other in pairwise(text))
    units = (sum(round(part * size * _UNITS) for part in step) for step in steps)
    return tuple(unit / _UNITS for unit in accumulate(units, initial=0))


@lru_cache(4096)
def _step(face: str, pair: str) -> tuple[float, float]:
    """A letter's advance and what the next one changes in it, in em."""
    font = load(face, _FINE)
    own, following = map(font.getlength, pair)
    return own / _FINE, (font.getlength(pair) - own - following) / _FINE


@dataclass(frozen=True, slots=True)
class Placed:
    """A run on its line, in em."""

    run: emoji.Run
    x: float
    width: float


_EMOJI, _TALL_EMOJI = 1.15, 1.3
"""Height of an emoji in capital heights; beside letters that fill the square of a Chinese character."""


def emoji_height(face: str) -> float:
    """In em."""
    return (_TALL_EMOJI if face in pack.cuts() else _EMOJI) * _ink(face, "H")[0]


@cache
def space(face: str) -> float:
    """Width of a space, in em."""
    return load(face, _EM).getlength(" ") / _EM


@lru_cache(1024)
def placed(face: str, text: str, tracking: float = 0.0) -> tuple[Placed, ...]:
    """The runs of a text with emoji, from left to right. Among letters that run from the right, emoji do."""
    logical = emoji.runs(text)
    backwards = any(unicodedata.bidirectional(letter) in ("R", "AL") for letter in text)
    result, x = list[Placed](), 0.0
    for run in reversed(logical) if backwards else logical:
        if run.emoji:
            width = emoji_height(face) * emoji.ASPECT
            letters = 1
        else:
            width = load(face, _EM).getlength(run.text, features=features_of(face)) / _EM
            letters = len(run.text)
        result.append(Placed(run, x, width + tracking * (letters - 1)))
        x += width + tracking * letters
    return tuple(result)


@dataclass(frozen=True, slots=True)
class FaceMeasure:
    """Metrics of a real face; `tracking` is extra space after each letter, in em."""

    face: str
    tracking: float = 0.0

    @property
    def cap(self) -> float:
        return _ink(self.face, "H")[0]

    def advance(self, text: str) -> float:
        if emoji.has(text):
            last = placed(self.face, text, self.tracking)[-1]
            return last.x + last.width
        return _advance(self.face, text) + self.tracking * max(0, len(text) - 1)

    def ink(self, text: str) -> tuple[float, float]:
        if not emoji.has(text):
            return _ink(self.face, text)
        letters = emoji.without(text)
        above, below = _ink(self.face, letters) if letters.strip() else (0.0, 0.0)
        reach = emoji_height(self.face) / 2
        return max(above, self.cap / 2 + reach), max(below, reach - self.cap / 2)


@lru_cache(4096)
def _bbox(face: str, text: str) -> tuple[float, float, float, float]:
    left, top, right, bottom = load(face, _EM).getbbox(text, anchor="ls", features=features_of(face))
    return left / _EM, top / _EM, right / _EM, bottom / _EM


def _ink(face: str, text: str) -> tuple[float, float]:
    _, top, _, bottom = _bbox(face, text)
    return max(0.0, -top), max(0.0, bottom)


def _advance(face: str, text: str) -> float:
    left, _, right, _ = _bbox(face, text)
    return right - min(0.0, left)
