"""What a platform tells of the application itself: recorded once, open until it is done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.store.port import Transport


class Happenings:
    def __init__(self, transport: Transport, platform: str) -> None:
        self._transport = transport
        self._platform = platform

    async def record(self, key: str, kind: str, record: Mapping[str, Any]) -> tuple[bool, bool]:
        """Whether it is new, and whether it is still open."""
        arguments = {"platform": self._platform, "key": key, "kind": kind, "record": dict(record)}
        row = await self._transport.call("record_happening", arguments)
        return row["new"], row["open"]

    async def close(self, key: str) -> None:
        await self._transport.call("close_happening", {"platform": self._platform, "key": key})
