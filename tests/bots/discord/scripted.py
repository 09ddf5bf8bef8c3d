"""What the bot's collaborators are in a test: ways to answer in memory, and a person's place with a courier to it."""

import itertools
from dataclasses import dataclass, field, replace
from typing import Any

from bots.discord.api import Api
from bots.discord.courier import DiscordCourier
from bots.discord.discussing import Discussing
from bots.discord.place import Place
from bots.discord.post import Post, event_id
from core.conversation.view import GalleryView, Picture, Row, View, ended
from core.services.desk import Delivery, Reply, Way
from tests.bots.scripted import ScriptedDesk
from tests.discord_server.person import Person
from tests.discord_server.world import APPLICATION_ID, DIRECT, Interaction, Message

DEFER, DEFER_UPDATE = 5, 6
EPHEMERAL = {"flags": 64}
LIVES_S = 870.0


@dataclass
class MemoryReplies:
    """As the store keeps them (tests/store/test_reply.py); `clock` is the server's."""

    clock: Any
    kept: dict[str, tuple[str, Reply, float]] = field(default_factory=dict)
    filled: dict[str, str] = field(default_factory=dict)

    async def keep(self, place: str, reply: Reply, seconds: float) -> None:
        self.kept.setdefault(reply.id, (place, reply, self.clock() + seconds))

    async def live(self, place: str) -> tuple[Reply, ...]:
        now = self.clock()
        return tuple(one for where, one, until in reversed(self.kept.values()) if where == place and now < until)

    async def take(self, reply_id: str, key: str) -> Way | None:
        place, reply, until = self.kept[reply_id]
        if self.clock() >= until:
            return None
        if self.filled.get(reply_id) == key or (reply_id not in self.filled and reply.original is None):
            self.filled[reply_id] = key
            return Way.ORIGINAL
        if reply.follow_ups == 0:
            return None
        left = None if reply.follow_ups is None else reply.follow_ups - 1
        self.kept[reply_id] = place, replace(reply, follow_ups=left), until
        return Way.FOLLOW_UP

    async def stands(self, reply_id: str, original: str) -> None:
        place, reply, until = self.kept[reply_id]
        self.kept[reply_id] = place, replace(reply, original=original), until


@dataclass
class MemoryDiscussions:
    """As the store keeps them (tests/store/test_contract.py)."""

    kept: dict[tuple[str, str], str] = field(default_factory=dict)

    async def find(self, place: str, job: str) -> str | None:
        return self.kept.get((place, job))

    async def keep(self, place: str, job: str, thread: str) -> None:
        self.kept[place, job] = thread


@dataclass
class Room:
    """One person's place, and a courier to it."""

    person: Person
    api: Api
    desk: ScriptedDesk
    replies: MemoryReplies
    shared: bool = False
    discussions: MemoryDiscussions = field(default_factory=MemoryDiscussions)
    numbers: Any = field(default_factory=lambda: itertools.count(1))

    def __post_init__(self) -> None:
        self.post = Post(self.api, self.desk, self.replies)
        self.courier = DiscordCourier(self.post, Discussing(self.api, self.post, self.discussions))
        self.server, self.world = self.person.server, self.person.world

    @property
    def place(self) -> Place:
        alone = self.person.channel.kind == DIRECT
        return Place(self.person.channel.id, None if alone else self.person.user.id, self.shared)

    @property
    def messages(self) -> list[Message]:
        return self.person.from_bot

    async def asked(self, interaction: Interaction | None = None, **more: Any) -> Interaction:
        """A command or a press that was acknowledged, with its way to answer kept."""
        made = interaction or self.person.run("jobs")
        pressed = made.message
        data = EPHEMERAL if self.place.private and not pressed else None
        await self.api.respond(str(made.id), made.token, DEFER_UPDATE if pressed else DEFER, data)
        plain = Reply(
            id=str(made.id),
            token=made.token,
            application=str(APPLICATION_ID),
            original=str(pressed.id) if pressed else None,
            attachment_bytes=self.server.attachment_limit,
        )
        await self.replies.keep(str(self.place), replace(plain, **more), LIVES_S)
        return made

    async def show(self, view: View, over: dict[str, Any] | None = None, key: str = "") -> dict[str, Any]:
        number = next(self.numbers)
        return await self.courier.deliver(self.delivery(view, over, key or f"view-{number}"))

    def delivery(self, view: View, over: dict[str, Any] | None, key: str, *, retiring: bool = False) -> Delivery:
        where = str(self.place)
        return Delivery(
            id=1, key=key, place=where, view=view, language="en", replaces=over or {}, retiring=retiring
        )  # fmt: skip

    async def retire(self, view: View, over: dict[str, Any]) -> dict[str, Any]:
        return await self.courier.deliver(self.delivery(ended(view), over, "end", retiring=True))

    def gallery(self, *colours: str, text: str = "", rows: tuple[Row, ...] = ()) -> GalleryView:
        pictures = tuple(Picture(asset=self.desk.picture(colour), alt=colour) for colour in colours)
        return GalleryView(pictures=pictures, text=text, rows=rows)


def answering(interaction: Interaction, number: int = 0) -> str:
    """Key of a view that answers an interaction."""
    return f"{event_id(str(interaction.id))}:{number}"
