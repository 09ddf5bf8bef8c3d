"""Plans: what costs more gives at least as much of everything."""

from dataclasses import fields
from itertools import pairwise

from core.domain.format import Quality
from core.domain.plan import PLANS, SOLD, Plan, PlanId

RANK = list(Quality)


def gifts(plan: Plan) -> tuple[int, ...]:
    """Everything a plan gives, as numbers of which more is better."""
    given = [getattr(plan, row.name) for row in fields(Plan) if row.name not in ("id", "price", "stars")]
    return tuple(RANK.index(one) if isinstance(one, Quality) else int(one) for one in given)


def test_every_plan_is_there_in_its_order_and_a_later_one_gives_no_less() -> None:
    assert list(PLANS) == list(PlanId)
    for less, more in pairwise(PLANS.values()):
        assert all(a <= b for a, b in zip(gifts(less), gifts(more), strict=True)), more.id
        assert gifts(less) != gifts(more)


def test_what_is_sold_costs_more_the_more_it_gives_and_brings_credits() -> None:
    assert [one.id for one in SOLD] == [PlanId.STARTER, PlanId.PRO, PlanId.TEAM]
    prices = [(one.price.minor, one.stars) for one in SOLD if one.price]
    assert prices == sorted(set(prices)) and all(stars for _, stars in prices)
    assert [one.monthly_credits for one in SOLD] == [50, 250, 750]
    assert not PLANS[PlanId.FREE].monthly_credits
