from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.brief import VARIANT_COUNTS, Brief
from core.domain.format import Quality
from core.domain.model import ModelSpec
from core.domain.price import Quote, Work, captured, quote
from core.providers.catalogue import STAND_IN, STUDIO, load

PREMIUM = replace(STAND_IN, surcharge=2)


def _credits(quality: Quality, variants: int, model: object = STAND_IN, work: Work = Work.SET) -> int:
    return quote(Brief(quality=quality, variants=variants), model, work).credits  # type: ignore[arg-type]


def test_a_set_costs_what_the_product_says() -> None:
    assert [_credits(quality, 4) for quality in Quality] == [1, 2, 4]
    assert [_credits(quality, 6) for quality in Quality] == [2, 3, 6]
    assert _credits(Quality.STANDARD, 4, PREMIUM) == 4


def test_a_redraw_costs_half_the_set_rounded_up_and_type_costs_nothing() -> None:
    assert _credits(Quality.STANDARD, 6, work=Work.REDRAW) == 2
    assert _credits(Quality.FOUR_K, 6, work=Work.RETYPE) == 0


def test_an_upscale_costs_two_and_a_night_halves_the_set_rounded_up() -> None:
    assert _credits(Quality.STANDARD, 6, work=Work.UPSCALE) == 2
    assert [_credits(quality, 6, work=Work.OVERNIGHT) for quality in Quality] == [1, 2, 3]


BY_SURCHARGE = {
    0: {Quality.DRAFT: (1, 1, 2), Quality.STANDARD: (2, 2, 3), Quality.FOUR_K: (4, 4, 6)},
    1: {Quality.DRAFT: (2, 2, 3), Quality.STANDARD: (3, 3, 4), Quality.FOUR_K: (5, 5, 7)},
    2: {Quality.DRAFT: (3, 3, 4), Quality.STANDARD: (4, 4, 5), Quality.FOUR_K: (6, 6, 8)},
}
"""Credits of a set of 2, 4 and 6 variants, written out by hand."""


@pytest.mark.parametrize("model", [row for row in load().models if row.vibes], ids=lambda row: row.id)
def test_every_row_of_the_catalogue_is_quoted_as_the_product_says(model: ModelSpec) -> None:
    for quality in model.qualities:
        quoted = tuple(_credits(quality, variants, model) for variants in VARIANT_COUNTS)
        assert quoted == BY_SURCHARGE[model.surcharge][quality]
        half = tuple(_credits(quality, variants, model, Work.REDRAW) for variants in VARIANT_COUNTS)
        assert half == tuple((price + 1) // 2 for price in quoted)


@given(st.sampled_from(list(Quality)), st.sampled_from(VARIANT_COUNTS), st.sampled_from(list(Work)))
def test_the_studio_is_free_whatever_is_asked(quality: Quality, variants: int, work: Work) -> None:
    assert _credits(quality, variants, STUDIO, work) == 0


def test_three_of_four_at_price_two_keep_one_and_give_one_back() -> None:
    assert captured(Quote(2, "m", Work.SET, 4), [2, 2, 2]) == 1


def test_what_the_studio_drew_instead_is_not_charged() -> None:
    assert captured(Quote(2, "m", Work.SET, 4), [2, 2, 0, 0]) == 1
    assert captured(Quote(2, "m", Work.SET, 4), [0, 0, 0, 0]) == 0


def test_a_model_that_became_dearer_after_the_order_costs_what_was_agreed() -> None:
    assert captured(Quote(2, "m", Work.SET, 4), [4, 4, 0, 0]) == 1
    assert captured(Quote(2, "m", Work.SET, 4), [4, 4, 4, 4]) == 2


@given(st.integers(0, 20), st.sampled_from(VARIANT_COUNTS), st.data())
def test_never_more_is_kept_than_was_agreed_nor_less_for_more_delivered(
    price: int, ordered: int, data: st.DataObject
) -> None:
    agreed = Quote(price, "m", Work.SET, ordered)
    prices = data.draw(st.lists(st.integers(0, 30), max_size=ordered))

    kept = [captured(agreed, prices[:count]) for count in range(len(prices) + 1)]

    assert kept[0] == 0
    assert all(0 <= one <= price for one in kept)
    assert kept == sorted(kept)
    assert captured(agreed, [price] * ordered) == price
