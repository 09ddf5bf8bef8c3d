"""Seating: the person of a brief, and the pictures whose look they like, made ready for whoever draws."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

import structlog

from core.domain.brief import Brief
from core.domain.prompt import VideoLink
from core.domain.video import video_link
from core.providers.error import ProviderError
from core.services.album import Album
from core.services.desk import AssetGone
from core.services.shelving import Shelving
from core.services.sitting import Sitting
from core.vision.bounded import BoundedDecoder
from core.vision.upload import UploadRefused
from core.workshop.workshop import Workshop

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Seating:
    album: Album
    workshop: Workshop
    decoder: BoundedDecoder
    thumbnail: Callable[[VideoLink], Awaitable[bytes]]
    """The thumbnail a video is listed with, as strangers serve it; raises ProviderError."""

    async def sitting(self, brief: Brief, shelving: Shelving | None = None) -> Sitting:
        """Raises AssetGone where a photo is gone."""
        portraits = await self.album.portraits(brief)
        shown = await self.album.exhibit(brief)
        likes = partial(self.inspiration, brief)
        people = len(brief.drawn)
        return Sitting(portraits, self.workshop, shelving, likes=likes, exhibit=shown, people=people)

    async def inspiration(self, brief: Brief) -> tuple[bytes, ...]:
        """JPEG. What cannot be had is left out: the receipt says how many were shown."""
        found = await asyncio.gather(*map(self._liked, brief.inspiration))
        return tuple(filter(None, found))

    async def look(self, brief: Brief) -> bytes:
        """The first of what is liked, reduced for sending (JPEG); empty where there is nothing. Raises WorkLost."""
        found = await self.inspiration(brief)
        return await self.workshop.reduce(found[0]) if found else b""

    async def _liked(self, name: str) -> bytes:
        link = video_link(name)
        try:
            if link is None:
                return await self.album.load(name)
            return (await self.decoder.decode(await self.thumbnail(link))).jpeg
        except (AssetGone, ProviderError, UploadRefused) as error:
            log.warning("inspiration.gone", name=name, error=repr(error))
            return b""
