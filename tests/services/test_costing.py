"""What a picture cost, beside what its model is listed at."""

import pytest
from prometheus_client import REGISTRY

from core.services.costing import compare


def told(model: str) -> float:
    return REGISTRY.get_sample_value("factory_cost_deviations_total", {"model": model}) or 0.0


@pytest.mark.parametrize(
    ("cost", "listed", "deviates"),
    [(33_600, 33_600, 0), (42_000, 33_600, 0), (42_001, 33_600, 1), (25_199, 33_600, 1), (50_000, 0, 0)],
)
def test_a_cost_a_quarter_off_the_list_is_told(cost: int, listed: int, deviates: int) -> None:
    before = told("a-model")
    compare("a-model", cost, listed)
    assert told("a-model") - before == deviates
