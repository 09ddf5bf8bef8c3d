from collections.abc import Awaitable, Callable

import pytest

from core.domain.brief import Brief, Vibe
from core.domain.model import Catalogue, ModelSpec
from core.providers.base import Painted
from core.providers.catalogue import STAND_IN, STUDIO
from core.providers.error import Busy, Down, PolicyRefusal, ProviderError
from core.routing.failover import RouteExhausted, walk
from core.routing.route import plan

ROUTE = (STAND_IN, STUDIO)


def _painter(answers: dict[str, list[ProviderError]]) -> Callable[[ModelSpec], Awaitable[Painted]]:
    async def paint(model: ModelSpec) -> Painted:
        if answers.get(model.id):
            raise answers[model.id].pop(0)
        return Painted(plate=model.id.encode())

    return paint


class Waits(list[float]):
    async def __call__(self, seconds: float) -> None:
        self.append(seconds)


async def test_the_wanted_model_draws_when_it_can() -> None:
    drawn = await walk(ROUTE, _painter({}))

    assert drawn.model is STAND_IN
    assert [row.error for row in drawn.attempts] == [""]


async def test_a_dead_provider_hands_over_to_the_studio_and_both_attempts_are_kept() -> None:
    drawn = await walk(ROUTE, _painter({"stand-in": [Down("gone")]}))

    assert drawn.model is STUDIO
    assert [(row.model, row.error) for row in drawn.attempts] == [("stand-in", "Down"), ("studio", "")]


async def test_a_busy_provider_is_waited_for_as_long_as_it_asks() -> None:
    waits = Waits()

    drawn = await walk(ROUTE, _painter({"stand-in": [Busy("later", 0.5), Busy("later", 99)]}), waits)

    assert drawn.model is STAND_IN
    assert waits == [0.5, 5.0]


async def test_a_refusal_by_policy_stops_at_once() -> None:
    with pytest.raises(RouteExhausted) as stopped:
        await walk(ROUTE, _painter({"stand-in": [PolicyRefusal("no")]}))

    assert isinstance(stopped.value.last, PolicyRefusal)
    assert len(stopped.value.attempts) == 1


async def test_when_nobody_can_the_last_error_is_kept() -> None:
    with pytest.raises(RouteExhausted) as stopped:
        await walk(ROUTE, _painter({"stand-in": [Down("a")], "studio": [Down("b")]}))

    assert str(stopped.value.last) == "b"


def test_the_route_begins_with_the_quoted_model_and_ends_at_the_studio() -> None:
    catalogue = Catalogue((STAND_IN, STUDIO))

    assert plan(Brief(), "stand-in", catalogue) == (STAND_IN, STUDIO)
    assert plan(Brief(), "studio", catalogue) == (STUDIO,)
    assert plan(Brief(), "gone", catalogue) == (STUDIO,)
    assert plan(Brief(vibe=Vibe.NEON), "stand-in", catalogue) == ()
