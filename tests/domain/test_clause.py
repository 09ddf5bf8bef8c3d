"""A clause of a headline, as it was typed."""

import pytest

from core.domain.clause import clause


@pytest.mark.parametrize(
    ("headline", "shorter"),
    [
        ("I quit my job and moved to Mars", "I quit my job"),
        ("It was so very really nice and it is it.", "It was so very really nice"),
        ("I built the biggest boat of my life", "I built the biggest boat"),
        ("When I was young, I lost everything I had", "I lost everything I had"),
        ("Meine Frau hat gekündigt und ich weiß nicht warum", "Meine Frau hat gekündigt"),
        ("People who live in glass houses should not throw stones", ""),
        ("The difference between cats and dogs nobody tells you about", ""),
        ("You will never be rich if you keep doing this", ""),
        ("one two three four five six seven eight", ""),
        ("I quit", ""),
        ("", ""),
    ],
)
def test_it_stands_by_itself_or_there_is_none(headline: str, shorter: str) -> None:
    assert clause(headline) == shorter and shorter in headline


def test_the_cap_holds() -> None:
    assert clause("I quit my job at NASA and moved", 6) == "I quit my job at NASA"
    assert clause("I quit my job at NASA and moved", 4) == "I quit my job"
