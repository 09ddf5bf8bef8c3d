"""Packing: the files a message needs, light enough for the way it takes, under names that are kept."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from bots.discord.api import Upload
from bots.discord.markdown import paragraphs
from bots.discord.message import File, Message, Part, Text
from bots.discord.payload import body, file_name
from bots.discord.place import Stored
from bots.discord.render import TEXT_UNITS
from bots.discord.shrink import shrink
from core.conversation.texts import Speaker
from core.conversation.view import Link
from core.domain.record import Json
from core.services.desk import Asset, Desk

FILE_BYTES = 10 * 1024 * 1024
"""What Discord takes from anybody; a reply may say more."""
REQUEST_BYTES = 25 * 1024 * 1024 - 256 * 1024
"""All files of a message together, with room for its words."""
_JPEG = "image/jpeg"
_LINK_UNITS = 512


@dataclass(frozen=True, slots=True)
class Packed:
    """A message ready to be sent: what is new of its files, and under which name each asset is known in it."""

    body: dict[str, Json]
    uploads: tuple[Upload, ...]
    names: Mapping[str, str]


class Packing:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def pack(
        self, message: Message, voice: Speaker, limit: int, stand: Mapping[str, Stored], flags: int = 0
    ) -> Packed:
        """`stand`: files the message has already, which are not read again; `limit` in bytes a file. A file to keep
        that is too large gives way to a link, a picture to look at is made lighter. Raises AssetGone."""
        kept = {
            asset: one for asset, one in stand.items() if asset in message.assets and _as_wanted(message, asset, one)
        }
        room = min(limit, REQUEST_BYTES // max(1, len(message.assets)))
        message = replace(message, parts=await self._carried(message, voice, room, kept))
        names = {asset: one.name for asset, one in kept.items()}
        uploads = []
        for asset in message.assets:
            if asset not in kept:
                upload = await self._upload(message, asset, room, set(names.values()))
                names[asset] = upload.name
                uploads.append(upload)
        attachments: list[Json] = [{"id": kept[asset].attachment} for asset in message.assets if asset in kept]
        attachments += [{"id": str(number), "filename": one.name} for number, one in enumerate(uploads)]
        return Packed({**body(message, names, flags), "attachments": attachments}, tuple(uploads), names)

    async def _carried(
        self, message: Message, voice: Speaker, room: int, kept: Mapping[str, Stored]
    ) -> tuple[Part, ...]:
        parts: list[Part] = []
        for part in message.parts:
            if isinstance(part, File) and part.asset not in kept:
                octets = (await self._desk.download(part.asset)).byte_count
                parts += await self._linked(part, octets, voice) if octets > room else (part,)
            else:
                parts.append(part)
        return tuple(parts)

    async def _linked(self, file: File, octets: int, voice: Speaker) -> tuple[Part, ...]:
        link, megabytes = await self._desk.link(file.asset, file.name), f"{octets / 1_000_000:.0f}"
        if link is None or len(link) > _LINK_UNITS:
            return _said(voice.say("form.too_large", megabytes=megabytes))
        said = voice.say("form.too_large_link", megabytes=megabytes)
        return (*_said(said), Link(voice.say("form.download"), link))

    async def _upload(self, message: Message, asset_id: str, room: int, taken: set[str]) -> Upload:
        asset = await self._desk.asset(asset_id)
        if len(asset.data) > room:
            light = await asyncio.to_thread(shrink, asset.data, room)
            asset = replace(asset, data=light, media_type=_JPEG)
        return Upload(_free(_wanted(message, asset), taken), asset.data, asset.media_type)


def _said(text: str) -> tuple[Text, ...]:
    return tuple(Text(piece) for piece in paragraphs(text, limit=TEXT_UNITS))


def _file(message: Message, asset: str) -> File | None:
    return next((one for one in message.parts if isinstance(one, File) and one.asset == asset), None)


def _as_wanted(message: Message, asset: str, stands: Stored) -> bool:
    """Whether a file that stands can stay: one to keep has its own name and every byte, others need neither."""
    file = _file(message, asset)
    return file is None or file_name(file.name) == stands.name


def _wanted(message: Message, asset: Asset) -> str:
    if file := _file(message, asset.id):
        return file_name(file.name)
    return f"thumbnail-{asset.sha256[:8]}.{asset.media_type.rpartition('/')[2].replace('jpeg', 'jpg')}"


def _free(name: str, taken: set[str]) -> str:
    path, number = PurePosixPath(name), 1
    while name in taken:
        number += 1
        name = f"{path.stem}-{number}{path.suffix}"
    return name
