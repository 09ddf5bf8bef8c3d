"""A desk that walks one story, and the ports beside it in memory: what the page is built and tested against alone."""

from __future__ import annotations

import asyncio
import hashlib
import io
import itertools
from collections.abc import AsyncGenerator, Callable, Coroutine
from dataclasses import dataclass, field
from functools import cache

from PIL import Image, ImageDraw, UnidentifiedImageError

from core.conversation.action import (
    Action,
    Cancel,
    Choose,
    Delete,
    EditText,
    FeedPreview,
    Generate,
    GetFile,
    Info,
    OpenDetails,
    OtherSize,
    Pin,
    Reroll,
    Run,
)
from core.conversation.event import CommandSent, Event, Photo, PhotoRefused, PhotosSent, Pressed, Started, TextSent
from core.conversation.view import (
    Button,
    FieldKind,
    FileView,
    FormView,
    GalleryView,
    NoticeView,
    Option,
    Picture,
    ProgressView,
    Row,
    Style,
    TextView,
    Tone,
    View,
)
from core.domain.record import Json
from core.services.desk import (
    Asset,
    AssetGone,
    Courier,
    Delivery,
    Download,
    Envelope,
    Line,
    NotYours,
    Unavailable,
)
from core.services.example import EXAMPLE, example

LIMIT_BYTES = 20_000_000
VIBES = ("bold", "clean", "cinematic", "documentary")
Artist = Callable[[str, int], bytes]


def row(*buttons: Button) -> Row:
    return Row(buttons)


NEW_HEADLINE = FormView(
    draft="d1",
    question="headline",
    kind=FieldKind.TEXT,
    text="What should it say now?",
    hint="Two to six words work best",
    rows=(row(Button("Cancel", Cancel("d1").pack())),),
)


class MemoryTranscript:
    def __init__(self) -> None:
        self.lines: dict[str, dict[str, Line]] = {}
        self._revisions = itertools.count(1)
        self.is_down = False

    async def write(self, place: str, key: str, record: Json, *, by_person: bool) -> int:
        if self.is_down:
            raise Unavailable
        lines = self.lines.setdefault(place, {})
        seq = lines[key].seq if key in lines else len(lines) + 1
        lines[key] = Line(seq=seq, key=key, by_person=by_person, record=record, revision=next(self._revisions))
        return seq

    async def read(self, place: str, after: int = 0, limit: int = 200) -> tuple[Line, ...]:
        if self.is_down:
            raise Unavailable
        changed = [line for line in self.lines.get(place, {}).values() if line.revision > after]
        return tuple(sorted(changed, key=lambda line: line.revision)[:limit])


class MemoryIdentities:
    def __init__(self) -> None:
        self._browsers: dict[str, str] = {}
        self._codes: dict[str, str] = {}
        self._numbers = itertools.count(1)

    async def find(self, token_hash: str) -> str | None:
        return self._browsers.get(token_hash)

    async def create(self, token_hash: str, recovery_hash: str) -> str:
        if token_hash not in self._browsers:
            self._browsers[token_hash] = self._codes[recovery_hash] = f"person-{next(self._numbers)}"
        return self._browsers[token_hash]

    async def recover(self, recovery_hash: str, token_hash: str, next_recovery_hash: str) -> str | None:
        person = self._codes.pop(recovery_hash, None)
        if person is not None:
            self._browsers = {token: other for token, other in self._browsers.items() if other != person}
            self._browsers[token_hash] = person
            self._codes[next_recovery_hash] = person
        return person


@cache
def plain_artist(headline: str, number: int) -> bytes:
    picture = Image.new("RGB", (1280, 720), ("#c2410c", "#1d4ed8", "#15803d", "#6d28d9")[number % 4])
    draw = ImageDraw.Draw(picture)
    draw.rectangle((60, 60, 1220, 660), outline="white", width=12)
    draw.text((120, 280), headline or "…", fill="white", font_size=110)
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=85)
    return file.getvalue()


@dataclass
class Chat:
    headline: str = ""
    photos: int = 0
    waits_for: str = ""
    vibe: str = "bold"
    slots: dict[str, dict[str, Json]] = field(default_factory=dict)


