"""Capitals, language by language."""

import pytest

from core.compose.capital import capitals, dotted
from core.compose.emphasis import strongest
from core.compose.studio import typeset
from core.domain.brief import Vibe
from core.domain.format import FORMATS
from tests.compose.builder import kept_plate, recipe

YOUTUBE = FORMATS["youtube"]


@pytest.mark.parametrize(
    ("typed", "drawn"),
    [
        ("Άνθρωπος", "ΑΝΘΡΩΠΟΣ"),
        ("ΆΝΘΡΩΠΟΣ", "ΑΝΘΡΩΠΟΣ"),
        ("προϊόν", "ΠΡΟΪΟΝ"),
        ("ΐ", "Ϊ"),
        ("γάιδαρος", "ΓΑΪΔΑΡΟΣ"),
        ("Μαΐου!", "ΜΑΪΟΥ!"),
        ("ᾠδή", "ΩΙΔΗ"),
        ("ή", "Ή"),
        ("déjà", "DÉJÀ"),
        ("Straße", "STRASSE"),
        ("Їжак", "ЇЖАК"),
        ("quit", "QUIT"),
    ],
)
def test_words_are_set_in_the_capitals_of_their_writing(typed: str, drawn: str) -> None:
    assert capitals(typed) == drawn


@pytest.mark.parametrize(
    ("headline", "language", "dots"),
    [
        ("Ben bir çiçek gibi", "tr", True),
        ("Merhaba", "tr-TR", True),
        ("İstanbul'da ne oldu", "en", True),
        ("I quit İstanbul", "tr", False),
        ("This is my life in İstanbul", "en", False),
        ("I quit my job in winter", "tr", False),
        ("This is my secret", "tr", False),
        ("This is my secret", "en", False),
        ("Mein Leben ist neu", "de", False),
    ],
)
def test_an_i_keeps_its_dot_where_the_words_are_turkish(headline: str, language: str, dots: bool) -> None:
    assert dotted(headline.split(), language) is dots


def test_a_turkish_headline_is_drawn_with_its_own_letters_and_its_small_words_stay_small() -> None:
    wanted = recipe(Vibe.BOLD, headline="benim yeni evim ışıklı", subtext="", language="tr")
    made = typeset(wanted, YOUTUBE, YOUTUBE.draft, kept_plate(wanted, YOUTUBE, YOUTUBE.draft, None))
    assert " ".join(line.text for line in made.layout.lines) == "BENİM YENİ EVİM IŞIKLI"
    assert strongest(["BENİM", "İÇİN"]) == strongest(["benim", "için"])


def test_what_ends_in_ss_is_found_in_the_table_of_its_language() -> None:
    assert strongest(["der", "größte", "fisch"]) == 1
