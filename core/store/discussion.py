"""Threads that talk about one job."""

from __future__ import annotations

from core.store.port import Transport


class Discussions:
    def __init__(self, transport: Transport, platform: str) -> None:
        self._transport = transport
        self._platform = platform

    async def find(self, place: str, job: str) -> str | None:
        """The thread about a job, by its code, that began in a place."""
        row = await self._transport.call("discussion", {"platform": self._platform, "place": place, "job": job})
        return row and str(row["thread"])

    async def keep(self, place: str, job: str, thread: str) -> None:
        """In the place of the one there was."""
        arguments = {"platform": self._platform, "place": place, "job": job, "thread": thread}
        await self._transport.call("keep_discussion", arguments)
