"""The handler: acknowledges a person at once, then brings what they did to the desk, in order per place."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

import structlog
from discord import HTTPException

from bots.discord.api import Api
from bots.discord.fetching import Fetching
from bots.discord.form import Form
from bots.discord.incoming import REPLY_S, Called, File, Handed, Received, Typing, read
from bots.discord.payload import EPHEMERAL, body
from bots.discord.place import Place
from bots.discord.post import Post
from bots.discord.render import render
from bots.discord.written import Written, heard
from core.conversation import texts
from core.conversation.action import parse
from core.conversation.event import Event, Photo, PhotoRefused, PhotosSent, Pressed
from core.conversation.view import NoticeView
from core.failpoint import reach
from core.lane import Lanes
from core.services.desk import Desk, Envelope, Replies, Reply, Unavailable

log = structlog.get_logger(__name__)
T = TypeVar("T")

ANSWER, DEFER, DEFER_UPDATE, COMPLETIONS, MODAL = 4, 5, 6, 8, 9
COMPLETED = 25
_DOWNLOADS = 6
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.2, 5.0

Call = Callable[[Called, Envelope], Event | Handed | Form | NoticeView]
"""What a command comes to. Pure and quick: a form must be the first response, and a notice is."""
Complete = Callable[[Typing, Envelope], Awaitable[Sequence[tuple[str, str]]]]
"""Label and value of what an option may be completed to."""


class Handler:
    """One for both ways in: `take` gets the JSON of an interaction, from the gateway or from the endpoint."""

    def __init__(
        self, api: Api, desk: Desk, post: Post, replies: Replies, fetching: Fetching, *, call: Call, complete: Complete
    ) -> None:
        self._api = api
        self._desk = desk
        self._post = post
        self._replies = replies
        self._fetching = fetching
        self._call = call
        self._complete = complete
        self._lanes = Lanes()
        # Bounds memory: an upload has up to 20 MB.
        self._downloads = asyncio.Semaphore(_DOWNLOADS)

    async def take(self, record: Mapping[str, Any]) -> None:
        """Take one interaction. Never raises: Discord offers nothing a second time."""
        with structlog.contextvars.bound_contextvars(interaction=record.get("id")):
            try:
                received = read(record)
                if received is not None:
                    await self._answered(received)
            except Exception:
                log.exception("interaction.failed")

    async def hear(self, record: Mapping[str, Any]) -> None:
        """Take one message that was written. Never raises, like `take`."""
        with structlog.contextvars.bound_contextvars(message=record.get("id")):
            try:
                written = heard(record)
                if written is not None:
                    await self._bring(written)
            except Exception:
                log.exception("message.failed")

    async def _answered(self, received: Received) -> None:
        said = self._call(received.said, received.envelope) if isinstance(received.said, Called) else received.said
        match said:
            case Form():
                await self._opened(received, said)
            case Typing():
                found = await self._complete(said, received.envelope)
                choices = [{"name": label, "value": value} for label, value in found[:COMPLETED]]
                await self._first(received, COMPLETIONS, {"choices": choices})
            case NoticeView():
                await self._told(received, said)
            case _:
                if await self._acknowledged(received):
                    await self._bring(Written(envelope=received.envelope, said=said), received.reply)

    async def _opened(self, received: Received, form: Form) -> None:
        """Nobody fills in what the server will not have: what was typed would be lost."""
        closed = await self._desk.closed(received.envelope, Pressed(action=parse(form.token)))
        if closed is None:
            await self._first(received, MODAL, form.payload())
        else:
            await self._told(received, closed)

    async def _told(self, received: Received, notice: NoticeView) -> None:
        message, *_ = render(notice, texts.speaker(received.envelope.language))
        await self._first(received, ANSWER, body(message, {}, EPHEMERAL))

    async def _acknowledged(self, received: Received) -> bool:
        if received.reply.original is not None:
            return await self._first(received, DEFER_UPDATE)
        return await self._first(received, DEFER, {"flags": EPHEMERAL} if received.place.private else None)

    async def _first(self, received: Received, kind: int, data: Any = None) -> bool:
        """Whether the first response was ours: too late the person is told so by Discord and tries again, and an
        interaction that was answered already is another replica's."""
        try:
            await self._api.respond(received.reply.id, received.reply.token, kind, data)
        except HTTPException as error:
            log.warning("interaction.not_answered", code=error.code, reason=error.text)
            return False
        return True

    async def _bring(self, written: Written, reply: Reply | None = None) -> None:
        envelope, said = written.envelope, written.said
        fetching = asyncio.create_task(self._fetched(envelope, said)) if isinstance(said, Handed) else None
        try:
            # Before anything can answer: what answers looks for the way to.
            if reply is not None:
                await _patiently(lambda: self._replies.keep(envelope.place, reply, REPLY_S))
            async with self._lanes.turn(envelope.place):
                for one, event in await fetching if fetching else ((envelope, said),):
                    assert not isinstance(event, Handed)
                    reach("discord.before_handle")
                    await self._handled(one, event, reply)
        finally:
            if fetching:
                fetching.cancel()

    async def _handled(self, envelope: Envelope, event: Event, reply: Reply | None) -> None:
        notice = await _patiently(lambda: self._desk.handle(envelope, event))
        reach("discord.after_handle")
        if notice is not None and reply is not None:
            try:
                await self._post.whisper(Place.parse(envelope.place), reply.id, notice, envelope.language)
            except HTTPException as error:
                log.info("toast.not_shown", reason=error.text)

    async def _fetched(self, envelope: Envelope, handed: Handed) -> tuple[tuple[Envelope, Event], ...]:
        """What was handed in, as events; what of it could not be taken is said first, once."""
        taken = await asyncio.gather(*(self._accepted(envelope, file) for file in handed.files))
        photos = tuple(one for one in taken if isinstance(one, Photo))
        refused = next((one for one in taken if isinstance(one, PhotoRefused)), None)
        if refused is not None and not photos and not handed.answers:
            return ((envelope, replace(refused, caption=handed.caption)),)
        sent = PhotosSent(
            photos=photos,
            caption=handed.caption,
            answers=handed.answers,
            anew=handed.anew,
            recall=handed.recall,
            command=handed.command,
        )
        if refused is None:
            return ((envelope, sent),)
        return ((replace(envelope, id=f"{envelope.id}:refused"), refused), (envelope, sent))

    async def _accepted(self, envelope: Envelope, file: File) -> Photo | PhotoRefused:
        async with self._downloads:
            data = await self._fetching.fetch(file)
            if isinstance(data, PhotoRefused):
                return data
            return await _patiently(lambda: self._desk.accept(envelope, data))


async def _patiently(call: Callable[[], Awaitable[T]]) -> T:
    """Call again while the database is away, for as long as an answer could still be given."""
    give_up = asyncio.get_running_loop().time() + REPLY_S
    attempt = 0
    while True:
        try:
            return await call()
        except Unavailable:
            pause = min(_FIRST_PAUSE_S * 2.0 ** min(attempt, 10), _LONGEST_PAUSE_S)
            if asyncio.get_running_loop().time() + pause > give_up:
                raise
            await asyncio.sleep(pause)
            attempt += 1
