"""Happenings: what a platform tells of the application itself, recorded once and handed to who is responsible."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

import structlog

from core.domain.record import Json
from core.services.desk import Unavailable
from core.store import error
from core.store.happening import Happenings

log = structlog.get_logger(__name__)

Do = Callable[[str, Mapping[str, Json], str], Awaitable[None]]
"""Does what an event asks for, given its kind, its data and the key it is recorded under, and closes it in the
transaction that does so; again it must change nothing."""


class Recording:
    def __init__(self, happenings: Happenings) -> None:
        self._happenings = happenings

    async def take(self, event: Json, do: Do | None = None) -> None:
        """`{"type", "data": {"id", ...}}`, however often and by whichever way it comes; without anybody to do it, it is
        recorded and logged. Raises ValueError for no such event, Unavailable, and whatever `do` raises: then it is to
        come again."""
        kind, data = _read(event)
        key = name(kind, data)
        try:
            new, open_ = await self._happenings.record(key, kind, data)
        except error.Unavailable as gone:
            raise Unavailable(str(gone)) from gone
        if open_ and do is not None:
            await do(kind, data, key)
        elif new:
            log.warning("happening.left_open", kind=kind, key=key)

    async def close(self, key: str) -> None:
        """Nothing is to be done about it. Raises Unavailable."""
        try:
            await self._happenings.close(key)
        except error.Unavailable as gone:
            raise Unavailable(str(gone)) from gone


def name(kind: str, data: Mapping[str, Json]) -> str:
    """What an event is recorded under: the same purchase comes again when it is prolonged, ends, or is used up."""
    return ":".join((kind, str(data["id"]), str(data.get("ends_at") or ""), str(bool(data.get("consumed")))))


def _read(event: Json) -> tuple[str, Mapping[str, Json]]:
    kind, data = (event.get("type"), event.get("data")) if isinstance(event, dict) else (None, None)
    if not isinstance(kind, str) or not isinstance(data, dict) or "id" not in data:
        raise ValueError("not an event of an application")
    return kind, data
