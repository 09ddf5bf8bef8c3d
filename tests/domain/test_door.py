"""Doors: what a plan leaves shut, from its row alone."""

from dataclasses import replace

import pytest

from core.domain.door import Door, Shut, entered, shut
from core.domain.format import Quality
from core.domain.plan import PLANS, Plan, PlanId
from core.domain.price import Quote, Work
from tests.conversation.building import PAID

ALL = (PlanId.STARTER, PlanId.PRO, PlanId.TEAM)
DEARER = replace(PAID, surcharge=2)


def found(plan: PlanId, quality: Quality, *, surcharge: bool = False, cost: int = 4, **more: object) -> Shut | None:
    sold = more.get("sold", ALL)
    assert isinstance(sold, tuple)
    work = Work.UPSCALE if more.get("upscale") else Work.SET
    quote = Quote(cost, PAID.id, work, 4)
    return shut(PLANS[plan], sold, quality, quote, DEARER if surcharge else PAID)


@pytest.mark.parametrize("plan", PlanId)
@pytest.mark.parametrize("quality", Quality)
@pytest.mark.parametrize("surcharge", [False, True])
def test_a_door_is_what_the_row_says(plan: PlanId, quality: Quality, surcharge: bool) -> None:
    row = PLANS[plan]
    door = found(plan, quality, surcharge=surcharge)
    too_good = list(Quality).index(quality) > list(Quality).index(row.best)
    expected = Door.QUALITY if too_good else Door.PREMIUM if surcharge and not row.premium else None
    assert (door and door.door) == expected
    assert door is None or door.opened_by == (PlanId.PRO, PlanId.TEAM)


def test_what_is_free_is_open_and_raising_to_4k_by_a_model_is_4k() -> None:
    assert found(PlanId.FREE, Quality.FOUR_K, surcharge=True, cost=0) is None
    assert found(PlanId.FREE, Quality.STANDARD, upscale=True) == Shut(Door.QUALITY, (PlanId.PRO, PlanId.TEAM))


@pytest.mark.parametrize("sold", [(), (PlanId.STARTER,)])
def test_a_door_that_nothing_sold_here_opens_is_none(sold: tuple[PlanId, ...]) -> None:
    assert found(PlanId.FREE, Quality.FOUR_K, surcharge=True, sold=sold) is None


def test_bought_credits_open_what_pro_does_and_take_nothing_from_a_better_plan() -> None:
    def plan(one: PlanId) -> Plan:
        return entered(PLANS[one], bought=True)

    assert [plan(one).id for one in PlanId] == [PlanId.PRO, PlanId.PRO, PlanId.PRO, PlanId.TEAM]
    assert entered(PLANS[PlanId.STARTER], bought=False).id is PlanId.STARTER
