from hypothesis import example, given
from hypothesis import strategies as st

from bots.telegram.prose import CAPTION_UNITS, Run, fits, prose, to_html
from core.conversation.prose import clip, units
from tests.telegram_server.markup import parse, utf16_length

WORDS = st.one_of(st.text(max_size=200), st.text("<>&\"'ab/ ", max_size=200), st.text("👩‍🚀🇩🇪 é", max_size=200))
RUNS = st.lists(st.builds(Run, WORDS.map(lambda text: text * 8), st.sampled_from(["", "b", "i"])), max_size=4)


@given(RUNS, st.integers(10, 4096))
def test_any_words_become_html_that_telegram_parses_within_the_limit(runs: list[Run], limit: int) -> None:
    shown = to_html(prose(*runs), limit)
    assert utf16_length(parse(shown, "HTML").text) <= limit


@given(RUNS)
def test_words_that_fit_arrive_unchanged(runs: list[Run]) -> None:
    words = prose(*runs)
    if fits(words, CAPTION_UNITS):
        assert parse(to_html(words, CAPTION_UNITS), "HTML").text == "\n\n".join(run.text for run in words)


@given(st.text(max_size=60), st.integers(1, 50))
@example("a" * 9 + "😀😀", 11)
def test_a_cut_text_keeps_to_its_limit_and_stays_text(text: str, limit: int) -> None:
    cut = clip(text.encode("utf-8", "ignore").decode(), limit)
    assert units(cut) <= limit


def test_a_long_text_is_cut_between_words() -> None:
    assert clip("The quick brown fox jumps over the lazy dog", 22) == "The quick brown fox…"


def test_a_text_without_spaces_is_cut_between_characters() -> None:
    assert clip("😀" * 10, 10) == "😀" * 4 + "…"


def test_what_nobody_can_see_is_no_text() -> None:
    assert prose(Run(" \x00\u200b\n"), Run("\ud800")) == ()
