"""Telling what a photo without a person shows."""

import cv2
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


def test_a_product_on_a_paper_ground_is_a_thing_and_no_screenshot() -> None:
    shown = np.full((600, 800, 3), 247, np.uint8)
    shown[150:470, 280:520] = (40, 70, 140)
    shown[200:300, 310:490] = (230, 220, 60)
    grain = np.random.default_rng(3).normal(0, 4, (320, 240, 1))
    shown[150:470, 280:520] = np.clip(shown[150:470, 280:520] + grain, 0, 255).astype(np.uint8)
    assert see(shown).kind is Kind.OBJECT


@pytest.mark.parametrize(("ground", "ink"), [(30, 200), (255, 20)])
def test_code_is_a_screenshot_whichever_way_its_letters_run(ground: int, ink: int) -> None:
    editor, dice = np.full((600, 960, 3), ground, np.uint8), np.random.default_rng(4)
    editor[:, :160] = ground + 8 if ground < 128 else ground - 10
    for y in range(40, 560, 26):
        for x in range(190, int(dice.integers(300, 800)), 14):
            cv2.line(editor, (x, y), (x + int(dice.integers(4, 11)), y + int(dice.integers(4, 15))), (ink,) * 3, 2)
    assert see(editor).kind is Kind.SCREEN
