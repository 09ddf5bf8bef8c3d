"""The browser's record of a chat: lines in order, each with the revision that last touched it."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import datetime

from core.domain.record import Json
from core.store.moment import moment
from core.store.port import Transport

CHANNEL = "tf_page"
"""Notified at commit with the place whose page changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLine:
    """Line `seq` of a page. A changed line comes again with a higher revision; revisions have no gaps to miss."""

    seq: int
    key: str
    by_person: bool
    view: Json
    revision: int
    at: datetime


class Transcripts:
    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def write(self, place: str, key: str, view: Json, *, by_person: bool, user_id: str | None = None) -> int:
        """Append a line, or replace the one with the same key; returns its seq. The same again changes nothing."""
        answer = await self._transport.call(
            "say",
            {
                "place": place,
                "key": key,
                "view": view,
                "author": "person" if by_person else "bot",
                "user_id": user_id,
            },
        )
        return int(answer["seq"])

    async def read(self, place: str, after: int = 0, limit: int = 200) -> tuple[PageLine, ...]:
        """Lines with a revision above `after` in the order of the page; after 0 the last `limit` lines of it."""
        rows = await self._transport.call("transcript", {"place": place, "after_revision": after, "limit": limit})
        return tuple(
            PageLine(
                seq=row["seq"],
                key=row["key"],
                by_person=row["author"] == "person",
                view=row["view"],
                revision=row["revision"],
                at=moment(row["at"]),
            )
            for row in rows
        )

    def wakeups(self) -> AsyncGenerator[str]:
        """Places whose page changed; "" means any may have. Close it with `aclosing`."""
        return self._transport.listen(CHANNEL)
