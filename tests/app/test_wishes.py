"""What a brief and the operator's settings ask for reaches the wire: each row is one wish and what Google is sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import REGISTRY

from app.demo.gemini.wire import Call
from core.domain.brief import Brief, ContentFilter
from core.domain.format import Quality
from core.domain.job import Recipe
from core.domain.model import Origin
from core.domain.price import quote
from core.providers.base import Usage
from core.routing import failover
from core.routing.route import Candidate, Reason, Route
from core.services.drawing import Artwork
from core.services.painting import Wording
from core.services.sitting import Sitting
from tests.app.test_gemini import BANANA
from tests.factory import Running, running
from tests.gemini_server.server import gemini_server
from tests.store.scene import new_id

LITE = "gemini-3.1-flash-lite-image"
Sent = Callable[[Call], Any]


async def drawn(here: Running, brief: Brief, model: str = BANANA) -> Artwork:
    """One variant of a brief without a person, through route, pool, prompt and SDK."""
    spec = here.factory.catalogue().find(model)
    assert spec is not None
    recipe = Recipe(brief=brief, model=model, origin=Origin.MODEL, seed=7)
    return await here.factory.drawing.draw(
        recipe, Sitting((), here.factory.workshop), quote(brief, spec), [], job=new_id()
    )


def thresholds(call: Call) -> set[str]:
    return {row["threshold"] for row in call.body["safetySettings"]}


def tools(call: Call) -> Any:
    return call.body.get("tools")


def thinking(call: Call) -> Any:
    return call.config.get("thinkingConfig", {}).get("thinkingLevel")


def image(call: Call) -> Any:
    return call.config["imageConfig"]


def asked_video(call: Call) -> list[str]:
    return [part["fileData"]["fileUri"] for part in call.parts() if "fileData" in part]


BOTH = [{"googleSearch": {"searchTypes": {"webSearch": {}, "imageSearch": {}}}}]
BRIEFS: Mapping[str, tuple[dict[str, Any], str, Sent, Any]] = {
    "no search unless it is wished": ({}, BANANA, tools, None),
    "search, for a model that searches": ({"search": True}, BANANA, tools, BOTH),
    "no search of a model that cannot": ({"search": True, "quality": Quality.DRAFT}, LITE, tools, None),
    "the usual filter": ({}, BANANA, thresholds, {"BLOCK_MEDIUM_AND_ABOVE"}),
    "the strict filter": ({"content_filter": ContentFilter.STRICT}, BANANA, thresholds, {"BLOCK_LOW_AND_ABOVE"}),
    "a draft is hardly thought about": ({"quality": Quality.DRAFT}, LITE, thinking, "MINIMAL"),
    "a picture as much as the model likes": ({}, BANANA, thinking, None),
    "the format's ratio": ({"format": "reels"}, BANANA, lambda call: image(call)["aspectRatio"], "9:16"),
    "a size for 4K": ({"quality": Quality.FOUR_K}, BANANA, image, {"aspectRatio": "16:9", "imageSize": "4K"}),
    "the recipe's seed": ({}, BANANA, lambda call: call.config["seed"], 7),
    "words and a picture": ({}, BANANA, lambda call: set(call.config["responseModalities"]), {"TEXT", "IMAGE"}),
    "rules of their own": ({}, BANANA, lambda call: bool(call.body["systemInstruction"]["parts"][0]["text"]), True),
    "a video as context": (
        {"video": "https://youtu.be/dQw4w9WgXcQ"},
        BANANA,
        asked_video,
        ["https://www.youtube.com/watch?v=dQw4w9WgXcQ"],
    ),
}


async def test_every_wish_of_a_brief_reaches_the_model_that_can(database: str, home: Path, contracts: Path) -> None:
    async with (
        gemini_server(contracts, repeat=True) as gemini,
        running(database, home, worker=False, gemini_api_key="k", gemini_base_url=gemini.base_url) as here,
    ):
        sent = {}
        for name, (wish, model, look, _) in BRIEFS.items():
            await drawn(here, Brief(headline="I QUIT MY JOB", **wish), model)
            sent[name] = look(gemini.calls[-1])

    assert sent == {name: expected for name, (_, _, _, expected) in BRIEFS.items()}


SETTINGS: Mapping[str, tuple[dict[str, Any], Sent, Any]] = {
    "the key's own door": ({}, lambda call: (call.enterprise, call.version), (False, "v1")),
    "the platform's door": (
        {"gemini_enterprise": True},
        lambda call: (call.enterprise, call.version),
        (True, "v1beta1"),
    ),
    "a version": ({"gemini_api_version": "v1beta"}, lambda call: call.version, "v1beta"),
    "a tier": ({"gemini_service_tier": "flex"}, lambda call: call.body.get("serviceTier"), "flex"),
}


@pytest.mark.parametrize(("given", "look", "expected"), SETTINGS.values(), ids=list(SETTINGS))
async def test_an_operators_settings_are_the_way_google_is_reached(
    database: str, home: Path, contracts: Path, given: dict[str, Any], look: Sent, expected: Any
) -> None:
    async with (
        gemini_server(contracts, repeat=True) as gemini,
        running(database, home, worker=False, gemini_api_key="k", gemini_base_url=gemini.base_url, **given) as here,
    ):
        await drawn(here, Brief(headline="I QUIT MY JOB"))

        assert look(gemini.calls[-1]) == expected


async def test_a_proxy_is_the_way_out(database: str, home: Path, contracts: Path) -> None:
    """The stand-in plays the proxy: what is meant for another host arrives at it."""
    async with (
        gemini_server(contracts, repeat=True) as gemini,
        running(
            database,
            home,
            worker=False,
            gemini_api_key="k",
            gemini_base_url="http://gemini.invalid",
            gemini_proxy=gemini.base_url,
        ) as here,
    ):
        made = await drawn(here, Brief(headline="I QUIT MY JOB"))

        assert made.recipe.model == BANANA and gemini.calls


async def test_what_a_model_said_and_looked_up_is_kept_with_the_variant(
    database: str, home: Path, contracts: Path
) -> None:
    async with (
        gemini_server(contracts) as gemini,
        running(database, home, worker=False, gemini_api_key="k", gemini_base_url=gemini.base_url) as here,
    ):
        made = await drawn(here, Brief(headline="I QUIT MY JOB", search=True))

    assert made.facts["note"]
    assert made.facts["search_queries"] and "stand-in search" in made.facts["search_chip"]
    assert made.facts["listed_micro_usd"] == 33_600 and abs(made.facts["cost_micro_usd"] - 33_600) < 8_000


async def test_a_picture_that_cost_more_than_its_model_is_listed_at_is_told(
    database: str, home: Path, contracts: Path
) -> None:
    def told() -> float:
        return REGISTRY.get_sample_value("factory_cost_deviations_total", {"model": BANANA}) or 0.0

    async with (
        gemini_server(contracts) as gemini,
        running(database, home, worker=False, gemini_api_key="k", gemini_base_url=gemini.base_url) as here,
    ):
        factory, brief = here.factory, Brief(headline="I QUIT MY JOB")
        spec, sitting = factory.catalogue().find(BANANA), Sitting((), factory.workshop)
        assert spec is not None
        recipe = Recipe(brief=brief, model=BANANA, origin=Origin.MODEL, seed=7)
        painted = await factory.painting.plate(spec, recipe, sitting, Wording(), factory.catalogue(), quick=False)
        route, before = Route((Candidate(spec, Reason.WANTED, brief),)), told()
        for cost, more in ((33_600, 0), (67_200, 1)):
            made = failover.Drawn(replace(painted, usage=Usage(cost_micro_usd=cost)), spec, ())
            await factory.drawing.finish(recipe, route, made, sitting)
            assert told() - before == more
        night = failover.Drawn(replace(painted, usage=Usage(cost_micro_usd=16_800)), spec, ())
        artwork = await factory.drawing.finish(recipe, route, night, sitting, factor=0.5)
        assert told() - before == 1 and artwork.facts["listed_micro_usd"] == 16_800
