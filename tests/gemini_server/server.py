"""The stand-in under the contract: a test that breaks it fails, whatever else it asserts."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from app.demo.gemini.service import GeminiStandIn
from tests.gemini_server.contract import Contract


@asynccontextmanager
async def gemini_server(contracts: Path) -> AsyncIterator[GeminiStandIn]:
    contract = Contract(contracts)
    async with GeminiStandIn(observers=[contract]) as service:
        yield service
    assert not contract.violations, contract.violations
    assert not service.refusals, service.refusals
