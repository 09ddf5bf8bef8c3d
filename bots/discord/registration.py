"""Registration: the commands as Discord has them, and as they are to be."""

from __future__ import annotations

from typing import Any

import discord
from discord.http import Route

from bots.discord.tree import matches, tree

_COMMANDS = "/applications/{application_id}/commands"


async def in_sync(client: discord.Client) -> bool:
    """Whether Discord has this release's commands. The client is logged in; raises its errors."""
    stands: Any = await client.http.request(_route(client, "GET"), params={"with_localizations": "true"})
    return matches(tree(), stands)


async def register(client: discord.Client) -> bool:
    """Unless Discord has them: every change is shown to everybody anew. Whether anything was changed."""
    if await in_sync(client):
        return False
    await client.http.request(_route(client, "PUT"), json=tree())
    return True


def _route(client: discord.Client, method: str) -> Route:
    return Route(method, _COMMANDS, application_id=client.application_id)
