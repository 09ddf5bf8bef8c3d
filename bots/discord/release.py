"""What is told to Discord once per release, by a verb of the command line and never by a replica."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import discord
from discord.http import Route

from bots.discord.bot import API_URL, connect, introduce
from bots.discord.tree import matches, tree

_COMMANDS = "/applications/{application_id}/commands"


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


@asynccontextmanager
async def session(token: str, api_url: str = API_URL) -> AsyncIterator[discord.Client]:
    """A client for one release. Raises TokenRefused, or the library's and the network's errors."""
    async with connect(token, api_url) as client:
        await introduce(client, token)
        yield client


async def examine(client: discord.Client) -> Application:
    assert client.application is not None
    return Application(
        name=client.application.name,
        public_key=client.application.verify_key.lower(),
        endpoint=client.application.interactions_endpoint_url or "",
        in_sync=await _in_sync(client),
    )


async def sync(client: discord.Client) -> bool:
    """Register this release's commands, unless Discord has them: every change is shown to everybody anew. Whether
    anything was changed."""
    if await _in_sync(client):
        return False
    await client.http.request(_route(client, "PUT"), json=tree())
    return True


async def _in_sync(client: discord.Client) -> bool:
    stands: Any = await client.http.request(_route(client, "GET"), params={"with_localizations": "true"})
    return matches(tree(), stands)


def _route(client: discord.Client, method: str) -> Route:
    return Route(method, _COMMANDS, application_id=client.application_id)
