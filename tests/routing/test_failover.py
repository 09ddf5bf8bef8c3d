import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from core.domain.model import ModelSpec
from core.providers.base import Painted, Usage
from core.providers.catalogue import STAND_IN, STUDIO
from core.providers.error import (
    Busy,
    Change,
    Down,
    NoPicture,
    PolicyRefusal,
    ProviderError,
    Reaction,
    Reason,
    Recited,
    Retired,
    ThreadLost,
)
from core.routing.failover import Deadlines, RouteExhausted, walk

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

    drawn = await walk(ROUTE, _painter({"stand-in": [Busy("later", 0.5), Busy("later", 34)]}), waits)

    assert drawn.model is STAND_IN
    assert waits == [0.5, 34]


@pytest.mark.parametrize("seconds", [Deadlines().wait + 1, 3600.0])
async def test_a_wait_beyond_the_bound_is_not_waited_for(seconds: float) -> None:
    waits = Waits()

    drawn = await walk(ROUTE, _painter({"stand-in": [Busy("not now", seconds)]}), waits)

    assert drawn.model is STUDIO
    assert waits == []


async def test_a_busy_provider_is_left_after_its_retries() -> None:
    waits = Waits()

    drawn = await walk(ROUTE, _painter({"stand-in": [Busy("later")] * 9}), waits)

    assert [row.model for row in drawn.attempts] == ["stand-in"] * (1 + Busy.retries) + ["studio"]


async def test_an_answer_without_a_picture_is_asked_for_once_more() -> None:
    drawn = await walk(ROUTE, _painter({"stand-in": [NoPicture("text"), NoPicture("text")]}), Waits())

    assert [row.error for row in drawn.attempts] == ["NoPicture", "NoPicture", ""]


async def test_a_recitation_is_reworded_once_in_the_whole_walk() -> None:
    words = ["plain"]

    def reword() -> bool:
        words.append("other")
        return True

    errors: dict[str, list[ProviderError]] = {"stand-in": [Recited("a"), Recited("b")], "premium": [Recited("c")]}
    premium = replace(STAND_IN, id="premium")
    drawn = await walk((STAND_IN, premium, STUDIO), _painter(errors), Waits(), amends={Change.REWORD: reword})

    assert words == ["plain", "other"]
    assert [row.model for row in drawn.attempts] == ["stand-in", "stand-in", "premium", "studio"]


async def test_without_other_words_a_recitation_goes_to_the_next_model() -> None:
    drawn = await walk(ROUTE, _painter({"stand-in": [Recited("a")]}), Waits(), amends={Change.REWORD: lambda: False})

    assert [row.model for row in drawn.attempts] == ["stand-in", "studio"]


async def test_a_model_that_is_gone_is_reported_and_left() -> None:
    gone: list[str] = []

    async def retire(model: ModelSpec) -> None:
        gone.append(model.id)

    drawn = await walk(ROUTE, _painter({"stand-in": [Retired("404")]}), retire=retire)

    assert gone == ["stand-in"]
    assert drawn.model is STUDIO


async def test_a_call_beyond_the_variants_time_is_abandoned_and_the_studio_asked() -> None:
    cancelled: list[str] = []

    async def paint(model: ModelSpec) -> Painted:
        if model is STAND_IN:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                cancelled.append(model.id)
                raise
        return Painted(plate=b"plate")

    drawn = await walk(ROUTE, paint, deadlines=Deadlines(variant=0.05))

    assert cancelled == ["stand-in"]
    assert drawn.model is STUDIO
    assert (drawn.attempts[0].error, drawn.attempts[0].reason) == ("TimedOut", "timed_out")
    assert 0.05 <= drawn.attempts[0].seconds < 5


async def test_when_the_variants_time_is_used_up_only_the_studio_is_still_asked() -> None:
    asked: list[str] = []

    async def paint(model: ModelSpec) -> Painted:
        asked.append(model.id)
        await asyncio.sleep(0.1)
        return Painted(plate=b"plate")

    premium = replace(STAND_IN, id="premium")
    drawn = await walk((STAND_IN, premium, STUDIO), paint, deadlines=Deadlines(variant=0.05))

    assert asked == ["stand-in", "studio"]
    assert [row.reason for row in drawn.attempts] == ["timed_out", "timed_out", ""]


async def test_no_wait_reaches_beyond_the_variants_time() -> None:
    waits = Waits()

    await walk(ROUTE, _painter({"stand-in": [Busy("later", 30)]}), waits, deadlines=Deadlines(variant=10))

    assert waits == []


async def test_every_attempt_is_kept_with_what_it_cost() -> None:
    billed = NoPicture("text")
    billed.cost_micro_usd = 900
    answers: dict[str, list[ProviderError]] = {"stand-in": [billed]}

    async def paint(model: ModelSpec) -> Painted:
        if answers["stand-in"]:
            raise answers["stand-in"].pop()
        return Painted(plate=b"plate", usage=Usage(cost_micro_usd=33_600))

    drawn = await walk(ROUTE, paint, Waits())

    assert [(row.reason, row.cost_micro_usd) for row in drawn.attempts] == [("no_picture", 900), ("", 33_600)]


def _classes(kind: type[ProviderError]) -> list[type[ProviderError]]:
    return [kind, *(found for child in kind.__subclasses__() for found in _classes(child))]


def test_every_error_has_a_reason_of_its_own_and_every_reason_an_error() -> None:
    reasons = [kind.reason for kind in _classes(ProviderError) if kind is not ProviderError]

    assert sorted(reasons) == sorted(Reason)


def test_only_errors_that_may_be_asked_again_have_retries() -> None:
    for kind in _classes(ProviderError):
        assert (kind.retries > 0) == (kind.reaction is Reaction.RETRY), kind


async def test_a_refusal_by_policy_stops_at_once() -> None:
    with pytest.raises(RouteExhausted) as stopped:
        await walk(ROUTE, _painter({"stand-in": [PolicyRefusal("no")]}))

    assert isinstance(stopped.value.last, PolicyRefusal)
    assert len(stopped.value.attempts) == 1


async def test_when_nobody_can_the_last_error_is_kept() -> None:
    with pytest.raises(RouteExhausted) as stopped:
        await walk(ROUTE, _painter({"stand-in": [Down("a")], "studio": [Down("b")]}))

    assert str(stopped.value.last) == "b"


async def test_a_lost_conversation_is_begun_anew_once_with_the_same_model() -> None:
    begun: list[bool] = []

    def anew() -> bool:
        begun.append(True)
        return True

    once = await walk(ROUTE, _painter({"stand-in": [ThreadLost("a")]}), Waits(), amends={Change.ANEW: anew})
    twice = await walk(
        ROUTE, _painter({"stand-in": [ThreadLost("a"), ThreadLost("b")]}), Waits(), amends={Change.ANEW: anew}
    )

    assert (once.model, twice.model) == (STAND_IN, STUDIO)
    assert len(begun) == 2
