"""One client per process: how Google is reached, and that nobody but the router asks twice."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from aiohttp import web

from app.demo.gemini.service import GeminiStandIn
from core.providers.error import KeyRefused, Unreachable
from core.providers.gemini.client import Access, connect
from core.providers.gemini.provider import GeminiProvider
from tests.providers.gemini.sample import prompt, request


@asynccontextmanager
async def reached(access: Access) -> AsyncIterator[GeminiProvider]:
    provider = GeminiProvider(connect(access))
    yield provider
    await provider.close()


async def test_a_connection_that_fails_is_given_up_at_once() -> None:
    """Left alone, the SDK sleeps one to ten seconds and connects again: every time, which a busy machine is not."""
    took = []
    async with reached(Access(api_key="a-key", base_url="http://127.0.0.1:9")) as provider:
        for _ in range(3):
            started = time.monotonic()
            with pytest.raises(Unreachable):
                await provider.paint(request())
            took.append(time.monotonic() - started)

    assert min(took) < 0.9


@pytest.mark.parametrize(
    ("access", "version"),
    [
        (Access(api_key="k"), "v1"),
        (Access(api_key="k", api_version="v1beta"), "v1beta"),
        (Access(api_key="k", enterprise=True), "v1beta1"),
    ],
)
async def test_the_version_of_the_api_is_a_setting(service: GeminiStandIn, access: Access, version: str) -> None:
    async with reached(replace(access, base_url=service.base_url)) as provider:
        await provider.paint(request())

    assert service.calls[-1].version == version


async def test_the_key_is_the_one_given_and_not_one_from_the_environment(
    service: GeminiStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOOGLE_API_KEY", "somebody else's")
    service.key = "ours"

    async with reached(Access(api_key="ours", base_url=service.base_url)) as provider:
        await provider.paint(request())
    async with reached(Access(api_key="theirs", base_url=service.base_url)) as provider:
        with pytest.raises(KeyRefused):
            await provider.paint(request())


@pytest.mark.parametrize("switch", ["GOOGLE_GENAI_USE_VERTEXAI", "GOOGLE_GENAI_USE_ENTERPRISE"])
async def test_the_environment_does_not_turn_a_key_into_enterprise(
    service: GeminiStandIn, monkeypatch: pytest.MonkeyPatch, switch: str
) -> None:
    monkeypatch.setenv(switch, "true")
    monkeypatch.setenv("GOOGLE_CLOUD_PROJECT", "somebody-else")

    async with reached(Access(api_key="k", base_url=service.base_url)) as provider:
        await provider.paint(request())

    assert service.calls[-1].path.startswith("/v1/models/")


async def test_a_proxy_is_gone_through() -> None:
    asked = []

    async def gate(incoming: web.Request) -> web.Response:
        asked.append((incoming.method, str(incoming.url)))
        return web.json_response({"error": {"code": 401, "message": "no", "status": "UNAUTHENTICATED"}}, status=401)

    application = web.Application()
    application.router.add_route("*", "/{path:.*}", gate)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    proxy = "http://{}:{}".format(*runner.addresses[0][:2])

    access = Access(api_key="k", base_url="http://gemini.invalid", proxy=proxy)
    async with reached(access) as provider:
        with pytest.raises(KeyRefused):
            await provider.paint(request(prompt("x")))
    await runner.cleanup()

    assert asked == [("POST", "http://gemini.invalid/v1/models/gemini-nano-banana-2.1:generateContent")]


async def test_without_a_key_there_is_no_client(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GOOGLE_API_KEY", "GEMINI_API_KEY"):
        monkeypatch.delenv(name, raising=False)

    with pytest.raises(ValueError, match="key"):
        connect(Access())
