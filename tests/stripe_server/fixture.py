"""Fixtures for whoever tests against Stripe; a room's conftest imports them by name."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from .customer import Customer
from .server import StripeServer


@pytest_asyncio.fixture
async def stripe_server(contracts: Path) -> AsyncIterator[StripeServer]:
    """A running server; the test fails when a rule was broken, unless it took the violations itself."""
    async with StripeServer(contracts) as server:
        yield server
    assert server.violations == []


@pytest.fixture
def customer(stripe_server: StripeServer) -> Customer:
    """Whoever follows the link of a Checkout Session, and may regret it later."""
    return Customer(stripe_server.world)
