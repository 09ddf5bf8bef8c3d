"""Ways to answer that a platform lends for a while."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.store.port import Transport


class Replies:
    """A reply's record: `id`, `token`, `application`, `original` (the message it began at, or its own first answer;
    None while that says "thinking"), `follow_ups` (new messages left, None for any number), `attachment_bytes`."""

    def __init__(self, transport: Transport, platform: str) -> None:
        self._transport = transport
        self._platform = platform

    async def keep(self, place: str, reply: Mapping[str, Any], seconds: float) -> None:
        """For so long; the same one again changes nothing."""
        await self._transport.call(
            "keep_reply", {**reply, "platform": self._platform, "place": place, "seconds": seconds}
        )

    async def live(self, place: str) -> tuple[dict[str, Any], ...]:
        """Those still good, newest first."""
        return tuple(await self._transport.call("replies", {"platform": self._platform, "place": place}))

    async def take(self, reply_id: str, key: str) -> str | None:
        """ "original", "follow_up", or None where nothing more can be said; the same key gets the original again."""
        arguments = {"platform": self._platform, "id": reply_id, "key": key}
        way: str | None = (await self._transport.call("take_reply", arguments))["way"]
        return way

    async def stands(self, reply_id: str, original: str) -> None:
        """Its first answer stands, as this message."""
        arguments = {"platform": self._platform, "id": reply_id, "original": original}
        await self._transport.call("reply_stands", arguments)
