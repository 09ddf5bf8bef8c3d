import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.compose.emphasis import core, shouted, strongest, vocabulary_of
from core.compose.geometry import Box, Silhouette, clear_of
from core.compose.headline import Align, Anchor, DoesNotFit, Setting, fit
from core.compose.seam import joined, syllables
from core.compose.split import breaks

NOBODY = Silhouette(8.0)
AREA = Box(40, 40, 700, 680)
WORDS = st.lists(st.text("abcdefghijklmnop", min_size=1, max_size=14), min_size=1, max_size=12)


class Monospaced:
    """Every letter is 0.6 em wide and capitals 0.7 em high."""

    cap = 0.7

    def advance(self, text: str) -> float:
        return 0.6 * len(text)

    def ink(self, text: str) -> tuple[float, float]:
        return 0.7, 0.2 if "p" in text else 0.0


MEASURE = Monospaced()


@given(WORDS)
def test_every_break_keeps_the_words_in_order(words: list[str]) -> None:
    for ranges in breaks(words, MEASURE, 12):
        assert [index for first, last in ranges for index in range(first, last)] == list(range(len(words)))


def test_up_to_eight_words_are_broken_in_every_way() -> None:
    assert len(set(breaks(["x"] * 6, MEASURE, 12))) == 2**5


@settings(deadline=None, max_examples=60)
@given(
    WORDS,
    st.sampled_from(Align),
    st.sampled_from(Anchor),
    st.sampled_from((1.0, 2.0)),
    st.sampled_from((0.0, 3.0)),
    st.integers(420, 1200),
)
def test_lines_stay_in_their_area_and_off_the_subject(
    words: list[str], align: Align, anchor: Anchor, spread: float, angle: float, left: int
) -> None:
    subject = Silhouette(8.0, (math.inf,) * 20 + (float(left),) * 70, (-math.inf,) * 20 + (1270.0,) * 70)
    setting = Setting(align=align, anchor=anchor, spread=spread, angle=angle, pad=0.1, margin=10.0)
    block = fit(words, [AREA], MEASURE, setting, subject)
    middle = block.ink.centre
    assert " ".join(line.text for line in block.lines) == " ".join(words)
    for line in block.lines:
        box = line.ink.turned(angle, middle)
        assert box.left >= AREA.left - 1 and box.right <= AREA.right + 1
        assert box.top >= AREA.top - 1 and box.bottom <= AREA.bottom + 1
        assert not subject.meets(line.ink)
    assert max(line.cap for line in block.lines) <= spread * block.cap * 1.001


@pytest.mark.parametrize("words", [["never", "again"], ["who", "would", "go"]])
def test_turned_type_flush_with_a_subjects_side_is_as_large_as_on_the_other(words: list[str]) -> None:
    """A disc on the right: no shrinking takes a line that ends against it off it."""
    reach = [math.sqrt(max(0.0, 300.0**2 - (8.0 * row - 360) ** 2)) for row in range(90)]
    disc = Silhouette(
        8.0,
        tuple(900 - half if half else math.inf for half in reach),
        tuple(900 + half if half else -math.inf for half in reach),
    )
    left, right = (
        fit(words, [AREA], MEASURE, Setting(align=align, spread=2.0, angle=5.0, pad=0.1, margin=10.0), disc)
        for align in (Align.LEFT, Align.RIGHT)
    )
    assert right.cap > 0.75 * left.cap


def test_a_subject_in_the_way_makes_type_smaller_never_hidden() -> None:
    free = fit(["never", "again"], [AREA], MEASURE, Setting(), NOBODY)
    wall = Silhouette(8.0, (350.0,) * 90, (1280.0,) * 90)
    beside = fit(["never", "again"], [AREA], MEASURE, Setting(), wall)
    assert beside.ink.right <= 350 < free.ink.right
    assert beside.cap < free.cap


@given(st.lists(st.text("abcdefgh", min_size=1, max_size=9), min_size=2, max_size=7), st.integers(0, 6))
def test_no_line_is_much_larger_than_the_key_word_s(words: list[str], key: int) -> None:
    block = fit(words, [AREA], MEASURE, Setting(spread=3.0, key=key % len(words)), NOBODY)
    lead = next(line for line in block.lines if line.words[0] <= key % len(words) < line.words[1])
    assert max(line.cap for line in block.lines) <= 1.2501 * lead.cap


def test_a_line_beside_a_shoulder_gives_way_alone() -> None:
    shoulder = Silhouette(8.0, (math.inf,) * 30 + (420.0,) * 60, (-math.inf,) * 30 + (1270.0,) * 60)
    block = fit(["never", "again"], [AREA], MEASURE, Setting(spread=2.0, largest=200.0), shoulder)
    assert block.lines[0].cap > block.lines[-1].cap and block.lines[-1].ink.right <= 420


def test_a_line_that_only_touches_the_subject_shrinks_a_little_instead_of_squeezing_in_beside_it() -> None:
    area = Box(0, 100, 900, 220)
    chin = Silhouette(
        8.0, (math.inf,) * 12 + (300.0,) * 2 + (math.inf,) * 20, (-math.inf,) * 12 + (600.0,) * 2 + (-math.inf,) * 20
    )
    free, under = (fit(["never"], [area], MEASURE, Setting(), subject) for subject in (NOBODY, chin))
    assert under.ink.top >= 112 and under.cap > 0.7 * free.cap


