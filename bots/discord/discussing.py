"""Discussing: what is shared of one job goes to one thread of its channel."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol

import structlog
from discord import HTTPException, RateLimited

from bots.discord.api import Api
from bots.discord.message import Message
from bots.discord.place import Place, Standing
from bots.discord.post import UNKNOWN_CHANNEL, Post
from core.conversation.prose import ELLIPSIS, clip, line
from core.conversation.texts import Speaker
from core.conversation.view import Topic
from core.services.desk import Discussions

log = structlog.get_logger(__name__)

HAS_THREAD = 160_004
_NAME_UNITS = 100

Said = tuple[Standing, ...]
Say = Callable[[int, Message], Awaitable[Standing]]
"""One message of several, with its number."""


class Saying(Protocol):
    """Says all messages of a delivery one by one, those left out that an earlier attempt has said; what it said in a
    channel that is `gone` went with it."""

    def __call__(self, say: Say, gone: int | None = None) -> Awaitable[Said]: ...


class Discussing:
    def __init__(self, api: Api, post: Post, discussions: Discussions) -> None:
        self._api = api
        self._post = post
        self._discussions = discussions

    async def show(self, place: Place, topic: Topic, voice: Speaker, said: Saying, openly: Say) -> Said:
        """In the topic's thread; without one, by `openly`, in the channel, where that begins it.

        A thread that was put away comes back with the message. Where one was locked, or is not ours to write in, those
        who did that want no other: the channel it is. One that was deleted is begun anew. Raises what `Post` does.
        """
        found = await self._discussions.find(str(place.channel), topic.job)
        thread = int(found) if found else None
        if thread is not None:
            try:
                return await said(lambda _, message: self._post.post(thread, message, voice))
            except HTTPException as error:
                if error.status == 429 or error.status >= 500:
                    raise
                log.info("thread.closed", thread=thread, code=error.code, reason=error.text)
                if error.code != UNKNOWN_CHANNEL:
                    return await said(openly)
        shown = await said(openly, gone=thread)
        await self._begin(place, topic, shown[0])
        return shown

    async def _begin(self, place: Place, topic: Topic, first: Standing) -> None:
        """On the message that was shown, if it stands in the channel. It stands there all the same where no thread can
        be, and is not said twice for want of one: the next of the topic tries again."""
        if topic.closed or first.private or first.channel != place.channel:
            return
        name = clip(line(topic.name), _NAME_UNITS) or ELLIPSIS
        try:
            thread = await self._api.begin_thread(first.channel, first.id, name)
        except (HTTPException, RateLimited) as error:
            if not isinstance(error, HTTPException) or error.code != HAS_THREAD:
                log.info("thread.not_begun", channel=first.channel, reason=str(error))
                return
            thread = first.id
        await self._discussions.keep(str(place.channel), topic.job, str(thread))
