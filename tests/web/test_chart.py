"""Charts as numbers: what stands where, and that nothing is left out or drawn too high."""

from datetime import date, timedelta

import pytest

from web.admin.chart import HEIGHT, LABELS, TOP, stacked

FIRST = date(2026, 11, 1)
DAYS = [FIRST + timedelta(days=number) for number in range(30)]


def test_pieces_stand_on_each_other_and_are_as_high_as_what_they_stand_for() -> None:
    chart = stacked(DAYS, {"a": {FIRST: 60}, "b": {FIRST: 20, DAYS[-1]: 40}})
    low, high, other = chart.bars
    assert (low.row, high.row, other.row) == (0, 1, 1)
    assert low.height == pytest.approx(3 * high.height, abs=0.3)
    assert other.height == pytest.approx(2 * high.height, abs=0.3)
    assert high.y + high.height == pytest.approx(low.y, abs=0.2)
    assert low.y + low.height == pytest.approx(chart.base, abs=0.2)
    assert min(bar.y for bar in chart.bars) >= TOP and chart.ticks[-1][1] == 100
    assert chart.width >= other.x + other.width and len(chart.labels) <= LABELS


@pytest.mark.parametrize("most", [0, 1, 2, 3, 7, 99, 100, 101, 999_999, 1_500_000])
def test_the_axis_ends_above_the_highest_column_at_a_number_with_a_half(most: int) -> None:
    top = stacked([FIRST], {"a": {FIRST: most}}).ticks[-1][1]
    assert most <= top <= max(2, 2.5 * most) and top % 2 == 0
    assert stacked([FIRST], {}).bars == () and HEIGHT > 0