def test_the_area_with_more_room_wins() -> None:
    block = fit(["one", "two"], [Box(0, 0, 100, 100), AREA], MEASURE, Setting(), NOBODY)
    assert block.area == AREA


def test_forty_words_fit_or_say_that_they_do_not() -> None:
    words = [f"word{index}" for index in range(40)]
    assert len(fit(words, [AREA], MEASURE, Setting(smallest=6), NOBODY).lines) > 3
    with pytest.raises(DoesNotFit) as refused:
        fit(words, [AREA], MEASURE, Setting(smallest=60), NOBODY)
    assert refused.value.words == 40


def test_no_line_is_a_stranded_article() -> None:
    block = fit(["how", "i", "became", "an", "astronaut"], [AREA], MEASURE, Setting(), NOBODY)
    assert "an" not in [line.text for line in block.lines]


def test_a_leading_function_word_stands_alone_where_that_makes_all_larger() -> None:
    block = fit(["this", "morning", "routine"], [Box(0, 0, 400, 600)], MEASURE, Setting(), NOBODY)
    assert [line.text for line in block.lines] == ["this", "morning", "routine"]


def test_a_box_around_a_descender_keeps_clear_of_the_next_line() -> None:
    def step(*words: str, boxed: bool) -> float:
        setting = Setting(most_lines=2, largest=60.0, gap=0.3, pad=0.2, boxed=boxed)
        first, second = fit(words, [Box(0, 0, 160, 600)], MEASURE, setting, NOBODY).lines
        return (second.baseline - first.baseline) / first.cap

    assert step("apply", "clear", boxed=False) == pytest.approx(step("alloy", "clear", boxed=True))
    assert step("apply", "clear", boxed=True) > step("alloy", "clear", boxed=True) + 0.25


def test_a_line_ends_on_no_article_of_the_headlines_own_language() -> None:
    words = ["la", "verdad", "sobre", "el", "dinero"]
    ends = {
        fit(words, [AREA], MEASURE, Setting(small=vocabulary_of(words).small, most_lines=lines), NOBODY).lines[0].text
        for lines in (2, 3)
    }
    assert not any(text.endswith(("la", "el", "sobre")) for text in ends)


@pytest.mark.parametrize(
    ("headline", "word"),
    [
        ("I quit my job at NASA", "quit"),
        ("10 tricks nobody told you", "10"),
        ("She was the first pilot", "first"),
        ("How I became an astronaut", "astronaut"),
        ("Я бросил работу", "работу"),
        ("WHY I LEFT", "LEFT"),
        ("the inside STORY", "STORY"),
        ("THE COMPILER", "COMPILER"),
        ("How not to die in space", "not"),
        ("La verdad sobre el dinero", "verdad"),
        ("O pior dia da minha vida", "pior"),
        ("C'est fini pour nous", "fini"),
        ("Der schlechteste Film des Jahres", "schlechteste"),
        ("Никогда не покупайте это", "Никогда"),
        ("सच क्या है इस फोन का", "सच"),
    ],
)
def test_the_word_that_carries_a_headline_is_found(headline: str, word: str) -> None:
    words = headline.split()
    assert words[strongest(words)] == word


@pytest.mark.parametrize(
    ("headline", "word"),
    [
        ("This is NOT a drill", "NOT"),
        ("I TRIED the new diet", "TRIED"),
        ("I quit my job at NASA", None),
        ("ALL OF IT IN CAPITALS", None),
        ("宇宙飛行士になる方法", None),
    ],
)
def test_a_word_typed_in_capitals_among_others_is_meant_to_stand_out(headline: str, word: str | None) -> None:
    found = shouted(headline.split())
    assert (None if found is None else headline.split()[found]) == word


@pytest.mark.parametrize(
    ("headline", "number"),
    [("Лучший телефон до 20 000", "20 000"), ("Dîner pour 10 €", "10 €"), ("In 2026 500 came", "500")],
)
def test_a_number_in_groups_stays_one_and_is_highlighted_whole(headline: str, number: str) -> None:
    pieces = syllables(headline.split())
    assert joined(pieces) == headline
    assert core(pieces[strongest(pieces)])[1] == number


@given(st.lists(st.tuples(*[st.floats(0, 1)] * 4), max_size=4))
def test_what_is_left_of_an_area_meets_no_zone(corners: list[tuple[float, float, float, float]]) -> None:
    zones = [Box(min(a, c), min(b, d), max(a, c), max(b, d)) for a, b, c, d in corners]
    rest = clear_of(Box(0.05, 0.05, 0.95, 0.95), zones)
    if rest.width > 0 and rest.height > 0:
        assert not any(rest.meets(zone) for zone in zones)


class Watched(Silhouette):
    """Counts how often a search asks where the subject is."""

    asked = 0

    def extent(self, top: float, bottom: float) -> tuple[float, float]:
        Watched.asked += 1
        return super().extent(top, bottom)


def test_words_the_area_has_no_room_for_are_refused_before_any_search_and_a_search_is_made_once() -> None:
    words, nobody = [f"word{n}" for n in range(20)], Watched(8.0)
    for _ in range(2):
        with pytest.raises(DoesNotFit):
            fit(words, [AREA], MEASURE, Setting(smallest=60), nobody)
    assert Watched.asked == 0
    found = fit(words, [AREA], MEASURE, Setting(smallest=6), nobody)
    once = Watched.asked
    assert fit(words, [AREA], MEASURE, Setting(smallest=6), nobody) == found
    assert 0 < once == Watched.asked
