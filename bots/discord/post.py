"""The post: messages said by the way that is open just now, and changed by whichever still reaches them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from typing import Any

import structlog
from discord import Forbidden, HTTPException, NotFound

from bots.discord.api import ORIGINAL, Api
from bots.discord.message import Message
from bots.discord.packing import FILE_BYTES, Packed, Packing
from bots.discord.payload import EPHEMERAL
from bots.discord.place import Place, Standing, Stored
from bots.discord.render import render
from core.conversation import texts
from core.conversation.texts import Speaker
from core.conversation.view import NoticeView, Tone
from core.services.desk import Desk, PlaceGone, Replies, Reply, Way

log = structlog.get_logger(__name__)

PLATFORM = "discord"
UNKNOWN_CHANNEL, UNKNOWN_MESSAGE, UNKNOWN_WEBHOOK, UNKNOWN_INTERACTION = 10003, 10008, 10015, 10062
NO_MORE_FOLLOW_UPS, CANNOT_WRITE_TO_PERSON, INVALID_TOKEN, ARCHIVED = 40094, 50007, 50027, 50083
_OVER = frozenset({UNKNOWN_MESSAGE, UNKNOWN_WEBHOOK, UNKNOWN_INTERACTION, NO_MORE_FOLLOW_UPS, INVALID_TOKEN})
"""What a reply says that is good for nothing more."""

Send = Callable[[Packed], Awaitable[Any]]


class Post:
    """Says and changes. Raises the library's own errors, AssetGone, PlaceGone, Unavailable."""

    def __init__(self, api: Api, desk: Desk, replies: Replies) -> None:
        self._api = api
        self._replies = replies
        self._packing = Packing(desk)

    async def say(self, place: Place, key: str, message: Message, voice: Speaker) -> Standing:
        """A new message, by the first way that is open: a reply (the one that `key` answers first), the channel where
        others may see it, the person's own channel. `key` names what is said, the same on every attempt. What was to be
        shared is not handed to the person instead, who has it: they are told that it could not be."""
        tried: set[str] = set()
        if (standing := await self._replied(place, key, message, voice, tried)) is not None:
            return standing
        if not place.private and (standing := await self._posted(place.channel, message, voice)) is not None:
            return standing
        if place.person is None:
            raise PlaceGone("closed")
        if place.shared:
            notice = NoticeView(text=voice.say("server.no_posting"), tone=Tone.WARNING)
            message, *_ = render(notice, voice)
        try:
            return await self._by_door(place.person, message, voice)
        except PlaceGone:
            # Whoever came back in the meantime has lent another way.
            if (standing := await self._replied(place, key, message, voice, tried)) is None:
                raise
            return standing

    async def post(self, channel: int, message: Message, voice: Speaker) -> Standing:
        """A new message of the bot's own, there and nowhere else."""
        packed = await self._packing.pack(message, voice, FILE_BYTES, {})
        return _stands(await self._api.post(channel, packed.body, packed.uploads), packed)

    async def change(self, old: Standing, place: Place, message: Message, voice: Speaker) -> Standing | None:
        """Whether, and how, it stands changed now; None where it cannot be reached or is gone."""
        for limit, send in self._reaching(old, await self._replies.live(str(place)), edit=True):
            packed = await self._packing.pack(message, voice, limit, old.files)
            try:
                record = await send(packed)
            except HTTPException as error:
                if not _is_closed(error):
                    raise
                continue
            return _stands(record, packed, old.reply, private=old.private)
        return None

    async def remove(self, old: Standing, place: Place) -> None:
        """Take a message away that was replaced; one that nothing reaches any more stays."""
        for _, send in self._reaching(old, await self._replies.live(str(place)), edit=False):
            try:
                await send(Packed({}, (), {}))
            except HTTPException as error:
                log.info("message.kept", channel=old.channel, message=old.id, reason=error.text)
                continue
            return

    async def whisper(self, place: Place, reply_id: str, notice: NoticeView, language: str) -> None:
        """Answer a press or a command for the eyes of whoever did it alone, if its reply is still good."""
        voice = texts.speaker(language)
        message, *_ = render(notice, voice)
        for reply in await self._replies.live(str(place)):
            if reply.id == reply_id:
                await self._with_reply(reply, place, f"{event_id(reply_id)}:toast", message, voice, EPHEMERAL)

    async def confide(self, place: Place, key: str, message: Message, voice: Speaker) -> None:
        """Beside what answers a press or a command, for the eyes of whoever did it alone, while its reply lives."""
        for reply in await self._replies.live(str(place)):
            if key.startswith(f"{event_id(reply.id)}:"):
                await self._with_reply(reply, place, f"{key}:told", message, voice, EPHEMERAL)

    async def link(self, standing: Standing) -> str:
        """Leads to a message in a server; where that is not ours to know, to its channel."""
        try:
            guild = (await self._api.channel(standing.channel)).get("guild_id")
        except (Forbidden, NotFound):
            guild = None
        if guild is None:
            return f"<#{standing.channel}>"
        return f"https://discord.com/channels/{guild}/{standing.channel}/{standing.id}"

    async def _replied(
        self, place: Place, key: str, message: Message, voice: Speaker, tried: set[str]
    ) -> Standing | None:
        """With the first live reply that takes it, `tried` ones left out; they are noted there."""
        for reply in _nearest(await self._replies.live(str(place)), key):
            if reply.id not in tried:
                tried.add(reply.id)
                standing = await self._with_reply(reply, place, key, message, voice)
                if standing is not None:
                    return standing
        return None

    async def _with_reply(
        self, reply: Reply, place: Place, key: str, message: Message, voice: Speaker, flags: int = 0
    ) -> Standing | None:
        way = await self._replies.take(reply.id, key)
        if way is None:
            return None
        try:
            if way is Way.ORIGINAL:
                packed = await self._packing.pack(message, voice, reply.attachment_bytes, {})
                record = await self._api.edit_said(reply, ORIGINAL, packed.body, packed.uploads)
                await self._replies.stands(reply.id, str(record["id"]))
            else:
                flags |= EPHEMERAL if place.private else 0
                packed = await self._packing.pack(message, voice, reply.attachment_bytes, {}, flags)
                record = await self._api.follow_up(reply, packed.body, packed.uploads)
        except HTTPException as error:
            if error.code not in _OVER:
                raise
            log.info("reply.over", reply=reply.id, code=error.code)
            return None
        return _stands(record, packed, reply.id, private=bool(int(record.get("flags", 0)) & EPHEMERAL))

    async def _posted(self, channel: int, message: Message, voice: Speaker) -> Standing | None:
        """In a channel for everybody there; of a thread that stays closed, in the channel it began in."""
        try:
            return await self.post(channel, message, voice)
        except HTTPException as error:
            if error.code == ARCHIVED and (parent := (await self._api.channel(channel)).get("parent_id")):
                return await self._posted(int(parent), message, voice)
            if not _is_closed(error):
                raise
            log.info("channel.closed", channel=channel, code=error.code)
            return None

    async def _by_door(self, person: int, message: Message, voice: Speaker) -> Standing:
        packed = await self._packing.pack(message, voice, FILE_BYTES, {})
        try:
            record = await self._api.post(await self._api.door(person), packed.body, packed.uploads)
        except (Forbidden, NotFound) as error:
            # Kept for /jobs and /gallery: nothing of the work is lost with the message.
            raise PlaceGone(error.text) from error
        return _stands(record, packed)

    def _reaching(self, old: Standing, replies: Sequence[Reply], *, edit: bool) -> Iterator[tuple[int, Send]]:
        """Every way to a message that stands, with the largest file it takes."""
        for reply in replies:
            name = ORIGINAL if reply.original == str(old.id) else str(old.id)
            if name == ORIGINAL or reply.id == old.reply:
                yield reply.attachment_bytes, _said_with(self._api, reply, name, edit=edit)
        if not old.private:
            yield FILE_BYTES, self._own(old, edit=edit)

    def _own(self, old: Standing, *, edit: bool) -> Send:
        async def send(packed: Packed) -> Any:
            if not edit:
                return await self._api.delete(old.channel, old.id)
            try:
                return await self._api.edit(old.channel, old.id, packed.body, packed.uploads)
            except HTTPException as error:
                if error.code != ARCHIVED:
                    raise
                await self._api.reopen(old.channel)
                return await self._api.edit(old.channel, old.id, packed.body, packed.uploads)

        return send


def _said_with(api: Api, reply: Reply, name: str, *, edit: bool) -> Send:
    async def send(packed: Packed) -> Any:
        if edit:
            return await api.edit_said(reply, name, packed.body, packed.uploads)
        return await api.delete_said(reply, name)

    return send


def _nearest(replies: Sequence[Reply], key: str) -> list[Reply]:
    """The one that is being answered first, then the newest."""
    return sorted(replies, key=lambda one: not key.startswith(f"{event_id(one.id)}:"))


def event_id(interaction: str) -> str:
    """The happening's id, which is where the keys of what answers it begin."""
    return f"dc:{interaction}"


def _is_closed(error: HTTPException) -> bool:
    """Whether a way is shut: another one may not be."""
    return isinstance(error, Forbidden | NotFound) or error.code in {*_OVER, ARCHIVED} or error.status == 401


def _stands(record: Mapping[str, Any], packed: Packed, reply: str = "", *, private: bool = False) -> Standing:
    known = {str(one["filename"]): str(one["id"]) for one in record["attachments"]}
    files = {asset: Stored(known[name], name) for asset, name in packed.names.items() if name in known}
    return Standing(int(record["channel_id"]), int(record["id"]), reply, private, files)
