"""Alarms: operators hear of trouble in their own chats, by webhook and by mail, people of a month that is nearly spent
and of a team that lost its plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256

from core.conversation import alarm, team, texts
from core.conversation.view import NoticeView, TextView
from core.domain.identity import Chat
from core.domain.record import to_record
from core.store.alarm import Alarms
from core.store.moment import moment
from core.store.outbox import Post
from core.store.team import Seats, Turned

WEBHOOK = "webhook"
"""The platform, as the outbox knows it, of an address that takes alerts."""
EMAIL = "email"
"""The same of operators' mailboxes."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """Any number may run at once: what is told is told once, by whoever comes first."""

    stored: Alarms
    seats: Seats
    admins: Sequence[str]
    """`telegram:123`: reached in the private chat they write to the bot in."""
    addresses: Sequence[str]
    """Platforms of those that are no chats: WEBHOOK, EMAIL."""

    async def tell(self) -> None:
        """Look for trouble, then tell of what is new, of what came back, and of pools that still wait for money."""
        await self.stored.watch()
        chats = await self._chats()
        # Where nobody can be reached it waits, and counts as untold, until somebody can.
        for raised in await self.stored.to_tell() if chats else ():
            # One alert is told of many times, each time by messages of their own.
            key = sha256(f"{raised.key} {raised.told_at} {raised.times}".encode()).hexdigest()[:24]
            posts = [
                _post(f"alert:{key}", chat, alarm.raised(texts.speaker(chat.language), raised.kind, raised.detail))
                for chat in chats
            ]
            await self.stored.tell(raised, posts)
        for one in await self.stored.nearly_spent():
            voice, until = texts.speaker(one.chat.language), moment(one.until)
            view = alarm.nearly_spent(voice, left=one.left, of=one.credits, until=until)
            await self.stored.tell_nearly_spent(one, [_post(f"nearly:{one.wallet_id}:{one.until}", one.chat, view)])
        for seat in await self.seats.to_tell():
            await self.seats.tell(seat, _turned(seat))

    async def summarise(self, slot: datetime) -> None:
        """The factory's figures since the summary before; a slot that runs again says nothing new."""
        figures = asdict(await self.stored.figures(slot))
        await self.stored.post(
            [
                _post(f"summary:{slot.isoformat()}", chat, alarm.summary(texts.speaker(chat.language), **figures))
                for chat in await self._chats()
            ]
        )

    async def _chats(self) -> tuple[Chat, ...]:
        addresses = (Chat(user_id="", platform=one, place="alerts", language=texts.FALLBACK) for one in self.addresses)
        return (*await self.stored.chats(self.admins), *addresses)


def _turned(seat: Turned) -> list[Post]:
    """Nobody is told who has no chat of their own here."""
    if seat.chat is None:
        return []
    view = team.turned(texts.speaker(seat.chat.language), open_=seat.open)
    return [_post(f"seat:{seat.seat}:{seat.at}", seat.chat, view)]


def _post(key: str, chat: Chat, view: TextView | NoticeView) -> Post:
    return Post(
        key=f"{key}:{chat.platform}:{chat.place}",
        view=to_record(view),
        platform=chat.platform,
        place=chat.place,
        language=chat.language,
    )
