"""The stand-in under the contract: a test that breaks it fails, whatever else it asserts."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from app.demo.gemini.service import GeminiStandIn
from tests.gemini_server.contract import Contract
from tests.gemini_server.fields import Fields


@asynccontextmanager
async def gemini_server(contracts: Path, **options: Any) -> AsyncIterator[GeminiStandIn]:
    """`options` are the stand-in's. What is asked keeps to Google's schema, to what our catalogue says the model takes,
    and is refused by nobody who was not told to."""
    contract, fields = Contract(contracts), Fields()
    async with GeminiStandIn(observers=[contract, fields], **options) as service:
        yield service
    assert not contract.violations, contract.violations
    assert not fields.violations, fields.violations
    assert not service.refusals, service.refusals
