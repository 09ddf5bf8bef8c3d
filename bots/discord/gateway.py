"""The gateway: discord.py keeps the connections, we read the raw records of what happens.

The library would look what was pressed up in views and forms it kept in memory; ours are good in any process.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import discord

Hear = Callable[[Mapping[str, Any]], None]
"""Takes a record and returns at once."""


class Gateway:
    """`hear` by name of Discord's event. `shard_ids` of this process, of `shard_count` in all; without a count Discord
    says how many, and all are ours. Messages are asked for only with `direct_messages`."""

    def __init__(
        self,
        token: str,
        hear: Mapping[str, Hear],
        *,
        direct_messages: bool,
        shard_ids: Sequence[int] = (),
        shard_count: int = 0,
    ) -> None:
        self._token = token
        self._hear = hear
        self._direct_messages = direct_messages
        self._shards: dict[str, Any] = {"shard_count": shard_count} if shard_count else {}
        if shard_ids:
            self._shards["shard_ids"] = list(shard_ids)
        self._client: discord.AutoShardedClient | None = None

    @property
    def connected(self) -> bool:
        """Whether every shard of this process is."""
        client = self._client
        return client is not None and client.is_ready() and not any(one.is_closed() for one in client.shards.values())

    async def run(self) -> None:
        """Until cancelled; what the library does not connect again by itself is raised, as its own errors."""
        intents = discord.Intents.none()
        intents.dm_messages = self._direct_messages
        async with discord.AutoShardedClient(
            intents=intents,
            max_messages=None,
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            guild_ready_timeout=0.0,
            **self._shards,
        ) as client:
            for name, hear in self._hear.items():
                overhear(client, name, hear)
            self._client = client
            try:
                await client.start(self._token)
            finally:
                self._client = None


def overhear(client: discord.Client, event: str, hear: Hear) -> None:
    """Have an event's record brought here instead of to the library, which has no public way to it."""
    client._connection.parsers[event] = hear
