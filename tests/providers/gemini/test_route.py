"""The provider under the router: what a person is left with when a model fails."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from app.demo.gemini.case import Case
from app.demo.gemini.service import GeminiStandIn
from core.domain.model import ModelSpec
from core.prompting.reword import reword
from core.providers.base import Painted, PaintRequest
from core.providers.catalogue import STUDIO
from core.providers.error import Change, PolicyRefusal
from core.providers.gemini.provider import GeminiProvider
from core.routing.failover import Drawn, RouteExhausted, walk
from tests.providers.gemini.sample import PREMIUM, STANDARD, prompt, request

ROUTE = (STANDARD, PREMIUM, STUDIO)


def painting(provider: GeminiProvider, asked: PaintRequest) -> Callable[[ModelSpec], Awaitable[Painted]]:
    async def paint(model: ModelSpec) -> Painted:
        if model is STUDIO:
            return Painted(plate=b"plate")
        return await provider.paint(replace(asked, model=model))

    return paint


def tried(drawn: Drawn) -> list[tuple[str, str]]:
    return [(row.model, row.reason) for row in drawn.attempts]


async def test_a_dead_model_is_retired_and_the_next_one_paints(
    service: GeminiStandIn, provider: GeminiProvider
) -> None:
    service.dead.add(STANDARD.id)
    retired = []

    async def retire(model: ModelSpec) -> None:
        retired.append(model.id)

    drawn = await walk(ROUTE, painting(provider, request()), retire=retire)

    assert drawn.model is PREMIUM and retired == [STANDARD.id]
    assert tried(drawn) == [(STANDARD.id, "retired"), (PREMIUM.id, "")]
    assert drawn.attempts[-1].cost_micro_usd > 100_000


async def test_a_busy_model_is_waited_for_as_long_as_it_says(service: GeminiStandIn, provider: GeminiProvider) -> None:
    service.next(Case.TOO_MANY)
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    drawn = await walk(ROUTE, painting(provider, request()), sleep)

    assert waits == [34.0] and drawn.model is STANDARD


async def test_a_used_up_day_is_not_waited_for(service: GeminiStandIn, provider: GeminiProvider) -> None:
    service.next(Case.DAY_IS_OVER)

    drawn = await walk(ROUTE, painting(provider, request()))

    assert tried(drawn) == [(STANDARD.id, "busy"), (PREMIUM.id, "")]


async def test_a_recitation_is_said_in_other_words(service: GeminiStandIn, provider: GeminiProvider) -> None:
    service.next(Case.RECITATION)
    said = [prompt("A famous picture", "<data>\n{}\n</data>")]

    async def paint(model: ModelSpec) -> Painted:
        return await provider.paint(request(said[-1], model=model))

    def other_words() -> bool:
        said.append(reword(said[-1]))
        return True

    drawn = await walk(ROUTE, paint, amends={Change.REWORD: other_words})

    first, second = (call.words for call in service.calls)
    assert drawn.model is STANDARD and first != second and "A famous picture" in second


async def test_a_refusal_stops_at_once_and_asks_nobody_else(service: GeminiStandIn, provider: GeminiProvider) -> None:
    service.next(Case.BLOCKED_PROMPT)

    with pytest.raises(RouteExhausted) as stopped:
        await walk(ROUTE, painting(provider, request()))

    assert isinstance(stopped.value.last, PolicyRefusal)
    assert len(service.calls) == 1


async def test_a_model_that_hangs_is_left_at_the_deadline(service: GeminiStandIn, provider: GeminiProvider) -> None:
    service.next(Case.SILENCE)

    drawn = await walk(ROUTE, painting(provider, request(timeout_s=1.0)))

    assert tried(drawn) == [(STANDARD.id, "timed_out"), (PREMIUM.id, "")]


async def test_when_everybody_fails_the_studio_paints_and_every_attempt_is_told(
    service: GeminiStandIn, provider: GeminiProvider
) -> None:
    service.next(Case.INTERNAL, Case.BAD_GATEWAY)

    drawn = await walk(ROUTE, painting(provider, request()))

    assert drawn.model is STUDIO
    assert [row.reason for row in drawn.attempts] == ["server_fault", "server_fault", ""]
