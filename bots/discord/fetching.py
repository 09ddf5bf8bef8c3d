"""Fetching: a person's file off Discord's CDN, at once and bounded, because its address expires."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from urllib.parse import urlsplit

import aiohttp
import structlog

from bots.discord.incoming import File
from core.conversation.event import PhotoRefused

log = structlog.get_logger(__name__)

LARGEST_BYTES = 20 * 1024 * 1024
TOO_LARGE, UNREACHABLE = "too_large", "unreachable"
CDN = ("cdn.discordapp.com", "media.discordapp.net")

_ATTEMPTS = 3
_FIRST_PAUSE_S = 0.3
_TIMEOUT = aiohttp.ClientTimeout(total=30.0, connect=5.0)
_PIECE_BYTES = 64 * 1024


class Fetching:
    """`hosts`: where files may come from; an address that leads elsewhere is not followed."""

    def __init__(self, session: Callable[[], aiohttp.ClientSession], hosts: tuple[str, ...] = CDN) -> None:
        self._session = session
        self._hosts = hosts

    async def fetch(self, file: File) -> bytes | PhotoRefused:
        """Its bytes. Never raises for a bad file or a CDN that fails."""
        if file.size > LARGEST_BYTES:
            return PhotoRefused(reason=TOO_LARGE)
        if urlsplit(file.url).hostname not in self._hosts:
            log.warning("file.from_elsewhere", host=urlsplit(file.url).hostname)
            return PhotoRefused(reason=UNREACHABLE)
        for attempt in range(_ATTEMPTS):
            try:
                return await self._read(file.url)
            except (aiohttp.ClientError, TimeoutError) as error:
                log.info("download.interrupted", reason=str(error) or type(error).__name__)
                await asyncio.sleep(_FIRST_PAUSE_S * 2**attempt)
        return PhotoRefused(reason=UNREACHABLE)

    async def _read(self, url: str) -> bytes | PhotoRefused:
        data = bytearray()
        async with self._session().get(url, timeout=_TIMEOUT, allow_redirects=False) as response:
            response.raise_for_status()
            if response.status != 200:
                return PhotoRefused(reason=UNREACHABLE)
            async for piece in response.content.iter_chunked(_PIECE_BYTES):
                data += piece
                if len(data) > LARGEST_BYTES:
                    return PhotoRefused(reason=TOO_LARGE)
        return bytes(data)
