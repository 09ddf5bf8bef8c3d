"""YouTube's picture server: the thumbnail a public video is listed with, as anybody sees it."""

from __future__ import annotations

from dataclasses import dataclass

import aiohttp

from core.domain.prompt import VideoLink
from core.domain.video import thumbnails
from core.providers.error import NoPicture, TimedOut, Unreachable

MOST_BYTES = 4_000_000
TIMEOUT_S = 8.0


@dataclass(frozen=True, slots=True)
class ThumbnailServer:
    base_url: str

    async def picture(self, link: VideoLink) -> bytes:
        """The file as it is served, not yet decoded. Raises ProviderError."""
        try:
            async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT_S)) as session:
                for path in thumbnails(link):
                    if found := await _file(session, self.base_url.rstrip("/") + path):
                        return found
        except TimeoutError as error:
            raise TimedOut(f"no thumbnail within {TIMEOUT_S:.0f} s") from error
        except aiohttp.ClientError as error:
            raise Unreachable(str(error)) from error
        raise NoPicture(f"no thumbnail of {link.url}")


async def _file(session: aiohttp.ClientSession, url: str) -> bytes:
    """Empty where there is none. Raises ProviderError and what aiohttp raises."""
    # Elsewhere is not where the setting says: nothing is followed.
    async with session.get(url, allow_redirects=False) as answer:
        if answer.status != 200:
            return b""
        data = await answer.content.read(MOST_BYTES + 1)
        while len(data) <= MOST_BYTES and (more := await answer.content.read(MOST_BYTES)):
            data += more
    if len(data) > MOST_BYTES:
        raise NoPicture("a thumbnail larger than any is")
    return data
