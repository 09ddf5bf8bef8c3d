"""A desk that keeps what it is told and answers as scripted, and what else the bot's collaborators are in a test."""

import asyncio
import hashlib
import io
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field

from PIL import Image

from core.conversation.event import Event, Photo, PhotoRefused, Pressed
from core.conversation.view import NoticeView
from core.services.desk import Asset, AssetGone, Download, Envelope, Unavailable

Answer = Callable[[Event], NoticeView | None]


@dataclass
class ScriptedDesk:
    """Shared by replicas, like the database behind the real one: each event id is taken once."""

    taken: dict[str, tuple[Envelope, Event]] = field(default_factory=dict)
    assets: dict[str, Asset] = field(default_factory=dict)
    refused: str = ""
    """Reason for which every upload is refused."""
    public: str = ""
    """Address that links begin with; without it there are none."""
    read: list[str] = field(default_factory=list)
    """Assets whose bytes were asked for."""
    shut: NoticeView | None = None
    """What is said where a server does not want what is asked for."""
    away: bool = False
    offers: int = 0
    answer: Answer = lambda _: None
    busy: Callable[[Event], float] = lambda _: 0.0
    """Seconds an event takes."""
    stir: asyncio.Event = field(default_factory=asyncio.Event)

    async def handle(self, envelope: Envelope, event: Event) -> NoticeView | None:
        self.offers += 1
        if self.away:
            raise Unavailable
        await asyncio.sleep(self.busy(event))
        if envelope.id in self.taken:
            return None
        self.taken[envelope.id] = envelope, event
        self.stir.set()
        return self.answer(event)

    async def closed(self, envelope: Envelope, event: Event) -> NoticeView | None:
        return self.shut

    async def accept(self, envelope: Envelope, data: bytes) -> Photo | PhotoRefused:
        if self.away:
            raise Unavailable
        return PhotoRefused(reason=self.refused) if self.refused else Photo(self.store(data, "image/jpeg"))

    async def asset(self, asset_id: str, person: Envelope | None = None) -> Asset:
        if asset_id not in self.assets:
            raise AssetGone(asset_id)
        self.read.append(asset_id)
        return self.assets[asset_id]

    async def download(self, asset_id: str, person: Envelope | None = None) -> Download:
        if asset_id not in self.assets:
            raise AssetGone(asset_id)
        asset = self.assets[asset_id]

        async def pieces() -> AsyncGenerator[bytes]:
            self.read.append(asset_id)
            yield asset.data

        return Download(id=asset_id, media_type=asset.media_type, byte_count=len(asset.data), pieces=pieces)

    async def link(self, asset_id: str, name: str, person: Envelope | None = None) -> str | None:
        return f"{self.public}/{name}" if self.public else None

    def store(self, data: bytes, media_type: str, size: tuple[int, int] = (0, 0)) -> str:
        digest = hashlib.sha256(data).hexdigest()
        self.assets[digest[:12]] = Asset(
            id=digest[:12], data=data, media_type=media_type, sha256=digest, width=size[0], height=size[1]
        )
        return digest[:12]

    def picture(self, colour: str, size: tuple[int, int] = (64, 36)) -> str:
        """Id of a stored JPEG of one colour."""
        return self.store(jpeg(colour, size), "image/jpeg", size)

    @property
    def events(self) -> list[Event]:
        return [event for _, event in self.taken.values()]

    @property
    def envelopes(self) -> list[Envelope]:
        return [envelope for envelope, _ in self.taken.values()]

    async def until(self, count: int, timeout: float = 30.0) -> list[Event]:  # noqa: ASYNC109
        """The events once there are so many."""
        async with asyncio.timeout(timeout):
            while len(self.taken) < count:
                self.stir.clear()
                await self.stir.wait()
        return self.events


def token(event: object) -> str:
    """What was pressed, as the button carried it."""
    assert isinstance(event, Pressed)
    return event.action.pack()


async def eventually(met: Callable[[], bool], timeout: float = 30.0) -> None:  # noqa: ASYNC109
    """Wait for what nothing announces."""
    async with asyncio.timeout(timeout):
        while not met():  # noqa: ASYNC110
            await asyncio.sleep(0.02)


@dataclass
class Cards:
    """References in memory."""

    known: dict[tuple[str, str, str], str] = field(default_factory=dict)

    async def find(self, platform: str, sha256: str, form: str) -> str | None:
        return self.known.get((platform, sha256, form))

    async def keep(self, platform: str, sha256: str, form: str, reference: str) -> None:
        self.known[platform, sha256, form] = reference

    async def shown(self, platform: str, place: str, message: str) -> str:
        return self.known.get((platform, place, message), "")


def jpeg(colour: str = "teal", size: tuple[int, int] = (64, 36)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "JPEG")
    return out.getvalue()
