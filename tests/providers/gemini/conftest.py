from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from google import genai

from app.demo.gemini.service import GeminiStandIn
from core.providers.gemini.client import Access, connect
from core.providers.gemini.provider import GeminiProvider
from tests.gemini_server.server import gemini_server


@pytest.fixture
async def service(contracts: Path) -> AsyncIterator[GeminiStandIn]:
    """Google's service as far as we know it; ends the test with a failure when a request breaks the contract."""
    async with gemini_server(contracts) as running:
        yield running


@pytest.fixture
async def client(service: GeminiStandIn) -> AsyncIterator[genai.Client]:
    """By key."""
    client = connect(Access(api_key="a-key", base_url=service.base_url))
    yield client
    await client.aio.aclose()


@pytest.fixture
async def enterprise(service: GeminiStandIn) -> AsyncIterator[genai.Client]:
    client = connect(Access(api_key="a-key", enterprise=True, base_url=service.base_url))
    yield client
    await client.aio.aclose()


@pytest.fixture
def provider(client: genai.Client) -> GeminiProvider:
    return GeminiProvider(client)
