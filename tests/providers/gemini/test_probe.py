"""Who answers here and now."""

import pytest
from aiohttp import web
from google import genai

from app.demo.gemini.service import GeminiStandIn
from core.providers.error import KeyRefused, Unreachable
from core.providers.gemini.client import Access, connect
from core.providers.gemini.probe import Sighting, look
from tests.providers.gemini.sample import IMAGEN, OLD, PREMIUM, STANDARD


async def test_a_living_model_is_seen_and_a_dead_one_missed(service: GeminiStandIn, client: genai.Client) -> None:
    service.dead.add(PREMIUM.id)

    seen = await look(client, [STANDARD.id, PREMIUM.id, OLD.id, "gemini-3-pro-image-preview"])

    assert seen.alive == {STANDARD.id, OLD.id}
    assert seen.gone == {PREMIUM.id, "gemini-3-pro-image-preview"}


async def test_a_model_that_came_back_is_seen_again(service: GeminiStandIn, client: genai.Client) -> None:
    service.dead.add(OLD.id)
    assert OLD.id in (await look(client, [OLD.id])).gone

    service.dead.clear()
    assert OLD.id in (await look(client, [OLD.id])).alive


async def test_imagen_answers_on_enterprise_only(client: genai.Client, enterprise: genai.Client) -> None:
    assert IMAGEN.id in (await look(client, [IMAGEN.id])).gone
    assert IMAGEN.id in (await look(enterprise, [IMAGEN.id])).alive


async def test_a_refused_key_is_no_news_of_any_model(service: GeminiStandIn, client: genai.Client) -> None:
    service.key = "another key"

    with pytest.raises(KeyRefused):
        await look(client, [STANDARD.id])


async def test_a_service_in_trouble_says_nothing_of_a_model_it_does_not_list() -> None:
    async def answer(incoming: web.Request) -> web.Response:
        listing = incoming.path.endswith("/models")
        return web.json_response(
            {"models": [{"name": f"models/{OLD.id}"}]} if listing else {}, status=200 if listing else 500
        )

    application = web.Application()
    application.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    gateway = connect(Access(api_key="k", base_url="http://{}:{}".format(*runner.addresses[0][:2])))

    seen = await look(gateway, [OLD.id, STANDARD.id])
    await gateway.aio.aclose()
    await runner.cleanup()

    assert seen == Sighting(alive=frozenset({OLD.id}), gone=frozenset())


async def test_silence_is_no_news_of_any_model() -> None:
    client = connect(Access(api_key="a-key", base_url="http://127.0.0.1:9"))

    with pytest.raises(Unreachable):
        await look(client, [STANDARD.id])
    await client.aio.aclose()
