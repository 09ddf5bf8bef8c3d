"""What the headline doctor says, first things first, and of what it says nothing."""

import pytest

from core.compose.doctor import RULES, Patient, examined
from core.compose.studio import draw_plate, typeset
from core.domain.advice import Advice, Ailment
from core.domain.brief import Vibe
from core.domain.format import FORMATS, Family
from tests.compose.builder import recipe, somebody

YOUTUBE = FORMATS["youtube"]
PERSON = somebody()


def told(
    headline: str, *, cap: float = 12.0, alone: str = "", left_out: str = "", spaced: bool = True
) -> Advice | None:
    one = Patient(tuple(headline.split()), left_out, cap, alone, spaced)
    return next((found for rule in RULES if (found := rule(one)) is not None), None)


@pytest.mark.parametrize(
    ("headline", "ailment"),
    [
        ("I quit my job", None),
        ("Never, never, never again", None),  # at once after itself: meant
        ("The end of the internet", None),  # a function word may come twice
        ("Was it worth it?", None),  # one word says something
        ("Top 10 Ph.D. tips", None),
        ("Wait...", None),
        ("3.5 million", None),
        ("I quit my job at NASA and moved to a farm", Ailment.MANY_WORDS),
        ("Electroencephalography Internationalization Responsibility", Ailment.LONG),
        ("What is it about", Ailment.SMALL_WORDS),
        ("Por qué no es así", None),
        ("Money makes more money", Ailment.REPEATED),
        ("Run run fast", Ailment.REPEATED),
        ("I quit my job.", Ailment.FULL_STOP),
        ("我辞职了。", Ailment.FULL_STOP),
    ],
)
def test_words_are_told_of_by_the_first_thing_that_is_wrong_with_them(headline: str, ailment: Ailment | None) -> None:
    found = told(headline)
    assert (found and found.ailment) == ailment


def test_what_came_out_too_small_says_how_many_words_would_not() -> None:
    assert told("one two three four five six", cap=8.2) == Advice(Ailment.TINY, n=4, figure=8.2)
    assert told("a Rindfleischetikettierung", cap=8.2, alone="Rindfleischetikettierung") == Advice(
        Ailment.LONG_WORD, word="Rindfleischetikettierung", figure=8.2
    )


def test_what_passes_with_room_is_not_warned_of() -> None:
    assert told("I quit my job", cap=8.8) is None


def test_a_sign_nobody_can_draw_comes_before_everything_else() -> None:
    found = told("one two three four five six seven.", cap=3.0, left_out="🫪")
    assert found == Advice(Ailment.UNSEEN, word="🫪")


def test_a_script_without_spaces_is_told_by_its_signs() -> None:
    assert told("一" * 30, spaced=False) == Advice(Ailment.LONG, n=9)
    assert told("什么是它", spaced=False) is None


@pytest.mark.parametrize(
    ("headline", "ailment"),
    [
        ("I quit my job", None),
        ("I quit \U0001faea now", Ailment.UNSEEN),
        ("Electroencephalography", Ailment.LONG_WORD),
    ],
)
def test_a_real_layout_is_what_small_is_measured_on(headline: str, ailment: Ailment | None) -> None:
    wanted = recipe(Vibe.BOLD, headline=headline, subtext="")
    plate = draw_plate(wanted, YOUTUBE, YOUTUBE.draft, PERSON)
    layout = typeset(wanted, YOUTUBE, YOUTUBE.draft, plate, strict=False).layout
    found = examined(headline, layout, Family.WIDE)
    assert (found and found.ailment) == ailment
