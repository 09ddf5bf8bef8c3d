"""Telling what a photo without a person shows."""

import numpy as np
import pytest

from app.demo import still
from core.domain.exhibit import Kind
from core.vision.exhibit import see


def test_a_thing_that_stands_out_is_cut_out_whole() -> None:
    seen = see(np.asarray(still.thing(900, 675)))
    assert seen.kind is Kind.OBJECT and seen.cut is not None
    high, wide = seen.cut.rgba.shape[:2]
    assert wide / 900 == pytest.approx(0.5, abs=0.04)
    assert high / 675 == pytest.approx(0.45, abs=0.05)
    assert not seen.cut.touches
    corner, middle = seen.cut.rgba[:20, :20, 3], seen.cut.rgba[high // 2, wide // 4 : -wide // 4, 3]
    assert corner.max() < 40 and middle.min() > 230


@pytest.mark.parametrize("size", [(1280, 800), (720, 1500)])
def test_a_screenshot_is_told_from_a_photo(size: tuple[int, int]) -> None:
    assert see(np.asarray(still.screenshot(*size))).kind is Kind.SCREEN


def test_a_scene_is_not_torn_apart() -> None:
    assert see(np.asarray(still.scene())).kind is Kind.SCENE


def test_of_several_things_none_is_torn_out() -> None:
    table = np.full((300, 400, 3), 200, np.uint8)
    table += np.random.default_rng(2).integers(0, 6, table.shape, np.uint8)
    for x in (60, 250):
        table[100:200, x : x + 90] = (40, 60, 120)
    assert see(table).kind is Kind.SCENE
