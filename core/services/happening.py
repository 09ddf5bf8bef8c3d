"""Happenings: what a platform tells of the application itself, recorded once and handed to who is responsible."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType

import structlog

from core.domain.record import Json
from core.services.desk import Unavailable
from core.store import error
from core.store.happening import Happenings

log = structlog.get_logger(__name__)

Do = Callable[[Mapping[str, Json]], Awaitable[None]]
"""Does what an event's data asks for; doing it again must change nothing."""
NOBODY: Mapping[str, Do] = MappingProxyType({})


class Recording:
    """`responsible` by kind of event ("ENTITLEMENT_CREATE"). What nobody is responsible for is recorded and logged."""

    def __init__(self, happenings: Happenings, responsible: Mapping[str, Do] = NOBODY) -> None:
        self._happenings = happenings
        self._responsible = responsible

    async def take(self, event: Json) -> None:
        """`{"type", "data": {"id", ...}}`, however often and by whichever way it comes. Raises ValueError for no such
        event, Unavailable, and whatever who is responsible raises: then it is to come again."""
        kind, data = _read(event)
        # The same purchase comes again when it is prolonged, ends, or is used up.
        key = ":".join((kind, str(data["id"]), str(data.get("ends_at") or ""), str(bool(data.get("consumed")))))
        try:
            new, open_ = await self._happenings.record(key, kind, data)
            do = self._responsible.get(kind)
            if open_ and do is not None:
                await do(data)
                await self._happenings.close(key)
        except error.Unavailable as gone:
            raise Unavailable(str(gone)) from gone
        if new and do is None:
            log.warning("happening.left_open", kind=kind, key=key)


def _read(event: Json) -> tuple[str, Mapping[str, Json]]:
    kind, data = (event.get("type"), event.get("data")) if isinstance(event, dict) else (None, None)
    if not isinstance(kind, str) or not isinstance(data, dict) or "id" not in data:
        raise ValueError("not an event of an application")
    return kind, data