class ScriptedDesk:
    """`core.services.desk.Desk`: upload, preview, set of four, edit text, file. `step_seconds` paces the set."""

    def __init__(self, courier: Courier, artist: Artist = plain_artist, step_seconds: float = 0.05) -> None:
        self._courier = courier
        self._artist = artist
        self._step_seconds = step_seconds
        self._assets: dict[str, tuple[str, Asset]] = {}
        self._chats: dict[str, Chat] = {}
        self._numbers = itertools.count(1)
        self._tasks: set[asyncio.Task[None]] = set()
        self.taken: dict[str, Event] = {}
        self.is_down = False

    async def accept(self, envelope: Envelope, data: bytes) -> Photo | PhotoRefused:
        if len(data) > LIMIT_BYTES:
            return PhotoRefused(reason="too_large")
        try:
            with Image.open(io.BytesIO(data)) as picture:
                kind, size = str(picture.format), picture.size
        except UnidentifiedImageError:
            return PhotoRefused(reason="not_a_picture")
        return Photo(asset=self.keep(envelope.person, data, f"image/{kind.lower()}", size))

    async def asset(self, asset_id: str, person: Envelope | None = None) -> Asset:
        if asset_id == EXAMPLE:
            return example()
        if asset_id not in self._assets:
            raise AssetGone
        owner, asset = self._assets[asset_id]
        if person is not None and person.person != owner:
            raise NotYours
        return asset

    async def download(self, asset_id: str, person: Envelope | None = None) -> Download:
        asset = await self.asset(asset_id, person)

        async def pieces() -> AsyncGenerator[bytes]:
            yield asset.data

        return Download(id=asset.id, media_type=asset.media_type, byte_count=len(asset.data), pieces=pieces)

    async def handle(self, envelope: Envelope, event: Event) -> NoticeView | None:
        if self.is_down:
            raise Unavailable
        if envelope.id in self.taken:
            return None
        self.taken[envelope.id] = event
        chat = self._chats.setdefault(envelope.place, Chat())
        match event:
            case PhotosSent(photos=photos, caption=caption):
                chat.photos += len(photos)
                chat.headline = caption or chat.headline
                self._spawn(self._brief(envelope.place, chat))
            case PhotoRefused(reason=reason):
                text = {
                    "too_large": "That picture is larger than 20 MB. Send a smaller one, your headline is kept.",
                    "not_a_picture": "That file is not a picture I can read. JPEG, PNG, WebP, HEIC and AVIF work.",
                }[reason]
                await self._show(envelope.place, NoticeView(text=text, tone=Tone.ERROR))
            case TextSent(text=text):
                await self._text(envelope.place, chat, text)
            case CommandSent() | Started():
                await self._show(envelope.place, TextView(title="What I can do", text="Send a selfie and a headline."))
            case Pressed(action=action):
                return await self._press(envelope.place, chat, action)
            case _:
                raise AssertionError(event)
        return None

    def keep(self, person: str, data: bytes, media_type: str, size: tuple[int, int]) -> str:
        asset_id = f"a{next(self._numbers)}"
        digest = hashlib.sha256(data).hexdigest()
        asset = Asset(id=asset_id, data=data, media_type=media_type, sha256=digest, width=size[0], height=size[1])
        self._assets[asset_id] = (person, asset)
        return asset_id

    def assets_of(self, person: str) -> list[str]:
        return [asset_id for asset_id, (owner, _) in self._assets.items() if owner == person]

    async def settled(self) -> None:
        while self._tasks:
            await asyncio.gather(*self._tasks)

    async def _text(self, place: str, chat: Chat, text: str) -> None:
        if chat.waits_for.startswith("v"):
            variant, chat.waits_for = chat.waits_for, ""
            await self._show(place, self._gallery(place, text, (variant,), f"{variant}, with the new headline"))
            return
        chat.headline = text
        if chat.photos:
            self._spawn(self._brief(place, chat))
        else:
            await self._show(place, TextView(text=f"“{text}” it is. Now a selfie, please."))

    async def _press(self, place: str, chat: Chat, action: Action) -> NoticeView | None:
        _, verb, subject, *rest = action.pack().split(":")
        match verb:
            case Generate.verb:
                self._spawn(self._set(place, chat))
            case OpenDetails.verb:
                await self._show(place, self._vibes(chat))
            case Choose.verb:
                chat.vibe = rest[-1]
                await self._show(place, self._vibes(chat))
            case EditText.verb:
                chat.waits_for = subject
                await self._show(place, NEW_HEADLINE)
            case GetFile.verb:
                await self._show(place, self._file(place, chat, subject))
            case Pin.verb:
                return NoticeView(text="Pinned: it stays.", toast=True)
            case Run.verb:
                await self._show(place, TextView(title=subject.capitalize(), text="Nothing here yet."))
            case Cancel.verb:
                chat.waits_for = ""
                return NoticeView(text="Cancelled.", toast=True)
            case _:
                return NoticeView(text="That button has expired.", tone=Tone.WARNING, toast=True)
        return None

    def _file(self, place: str, chat: Chat, variant: str) -> FileView:
        data = self._artist(chat.headline, 0)
        return FileView(
            asset=self.keep(place, data, "image/jpeg", (1280, 720)),
            name=f"thumbnail-{variant}.jpg",
            media_type="image/jpeg",
            text=f"1280×720, {len(data) // 1000} kB, ready for YouTube.",
        )

    async def _brief(self, place: str, chat: Chat) -> None:
        if not chat.headline:
            form = FormView(
                draft="d1",
                question="headline",
                kind=FieldKind.TEXT,
                text="What should the headline say?",
                hint="Two to six words work best",
                slot="brief",
            )
            await self._show(place, form)
            return
        await self._show(place, ProgressView(text="Cutting you out and setting the type", done=0, total=0, slot="eye"))
        await asyncio.sleep(self._step_seconds)
        await self._show(
            place,
            GalleryView(
                pictures=(self._picture(place, chat.headline, 0, ""),),
                title="Your free preview",
                text=f"“{chat.headline}” for YouTube, 16:9, {chat.vibe}. Free, drawn by the local studio.",
                rows=(
                    row(Button("Generate 4 · free", Generate("d1", "4.standard.0").pack(), Style.PRIMARY)),
                    row(
                        Button("2 drafts · free", Generate("d1", "2.draft.0").pack()),
                        Button("Change details", OpenDetails("d1").pack()),
                        Button("Cancel", Cancel("d1").pack(), Style.DANGER),
                    ),
                ),
                slot="eye",
            ),
        )

    async def _set(self, place: str, chat: Chat) -> None:
        cancel = (row(Button("Cancel", Cancel("d1").pack(), Style.DANGER)),)
        chat.slots.pop("status", None)
        for done in range(4):
            await self._show(
                place, ProgressView(text="Drawing your set", done=done, total=4, rows=cancel, slot="status")
            )
            await asyncio.sleep(self._step_seconds)
        codes = tuple(f"v{number}" for number in range(1, 5))
        await self._show(place, self._gallery(place, chat.headline, codes, "Four proposals", "status"))

    def _gallery(self, place: str, headline: str, codes: tuple[str, ...], title: str, slot: str = "") -> GalleryView:
        pictures = tuple(self._picture(place, headline, int(code[1:]), code) for code in codes)
        rows = (row(Button("Download all", Run("export").pack()), Button("New brief", Run("new").pack())),)
        return GalleryView(pictures=pictures, title=title, text="Each one can still be changed.", rows=rows, slot=slot)

    def _picture(self, place: str, headline: str, number: int, variant: str) -> Picture:
        data = self._artist(headline, number)
        asset = self.keep(place, data, "image/jpeg", (1280, 720))
        return Picture(
            asset=asset,
            alt=f"Thumbnail that says “{headline}”",
            caption=f"Variant {number}" if variant else "",
            variant=variant,
            name=f"variant {number}" if variant else "",
            width=1280,
            height=720,
            rows=_tools(variant) if variant else (),
        )

    def _vibes(self, chat: Chat) -> FormView:
        options = tuple(
            Option(vibe.capitalize(), vibe, Choose("d1", vibe).pack(), chosen=vibe == chat.vibe) for vibe in VIBES
        )
        return FormView(
            draft="d1",
            question="vibe",
            kind=FieldKind.CHOICE,
            text="Which vibe?",
            hint="It sets type, colour, light.",
            options=options,
            rows=(row(Button("Back", Cancel("d1").pack())),),
            slot="details",
        )

    async def _show(self, place: str, view: View) -> None:
        chat = self._chats.setdefault(place, Chat())
        number = next(self._numbers)
        delivery = Delivery(
            id=number,
            key=f"d{number}",
            place=place,
            view=view,
            language="en",
            replaces=chat.slots.get(view.slot, {}) if view.slot else {},
        )
        receipt = await self._courier.deliver(delivery)
        if view.slot:
            chat.slots[view.slot] = receipt

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _tools(variant: str) -> tuple[Row, ...]:
    return (
        row(Button("Edit text · free", EditText(variant).pack()), Button("File", GetFile(variant, "jpg").pack())),
        row(Button("Re-roll · free", Reroll(variant).pack()), Button("Other sizes", OtherSize(variant).pack())),
        row(Button("Feed preview", FeedPreview(variant).pack()), Button("Info", Info(variant).pack())),
        row(Button("Pin", Pin(variant).pack()), Button("Delete", Delete(variant).pack(), Style.DANGER)),
    )
