"""Which part of a picture becomes the plate, by arithmetic."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.compose.geometry import Box
from core.compose.staging import staging
from core.compose.window import Sight, window, windows
from core.domain.brief import Brief
from core.domain.format import FORMATS, Format, Size
from core.domain.prompt import Staging

TARGETS = st.sampled_from(list(FORMATS.values()))
SHARE = st.floats(0.0, 1.0)
PAINTED = (Size(1376, 768), Size(1024, 1024), Size(928, 1152), Size(768, 1376), Size(1584, 672))
"""What models paint."""


@st.composite
def sights(draw: st.DrawFn) -> Sight:
    wide, high = draw(st.integers(300, 4200)), draw(st.integers(300, 4200))
    tall = draw(st.floats(0.1, 0.8)) * min(wide, high)
    across = 0.74 * tall
    left, top = draw(SHARE) * (wide - across), draw(SHARE) * (high - tall)
    edges = draw(st.sets(st.sampled_from(["left", "right", "bottom"])))
    head = draw(st.sampled_from([Box(left, top, left + across, top + tall), None]))
    noise = draw(st.floats(0, 1))
    return Sight(width=wide, height=high, head=head, touches=frozenset(edges), busy=lambda _: noise)


def stage(target: Format) -> Staging:
    return staging(Brief(headline="x", selfies=("a",)), target, 0)


def sight(size: Size, head: Box | None, *touches: str) -> Sight:
    return Sight(
        width=size.width, height=size.height, head=head, touches=frozenset(touches), busy=lambda _: 0.0
    )  # fmt: skip


@settings(deadline=None, max_examples=60)
@given(sights(), TARGETS)
def test_a_window_has_exactly_the_ratio_and_the_head_in_it(seen: Sight, target: Format) -> None:
    size = target.standard
    box = window(seen, size.ratio, stage(target), size.width)
    assert box.width / box.height == pytest.approx(size.ratio, rel=1e-9)
    if seen.head is not None:
        head = seen.head
        across = min(box.right, head.right) - max(box.left, head.left)
        down = min(box.bottom, head.bottom) - max(box.top, head.top)
        assert across * down >= 0.97 * head.width * head.height


@settings(deadline=None, max_examples=60)
@given(sights(), TARGETS)
def test_a_window_is_inside_the_picture_or_around_it_along_each_side(seen: Sight, target: Format) -> None:
    for box in windows(seen, target.standard.ratio):
        for low, high, whole in ((box.left, box.right, seen.width), (box.top, box.bottom, seen.height)):
            within = low >= -0.5 and high <= whole + 0.5
            around = low <= 0.5 and high >= whole - 0.5
            assert within or around


@pytest.mark.parametrize("painted", [Size(1376, 768), Size(2752, 1536), Size(1344, 768)])
def test_a_picture_of_nearly_the_ratio_is_only_trimmed(painted: Size) -> None:
    head = Box(0.6, 0.1, 0.85, 0.7).scaled(painted.width, painted.height)
    box = window(sight(painted, head, "bottom"), 16 / 9, stage(FORMATS["youtube"]), 1280)
    assert box.left >= 0 and box.top >= 0 and box.right <= painted.width and box.bottom <= painted.height
    assert box.width * box.height > 0.96 * painted.width * painted.height


def test_a_head_on_the_other_side_is_no_reason_to_cut() -> None:
    left, right = (
        window(sight(Size(1376, 768), head.scaled(1376, 768), "bottom"), 16 / 9, stage(FORMATS["youtube"]), 1280)
        for head in (Box(0.15, 0.1, 0.4, 0.7), Box(0.6, 0.1, 0.85, 0.7))
    )
    assert left.width == right.width


def test_a_wide_picture_becomes_tall_by_painting_on_not_by_cutting_the_type_space_away() -> None:
    box = window(sight(Size(1376, 768), Box(850, 90, 1150, 560), "bottom"), 9 / 16, stage(FORMATS["reels"]), 1080)
    assert box.height > 1.15 * 768
    assert box.left >= 0 and box.right <= 1376


def test_a_small_picture_is_not_cut_smaller() -> None:
    box = window(sight(Size(512, 512), Box(200, 80, 320, 240)), 1.0, stage(FORMATS["square"]), 1080)
    assert box.width >= 512


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(PAINTED), SHARE, SHARE, st.floats(0.15, 0.75), TARGETS, st.integers(0, 5))
def test_a_whole_head_stays_whole_with_the_air_it_has(
    painted: Size, x: float, y: float, share: float, target: Format, position: int
) -> None:
    tall = share * min(painted.height, 1.2 * painted.width)
    air = 0.03 * painted.height
    left, top = x * (painted.width - 0.74 * tall), air + y * (painted.height - tall - air)
    head = Box(left, top, left + 0.74 * tall, top + tall)
    wanted = staging(Brief(headline="x", selfies=("a",)), target, position)

    box = window(sight(painted, head, "bottom"), target.standard.ratio, wanted, target.standard.width)

    assert box.left <= head.left and head.right <= box.right and head.bottom <= box.bottom
    assert head.top - box.top >= min(0.03 * tall, air)
