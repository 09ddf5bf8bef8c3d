"""The few words a short variant shows."""

import sys
from dataclasses import replace
from subprocess import run

import pytest

from core.compose.gist import MOST, gist, short
from core.compose.layout import typed
from core.compose.studio import draw_plate, typeset
from core.compose.wording import key_of, words_of
from core.domain.brief import VARIANT_COUNTS, Brief
from core.domain.format import FORMATS
from core.domain.job import PLACES, SHORT_FROM, SHORT_PLACE
from tests.compose.builder import recipe, somebody

LONG = "How I learned Spanish in 30 days"
PHRASES = {
    "Nobody told me this about money": "Nobody told me",
    "I spent 30 days in the jungle with nothing": "30 days",
    "My mom's secret pasta recipe": "Secret pasta recipe",
    'The "best" phone of 2026 is here': 'The "best" phone',
    "Day 3: I still can't believe it": "Day 3",
    "Is this the end of YouTube?": "End of YouTube?",
    "Die besten Tipps für Anfänger in Deutschland": "Die besten Tipps",
    "Я уволился с работы после 10 лет": "10 лет",
    "كيف تعلمت البرمجة في 30 يوما": "30 يوما",
    "나는 7일 만에 영어를 배웠다": "7일 만에",
    "What really happened on the island": "What really happened",
    "The best budget camera of 2024": "Best budget camera",
    "The dark side of being a YouTuber": "The dark side",
    "Is remote work finally dead?": "Finally dead?",
    "So sparst du jeden Monat 500 Euro": "500 Euro",
    "7 mistakes new investors make with money": "7 mistakes",
    "Dejé mi trabajo en Google para viajar": "Dejé mi trabajo",
    "Inside the most dangerous prison on Earth": "Most dangerous prison",
    "Der größte Fehler meines Lebens": "Der größte Fehler",
    "Los 5 peores errores de novato": "5 peores errores",
    "Warum ich Deutschland nach 10 Jahren verlasse": "10 Jahren",
    "Las mejores playas de México que nadie conoce": "Las mejores playas",
}


@pytest.mark.parametrize(("headline", "phrase"), PHRASES.items())
def test_a_headline_is_cut_to_a_phrase_around_its_strongest_word(headline: str, phrase: str) -> None:
    assert gist(headline) == phrase
    assert phrase.casefold() in headline.casefold() and len(phrase.split()) <= MOST


@pytest.mark.parametrize(
    ("headline", "phrase"),
    [
        (LONG, "30 days"),
        ("Les 7 erreurs à éviter pour maigrir", "Les 7 erreurs"),
    ],
)
def test_a_figure_keeps_what_it_counts(headline: str, phrase: str) -> None:
    assert gist(headline) == phrase


@pytest.mark.parametrize(
    ("headline", "phrase"),
    [
        ("You do not need 10,000 dollars", ""),
        ("Do not buy the new iPhone", ""),
        ("I can't afford a house anymore", "I can't afford"),
        ("Ich esse 100 Tage keinen Zucker", ""),
        ("Never make this mistake with your money", ""),
    ],
)
def test_what_a_headline_denies_is_not_claimed(headline: str, phrase: str) -> None:
    assert gist(headline) == phrase


@pytest.mark.parametrize(
    "headline",
    [
        "I QUIT",
        "I quit my",
        "Why I left Google",
        "Why you should NEVER buy a used car",
        "I ate only meat for a year",
        "Lo que nadie te cuenta de Japón",
        "You are charging your phone wrong",
        "The biggest mistake new investors make",
        "Renuncié a mi trabajo en Google",
        "My boss fired me on day one",
        "My first marathon almost killed me",
        "The app every student needs today",
        "Pourquoi tout le monde quitte Paris",
        "Unser Haus steht unter Wasser",
        "So wird dein Zimmer sofort gemütlich",
        "Правда о дешёвых электромобилях из Китая",
        "",
        "🔥 🔥 🔥 🔥",
        "ฉันลาออกจากงาน หลังจาก สิบ ปี ผ่าน ไป",
        "เร็ว",
    ],
)
def test_what_is_short_or_cannot_be_cut_is_left_as_it_is(headline: str) -> None:
    assert gist(headline) == ""


@pytest.mark.parametrize(
    ("headline", "phrase"), [("たった7日で英語が話せるようになった", "たった7日"), ("我用七天学会了游泳", "学会了游泳")]
)
def test_scripts_without_spaces_are_cut_between_phrases(headline: str, phrase: str) -> None:
    pytest.importorskip("budoux", reason="the cjk extra is not installed")
    assert gist(headline) == phrase


def test_the_word_somebody_named_is_in_it_and_the_cap_holds() -> None:
    assert gist("The best phone of the 90s", key=3) == "The best phone"
    assert gist(LONG, cap=4) == ""


def test_one_of_four_or_six_is_short_unless_every_word_is_asked_for() -> None:
    brief = Brief(headline=LONG)
    for count in VARIANT_COUNTS:
        made = [short(replace(brief, variants=count), place) for place in range(PLACES)]
        assert [place for place, words in enumerate(made) if words] == ([SHORT_PLACE] if count >= SHORT_FROM else [])
    assert short(replace(brief, every_word=True), SHORT_PLACE) == ""


def test_a_recipe_shows_the_words_it_says_and_sets_them_larger() -> None:
    target, person = FORMATS["youtube"], somebody(500)
    whole = recipe(headline=LONG, subtext="", position=SHORT_PLACE, key_word=6)
    few = replace(whole, short="30 days")
    plate = draw_plate(whole, target, target.draft, person)
    layouts = [typeset(one, target, target.draft, plate).layout for one in (whole, few)]
    assert [typed(layout.lines) for layout in layouts] == [LONG.upper(), "30 DAYS"]
    assert words_of(few) == ("30", "days") and key_of(few) == 0 and key_of(whole) == 5
    assert min(line.cap for line in layouts[1].lines) > 1.5 * max(line.cap for line in layouts[0].lines)


def test_whoever_chooses_them_needs_no_imaging_library() -> None:
    said = "import sys, core.compose.gist; print({'PIL', 'numpy', 'cv2'} & set(sys.modules))"
    assert run([sys.executable, "-c", said], capture_output=True, text=True, check=True).stdout.strip() == "set()"
