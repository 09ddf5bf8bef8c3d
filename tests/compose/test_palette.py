import pytest

from core.compose.palette import AIM, contrast, legible, mix, palette, vibes
from core.domain.brief import ColourPriority, Vibe
from tests.compose.builder import VIBES

BRANDS = (("#ffe100",), ("#101010", "#f4f4f4"), ("#e3122b", "#e3122b"), ("#7a7a7a", "#808080", "#00ff00"))


@pytest.mark.parametrize("vibe", VIBES)
@pytest.mark.parametrize("priority", ColourPriority)
@pytest.mark.parametrize("turn", range(3))
@pytest.mark.parametrize("brand", BRANDS)
def test_type_is_legible_on_its_ground(vibe: Vibe, priority: ColourPriority, turn: int, brand: tuple[str, ...]) -> None:
    colours = palette(vibe, priority, brand, turn)
    for ink in (colours.ink, colours.quiet, colours.accent):
        assert contrast(ink, colours.shade) >= AIM
    assert contrast(colours.on_pop, colours.pop) >= AIM


def test_the_four_vibes_are_drawn() -> None:
    assert vibes() == set(VIBES)


def test_a_brand_without_colours_takes_the_warm_ones() -> None:
    assert palette(Vibe.BOLD, ColourPriority.BRAND) == palette(Vibe.BOLD, ColourPriority.WARM)


def test_brand_colours_rule_the_ground() -> None:
    assert palette(Vibe.BOLD, ColourPriority.BRAND, ("#00aa55", "#ff0055")).mid == "#00aa55"


def test_black_on_white_is_21_to_1() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


def test_legible_moves_a_colour_no_further_than_needed() -> None:
    assert legible("#000000", "#ffffff", AIM) == "#000000"
    assert contrast(legible("#ffee00", "#ffffff", AIM), "#ffffff") < AIM + 1.5
    assert mix("#000000", "#ffffff", 0.5) == "#808080"
