"""Catalogue, route, pool and probe together: what happens to an order when its model dies under it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from core.domain.brief import Brief
from core.domain.model import ModelSpec
from core.domain.price import Quote, captured, quote
from core.providers.base import Painted
from core.providers.catalogue import STUDIO, load
from core.providers.error import Busy, ProviderError, Retired
from core.routing import failover
from core.routing.failover import Drawn
from core.routing.route import Route, plan
from core.services.budget import Budget
from core.services.catalogue import LiveCatalogue
from core.services.probing import Probing
from core.store.direct import DirectTransport
from core.store.fund import Funds
from core.store.housekeeping import Housekeeping
from core.store.model import ModelRegister, Models, Pools
from tests.store.scene import new_id

BANANA, LITE = "gemini-nano-banana-2.1", "gemini-3.1-flash-lite-image"
BRIEF = Brief(headline="I QUIT")


@dataclass
class House:
    catalogue: LiveCatalogue
    budget: Budget
    probing: Probing
    troubles: dict[str, ProviderError] = field(default_factory=dict)
    called: list[str] = field(default_factory=list)

    async def order(self) -> tuple[Quote, Route, Drawn]:
        """A variant as a worker draws it, ordered from whoever is first today."""
        catalogue = await self.catalogue.fresh()
        return await self.draw(quote(BRIEF, catalogue.for_brief(BRIEF)[0]))

    async def draw(self, agreed: Quote) -> tuple[Quote, Route, Drawn]:
        await self.catalogue.reload()
        health = await self.budget.health(new_id())
        route = plan(BRIEF, agreed.model, self.catalogue(), agreed=agreed, health=health)
        return agreed, route, await failover.walk(route, self._paint, retire=self.probing.retire)

    async def _paint(self, model: ModelSpec) -> Painted:
        async with self.budget.place(model, call_s=5):
            self.called.append(model.id)
            if model.id in self.troubles:
                raise self.troubles[model.id]
            return Painted(plate=b"plate")


@pytest.fixture
async def house(database: str) -> AsyncIterator[House]:
    sheet = load().beside(STUDIO)
    doors = sheet.doors({"GEMINI_API_KEY"})
    async with DirectTransport(database, size=4) as direct:
        register = ModelRegister(direct)
        yield House(
            LiveCatalogue(sheet, Models(direct), doors),
            Budget(Pools(direct, "worker"), Funds(direct)),
            Probing(sheet, doors, {}, register, Housekeeping(direct)),
        )


async def test_a_model_that_died_hands_over_within_the_order_and_is_not_asked_by_the_next(house: House) -> None:
    house.troubles[BANANA] = Retired("404")

    agreed, _, drawn = await house.order()

    assert (agreed.model, drawn.model.id) == (BANANA, LITE)
    assert [(row.model, row.reason) for row in drawn.attempts] == [(BANANA, "retired"), (LITE, "")]
    prices = [quote(BRIEF, drawn.model, agreed.work).credits] * agreed.ordered
    assert captured(agreed, prices) <= agreed.credits
    house.called.clear()
    later, route, _ = await house.draw(agreed)
    assert (later.model, house.called) == (BANANA, [LITE])
    assert route.receipt()["passed_by"][0] == {"model": BANANA, "reason": "gone"}


async def test_when_all_models_rest_the_studio_draws_for_nothing_and_nobody_is_called(house: House) -> None:
    for model in (BANANA, LITE):
        house.troubles[model] = Busy("quota", retry_after_s=120)
    agreed, _, _ = await house.order()
    house.called.clear()

    _, route, drawn = await house.draw(agreed)

    assert drawn.model.free
    assert house.called == ["studio"]
    assert {row["reason"] for row in route.receipt()["passed_by"]} == {"resting"}
    assert captured(agreed, [quote(BRIEF, drawn.model, agreed.work).credits] * agreed.ordered) == 0
