"""The sum that tells whether words may find room: it refuses at once, and nothing that a search would find."""

import random

import pytest

from core.compose.geometry import Box, Silhouette
from core.compose.headline import DoesNotFit, Setting, fit
from core.compose.replacement import held
from core.compose.room import ruler
from core.compose.studio import Plate, draw_plate
from core.domain.brief import TextPlace, Vibe
from core.domain.format import FORMATS
from core.domain.job import Recipe
from tests.compose.builder import recipe, somebody
from tests.compose.test_headline import Monospaced

NOBODY = Silhouette(10.0)
YOUTUBE = FORMATS["youtube"]
PERSON = somebody(500)
ENDLESS = "日本語のタイトルNASAを辞めた日誰も教えてくれなかった本当の理由" * 4


def test_what_a_search_finds_the_sum_never_refuses() -> None:
    chance, measure, found = random.Random(4), Monospaced(), 0
    for _ in range(300):
        words = tuple("w" * chance.randint(1, 9) for _ in range(chance.randint(1, 11)))
        area = Box(0, 0, chance.randint(60, 400), chance.randint(20, 200))
        edge = chance.uniform(0.4, 1.2) * area.width
        beside = Silhouette(10.0, (edge,) * 20, (area.width,) * 20)
        setting = Setting(
            smallest=chance.uniform(6, 24), pad=chance.choice((0.0, 0.2)), margin=chance.choice((0.0, 6.0))
        )
        try:
            fit(words, [area], measure, setting, beside)
        except DoesNotFit:
            continue
        found += 1
        assert ruler(words, measure).holds(0, len(words), [area], setting, beside), (words, area, edge)
    assert found > 50


@pytest.mark.parametrize("words", [("w" * 60,), ("word",) * 40])
def test_what_is_far_too_much_is_refused_by_the_sum_alone(words: tuple[str, ...]) -> None:
    setting = Setting(smallest=12)
    assert not ruler(words, Monospaced()).holds(0, len(words), [Box(0, 0, 300, 60)], setting, NOBODY)


def test_for_words_that_fit_nowhere_hardly_another_composition_is_drawn() -> None:
    drawn: list[Recipe] = []
    wanted = recipe(Vibe.BOLD, headline=ENDLESS, subtext="", text_place=TextPlace.AROUND)

    def plate(of: Recipe) -> Plate:
        drawn.append(of)
        return draw_plate(of, YOUTUBE, YOUTUBE.draft, PERSON)

    _, stands = held(plate, wanted, YOUTUBE, YOUTUBE.draft)
    assert not stands
    assert len(drawn) <= 4
