import colorsys
from itertools import product

import pytest

from core.compose.manner import MANNERS
from core.compose.palette import AIM, channels, contrast, legible, mix, palette, vibes
from core.domain.brief import ColourPriority, Vibe
from tests.compose.builder import VIBES

BRANDS = (("#ffe100",), ("#101010", "#f4f4f4"), ("#e3122b", "#e3122b"), ("#7a7a7a", "#808080", "#00ff00"))


@pytest.mark.parametrize("vibe", VIBES)
@pytest.mark.parametrize("priority", ColourPriority)
def test_type_is_legible_on_its_ground(vibe: Vibe, priority: ColourPriority) -> None:
    for brand, turn in product(BRANDS, range(3)):
        colours = palette(vibe, priority, brand, turn)
        for ink in (colours.ink, colours.quiet, colours.accent):
            assert contrast(ink, colours.shade) >= AIM, (brand, turn)
        assert contrast(colours.on_pop, colours.pop) >= AIM, (brand, turn)


def test_every_vibe_has_colours() -> None:
    assert vibes() == set(Vibe)


def test_a_brand_without_colours_takes_the_warm_ones() -> None:
    assert palette(Vibe.BOLD, ColourPriority.BRAND) == palette(Vibe.BOLD, ColourPriority.WARM)


def test_brand_colours_rule_the_ground() -> None:
    assert palette(Vibe.BOLD, ColourPriority.BRAND, ("#00aa55", "#ff0055")).mid == "#00aa55"


def _hue(colour: str) -> float | None:
    """0-1; None of a colour too grey to have one."""
    hue, saturation, value = colorsys.rgb_to_hsv(*(channel / 255 for channel in channels(colour)))
    return hue if saturation * value > 0.15 else None


@pytest.mark.parametrize("vibe", VIBES)
@pytest.mark.parametrize("brand", ["#6d28d9", "#0b5cff", "#e3122b"])
def test_one_brand_colour_brings_no_other_hue_and_three_pictures(vibe: Vibe, brand: str) -> None:
    turns = [palette(vibe, ColourPriority.BRAND, (brand,), turn) for turn in range(3)]
    assert len(set(turns)) == 3
    for row in turns:
        for hue in filter(None, map(_hue, (row.mid, row.edge, row.accent, row.pop, row.shade))):
            away = abs(hue - (_hue(brand) or 0.0))
            assert min(away, 1 - away) < 0.05


@pytest.mark.parametrize("vibe", [vibe for vibe in VIBES if not MANNERS[vibe].paper])
@pytest.mark.parametrize("black", ["#000000", "#191414"])
def test_the_black_of_a_brand_makes_no_grey_words(vibe: Vibe, black: str) -> None:
    colours = palette(vibe, ColourPriority.BRAND, ("#1db954", black))
    red, green, blue = channels(colours.accent)
    assert green - max(red, blue) > 15


@pytest.mark.parametrize("vibe", [vibe for vibe in VIBES if not MANNERS[vibe].paper])
def test_what_stands_out_has_a_colour_of_the_brand_in_every_picture_of_a_set(vibe: Vibe) -> None:
    brand = "#0057b7", "#ffd700"
    for turn in range(3):
        hue = _hue(palette(vibe, ColourPriority.BRAND, brand, turn).accent)
        assert hue is not None and min(abs(hue - (_hue(colour) or 0.0)) for colour in brand) < 0.06, turn


def test_black_on_white_is_21_to_1() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


def test_legible_moves_a_colour_no_further_than_needed() -> None:
    assert legible("#000000", "#ffffff", AIM) == "#000000"
    assert contrast(legible("#ffee00", "#ffffff", AIM), "#ffffff") < AIM + 1.5
    assert mix("#000000", "#ffffff", 0.5) == "#808080"
