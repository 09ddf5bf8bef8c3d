"""What is told to Discord once per release, by a verb of the command line and never by a replica."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import discord
from discord.http import Route

from bots.discord.bot import API_URL, connect, introduce
from bots.discord.registration import in_sync
from bots.discord.shop import EVENTS

_ENABLED = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """What Discord has of us."""

    name: str
    public_key: str
    """In hex, lower-case."""
    endpoint: str
    """Where it brings interactions to; empty: to the gateway."""
    in_sync: bool
    """Whether its commands are those of this release."""
    sales_told_at: str
    """Where it calls to tell of purchases; empty: nowhere, or not of all that happens to them."""


@asynccontextmanager
async def session(token: str, api_url: str = API_URL) -> AsyncIterator[discord.Client]:
    """A client for one release. Raises TokenRefused, or the library's and the network's errors."""
    async with connect(token, api_url) as client:
        await introduce(client, token)
        yield client


async def examine(client: discord.Client) -> Application:
    """Raises the library's and the network's errors."""
    assert client.application is not None
    whole: Any = await client.http.request(Route("GET", "/applications/@me"))
    told = whole.get("event_webhooks_status") == _ENABLED and {*EVENTS} <= {*(whole.get("event_webhooks_types") or ())}
    return Application(
        name=client.application.name,
        public_key=client.application.verify_key.lower(),
        endpoint=client.application.interactions_endpoint_url or "",
        in_sync=await in_sync(client),
        sales_told_at=str(whole.get("event_webhooks_url") or "") if told else "",
    )
