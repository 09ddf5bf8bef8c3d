"""What of a text is counted as a word."""

import pytest

from core.domain.word import counted


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("I flew there TWICE 🚀", ("i", "flew", "there", "twice")),
        ("Me – vs. them!", ("me", "vs", "them")),
        ("DON'T, don’t", ("don't", "don’t")),
        ("'", ()),
        ("👨‍👩‍👧 _ &", ()),
        ("$100 = 7%", ("100", "7")),
        ("没有人 到底", ("没有人", "到底")),
        ("हिंदी में", ("हद", "म")),
    ],
)
def test_only_what_has_a_letter_or_a_figure_is_a_word(text: str, words: tuple[str, ...]) -> None:
    assert counted(text) == words
