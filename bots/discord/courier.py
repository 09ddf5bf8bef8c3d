"""The courier: views of the outbox into Discord's channels, changed in place for as long as Discord lets us."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from functools import partial
from itertools import takewhile

import structlog
from discord import Forbidden, HTTPException, RateLimited

from bots.discord.discussing import Discussing, Said, Say
from bots.discord.message import File, Message, Text
from bots.discord.place import Place, Receipt, Standing
from bots.discord.post import PLATFORM, UNKNOWN_CHANNEL, Post
from bots.discord.render import BRAND, render
from bots.discord.sharing import offered
from core.conversation import texts
from core.conversation.texts import Speaker
from core.conversation.view import GalleryView, NoticeView, TextView, View
from core.domain.pack import Pack
from core.domain.pack import offered as packs_for
from core.domain.plan import Sku
from core.domain.record import Json
from core.failpoint import reach
from core.services.desk import AssetGone, Delivery, PlaceGone, Refused, TryLater

log = structlog.get_logger(__name__)

_UNFINISHED = 256
_UNTOLD_PAUSE_S = 5.0
"""After a 429 that names no time."""


class DiscordCourier:
    """Delivers to Discord; one instance may deliver to any number of channels at once."""

    platform = PLATFORM

    def __init__(
        self, post: Post, discussing: Discussing, packs: Sequence[Pack] = (), plans: Sequence[Sku] = ()
    ) -> None:
        """What Discord sells for us: `packs` of credits, offered where some are missing, and `plans`."""
        self._post = post
        self._discussing = discussing
        self._packs = packs
        self._plans = plans
        # Delivery key -> its messages that went out before one of them failed: the next attempt goes on there.
        self._begun: OrderedDict[str, list[Standing]] = OrderedDict()

    async def deliver(self, delivery: Delivery) -> dict[str, Json]:
        """Raises TryLater, PlaceGone, Refused; Discord's passing faults as they are."""
        place, old = Place.parse(delivery.place), Receipt.read(delivery.replaces)
        try:
            receipt = await self._show(delivery, place, old)
        except RateLimited as limited:
            raise TryLater(limited.retry_after) from limited
        except HTTPException as error:
            raise _judged(error) from error
        except AssetGone as error:
            raise Refused("a file of the view is gone") from error
        reach("discord.after_send")
        return receipt.record()

    async def _show(self, delivery: Delivery, place: Place, old: Receipt | None) -> Receipt:
        voice = texts.speaker(delivery.language)
        view = delivery.view if delivery.retiring else offered(delivery.view, place, voice)
        by = place.person if place.shared else None
        messages = render(view, voice, retired=delivery.retiring, sold=self._sold(view, place), by=by)
        # A file was sent to be kept: what takes its slot comes below it.
        if old and (delivery.retiring or not old.kept) and len(old.messages) == len(messages):
            changed = await self._changed(old, place, messages, voice)
            if changed is not None:
                await self._told(delivery, place, changed.messages[0], voice, again=True)
                return changed
        if old and delivery.retiring:
            # Only a reply reaches what one person sees, and they end: buttons left there are answered as stale ones.
            log.info("message.kept", place=delivery.place)
            return old
        said = await self._shown(delivery, place, messages, voice)
        await self._told(delivery, place, said[0], voice)
        if old and not old.kept:
            for one in old.messages:
                await self._post.remove(one, place)
        return Receipt(said, _keeps(messages))

    def _sold(self, view: View, place: Place) -> tuple[str, ...]:
        """What this view is to sell, by Discord's names. Plans are not offered where others read along."""
        if isinstance(view, TextView | NoticeView) and view.lacking > 0:
            return tuple(one.item for one in packs_for(self._packs, view.lacking))
        if isinstance(view, TextView) and view.shelf and not place.shared:
            return tuple(one.item for one in self._plans if one.plan in view.shelf.offered)
        return ()

    async def _shown(self, delivery: Delivery, place: Place, messages: Sequence[Message], voice: Speaker) -> Said:
        view, key = delivery.view, delivery.key

        async def say(number: int, message: Message) -> Standing:
            return await self._post.say(place, f"{key}/{number}" if number else key, message, voice)

        said = partial(self._said, key, messages)
        if isinstance(view, GalleryView) and view.topic is not None and place.shared:
            return await self._discussing.show(place, view.topic, voice, said, say)
        return await said(say)

    async def _told(
        self, delivery: Delivery, place: Place, first: Standing, voice: Speaker, *, again: bool = False
    ) -> None:
        """Whoever shared something is told where it stands. It stands there even if that cannot be said."""
        view = delivery.view
        if not place.shared or delivery.retiring or not isinstance(view, GalleryView):
            return
        try:
            where = await self._post.link(first)
            text = voice.say("form.shared_already" if again else "form.shared", link=where)
            if not again and view.topic and view.topic.closed and first.channel == place.channel:
                text = f"{text} {voice.say('form.no_thread')}"
            await self._post.confide(place, delivery.key, Message((Text(text),), BRAND), voice)
        except HTTPException as error:
            log.info("share.not_confirmed", reason=error.text)

    async def _changed(
        self, old: Receipt, place: Place, messages: Sequence[Message], voice: Speaker
    ) -> Receipt | None:  # fmt: skip
        stand = []
        for one, message in zip(old.messages, messages, strict=True):
            changed = await self._post.change(one, place, message, voice)
            if changed is None:
                return None
            stand.append(changed)
        return Receipt(tuple(stand), _keeps(messages))

    async def _said(self, key: str, messages: Sequence[Message], say: Say, gone: int | None = None) -> Said:
        """See `Saying`: by whichever way, whatever went out by another one is not said again."""
        done = list(takewhile(lambda one: one.channel != gone, self._begun.pop(key, [])))
        try:
            for number, message in enumerate(messages):
                if number >= len(done):
                    done.append(await say(number, message))
        except BaseException:
            if done:
                self._begun[key] = done
                while len(self._begun) > _UNFINISHED:
                    self._begun.popitem(last=False)
            raise
        return tuple(done)


def _keeps(messages: Sequence[Message]) -> bool:
    return any(isinstance(part, File) for message in messages for part in message.parts)


def _judged(error: HTTPException) -> Exception:
    """What an answer means for the message: later, nowhere, never; a passing fault stays what it is."""
    if error.status == 429:
        told = error.response.headers.get("Retry-After")
        everywhere = bool(error.response.headers.get("X-RateLimit-Global"))
        return TryLater(float(told) if told else _UNTOLD_PAUSE_S, everywhere=everywhere)
    if error.status >= 500:
        return error
    if isinstance(error, Forbidden) or error.code == UNKNOWN_CHANNEL:
        return PlaceGone(error.text)
    return Refused(error.text)
