"""The intake: what a person sends becomes events.

One message may bring many pictures, and one browser may send it twice (a double click, a lost answer): every event
carries an id made by the page, and the core takes each id once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Final

from aiohttp import BodyPartReader, web

from core.conversation.action import parse
from core.conversation.command import ON_PICTURES
from core.conversation.event import CommandSent, Event, Photo, PhotoRefused, PhotosSent, Pressed, Started, TextSent
from core.conversation.view import NoticeView
from core.domain.record import to_record
from web.chat.guard import is_same_origin
from web.chat.house import HOUSE, House, wants_json
from web.chat.page import page
from web.chat.said import Said
from web.chat.visit import Visit, hand_key

TEXT_LETTERS: Final = 4_000
FILES: Final = 24
CHUNK_BYTES: Final = 1 << 18
_ID = re.compile(r"[0-9A-Za-z-]{8,64}")
_COMMAND = re.compile(r"/(?P<name>[A-Za-z_]{1,32})(?:\s+(?P<argument>.*))?", re.DOTALL)


@dataclass(slots=True)
class Parcel:
    """A message as it arrives, file by file."""

    fields: dict[str, str] = field(default_factory=dict)
    photos: list[Photo] = field(default_factory=list)
    refusals: list[PhotoRefused] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return self.fields.get("text", "").replace("\r\n", "\n").strip()[:TEXT_LETTERS]

    @property
    def is_empty(self) -> bool:
        return not (self.text or self.photos or self.refusals)

    def events(self) -> list[Event]:
        """The caption goes with the pictures that were taken, or else with the first refusal, so it is never lost.
        Several files refused for one reason are refused in one sentence."""
        reasons = dict.fromkeys(row.reason for row in self.refusals)
        refusals: list[Event] = [
            PhotoRefused(reason=reason, caption="" if self.photos or place else self.text)
            for place, reason in enumerate(reasons)
        ]
        if self.photos:
            return [_handed(tuple(self.photos), self.text), *refusals]
        return refusals or [words(self.text, self.fields.get("variant", ""))]

    def said(self) -> Said:
        return Said(text=self.text, pictures=tuple(photo.asset for photo in self.photos), refused=tuple(self.refused))


def _handed(photos: tuple[Photo, ...], text: str) -> PhotosSent:
    """Pictures with words of their own, or with the command that says what they are for."""
    match = _COMMAND.fullmatch(text)
    if match is None or match["name"].lower() not in ON_PICTURES:
        return PhotosSent(photos=photos, caption=text)
    return PhotosSent(photos=photos, caption=(match["argument"] or "").strip(), command=match["name"].lower())


def words(text: str, variant: str = "") -> Event:
    """A typed message: `/name argument` is a command."""
    match = _COMMAND.fullmatch(text)
    if match is None:
        return TextSent(text=text, variant=variant)
    name, argument = match["name"].lower(), (match["argument"] or "").strip()
    if name == "start":
        return Started(payload=argument)
    return CommandSent(name=name, argument=argument, variants=(variant,) if variant else ())


async def press(request: web.Request) -> web.StreamResponse:
    """POST /press {csrf, id, token}: a button."""
    house = request.app[HOUSE]
    guest = await house.visit(request)
    form = {name: str(value) for name, value in (await request.post()).items()}
    _check(request, house, guest, form.get("csrf", ""))
    guest = await house.settle(guest)
    toast = await house.desk.handle(guest.envelope(_event_id(form)), Pressed(action=parse(form.get("token", ""))))
    return await _answer(request, house, guest, toast)


async def say(request: web.Request) -> web.StreamResponse:
    """POST /say (multipart: csrf, id, text, variant, then photos): a message, its pictures, or both."""
    house = request.app[HOUSE]
    guest = await house.visit(request)
    if not request.content_type.startswith("multipart/"):
        raise web.HTTPUnsupportedMediaType
    if (request.content_length or 0) > house.options.request_bytes:
        raise web.HTTPRequestEntityTooLarge(house.options.request_bytes, request.content_length or 0)
    guest, parcel = await _receive(request, house, guest)
    event_id = _event_id(parcel.fields)
    if parcel.is_empty:
        return await _answer(request, house, guest, None)
    envelope = guest.envelope(event_id)
    await house.transcript.write(envelope.place, f"said:{event_id}", to_record(parcel.said()), by_person=True)
    house.bell.ring(envelope.place)
    toast = None
    for place, event in enumerate(parcel.events()):
        toast = await house.desk.handle(guest.envelope(f"{event_id}.{place}" if place else event_id), event) or toast
    return await _answer(request, house, guest, toast)


async def _receive(request: web.Request, house: House, guest: Visit) -> tuple[Visit, Parcel]:
    """Read the parts as they come. The form's token stands before the first file, so no stranger's file is read."""
    parcel = Parcel()
    token = request.headers.get("X-Form-Token", "")
    if token:
        _check(request, house, guest, token)
        guest = await house.settle(guest)
    files = 0
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader):
            raise web.HTTPBadRequest
        if part.name != "photos":
            parcel.fields[part.name or ""] = (await _read(part, 4 * TEXT_LETTERS)).decode(errors="replace")
            if part.name == "csrf" and not token:
                token = parcel.fields["csrf"]
                _check(request, house, guest, token)
                guest = await house.settle(guest)
            continue
        if not token:
            raise web.HTTPForbidden
        # A file field without a choice arrives as a part without a name or a byte.
        if not part.filename:
            continue
        files += 1
        if files > FILES:
            raise web.HTTPRequestEntityTooLarge(FILES, files)
        await _take(part, house, guest, _event_id(parcel.fields), parcel)
    if not token:
        raise web.HTTPForbidden
    return guest, parcel


async def _take(part: BodyPartReader, house: House, guest: Visit, event_id: str, parcel: Parcel) -> None:
    taken = await house.desk.accept(guest.envelope(event_id), await _read(part, house.options.upload_bytes + 1))
    if isinstance(taken, Photo):
        parcel.photos.append(taken)
    else:
        parcel.refusals.append(taken)
        parcel.refused.append(PurePath(part.filename or "").name[:80])


async def _read(part: BodyPartReader, limit: int) -> bytes:
    """At most `limit` bytes; the rest is drained unread, so that the answer can still be heard."""
    data = bytearray()
    while chunk := await part.read_chunk(CHUNK_BYTES):
        data += chunk[: limit - len(data)]
    return bytes(data)


def _check(request: web.Request, house: House, guest: Visit, token: str) -> None:
    if not is_same_origin(request) or guest.is_new or not guest.key.permits(token):
        raise web.HTTPForbidden
    if wait := house.pace.take(guest.key.token_hash):
        raise web.HTTPTooManyRequests(headers={"Retry-After": str(int(wait) + 1)})


def _event_id(fields: dict[str, str]) -> str:
    event_id = fields.get("id", "")
    if not _ID.fullmatch(event_id):
        raise web.HTTPBadRequest
    return event_id


async def _answer(request: web.Request, house: House, guest: Visit, toast: NoticeView | None) -> web.Response:
    """The press's own answer; without script the page itself, in which a reload repeats an id already taken."""
    shown = house.renderer.toast(toast, guest.language) if toast else ""
    answer = web.json_response({"toast": shown}) if wants_json(request) else await page(house, guest, toast=shown)
    hand_key(answer, guest.key, secure=house.options.secure)
    return answer
