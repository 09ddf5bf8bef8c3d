"""Rules of thumb that say they are ones."""

import pytest

from core.domain.brief import ColourPriority, Emotion, Vibe
from core.domain.prompt import Prompt
from core.providers.error import Unable
from core.providers.reader import LocalReader

READER = LocalReader()


async def test_every_local_reading_says_that_it_is_one() -> None:
    readings = (
        await READER.headlines("How I built a boat in my garage"),
        await READER.shorten("x"),
        await READER.brief("x"),
    )

    assert all(row.local and row.by == "local" and row.usage is None for row in readings)


async def test_headlines_are_different_and_short() -> None:
    ideas = (await READER.headlines("How I built a boat in my garage in thirty days", 3)).value

    assert len(ideas) == len(set(ideas)) == 3
    assert all(1 <= len(idea.split()) <= 6 for idea in ideas)
    assert ideas[0] == "How built boat garage"


async def test_a_sentence_of_nothing_makes_no_headline() -> None:
    assert (await READER.headlines("  ")).value == ()


@pytest.mark.parametrize(
    ("headline", "short"),
    [
        ("I built the biggest boat of my life in the garage", "I built the biggest boat"),
        ("Short enough already", "Short enough already"),
        ("one two three four five six seven eight", "one two three four five six seven eight"),
    ],
)
async def test_a_headline_becomes_a_clause_of_it_or_stays(headline: str, short: str) -> None:
    assert (await READER.shorten(headline)).value == short


async def test_a_sentence_becomes_wishes_where_a_key_word_says_so() -> None:
    wishes = (await READER.brief("review of the new phone, shocked face, cold light")).value

    assert wishes.vibe is Vibe.TECH
    assert wishes.emotion is Emotion.SHOCK
    assert wishes.colours is ColourPriority.COOL


async def test_what_is_not_said_is_not_wished() -> None:
    wishes = (await READER.brief("my holidays")).value

    assert (wishes.title, wishes.vibe, wishes.emotion, wishes.colours) == ("my holidays", None, None, None)


async def test_who_has_no_eyes_says_so() -> None:
    with pytest.raises(Unable):
        await READER.describe(b"", "image/png")
    with pytest.raises(Unable):
        await READER.alt_text(b"", "image/png", "x")
    with pytest.raises(Unable):
        await READER.video(Prompt(system="", parts=()))
