"""What stands on Discord's servers: people, channels with their messages, interactions and their tokens."""

import asyncio
import hashlib
import itertools
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from .layout import BUTTON, SELECT, walk, words

APPLICATION_ID = 1_100_000_000_000_000_001
BOT_ID = 1_100_000_000_000_000_002
GUILD_ID = 1_200_000_000_000_000_000
EPHEMERAL, LOADING, COMPONENTS_V2 = 1 << 6, 1 << 7, 1 << 15
TEXT_CHANNEL, DIRECT, VOICE, GROUP, ANNOUNCEMENTS, THREAD = 0, 1, 2, 3, 5, 11
FIRST_RESPONSE_SECONDS = 3.0
TOKEN_SECONDS = 15 * 60
LINK_SECONDS = 24 * 3600
"""How long an address of the CDN is good; the real figure is not published."""
USER_ONLY_FOLLOW_UPS = 5
NEVER = 0
"""In place of a kind of answer, for an interaction whose silence was reported."""
MANAGE_GUILD = 1 << 5
_SPEAK, _BEGIN_THREADS = 1 << 11 | 1 << 38, 1 << 35
USUAL = 2_248_473_465_835_073
"""What a bot, or a member, has that nobody has decided anything about."""
_EPOCH_MS = 1_420_070_400_000


@dataclass(frozen=True)
class User:
    id: int
    name: str
    bot: bool = False

    def payload(self) -> dict[str, Any]:
        return {
            "id": str(self.id),
            "username": self.name,
            "discriminator": "0",
            "global_name": None if self.bot else self.name.title(),
            "avatar": None,
            "bot": self.bot,
            "public_flags": 0,
            "flags": 0,
        }


@dataclass(frozen=True)
class Attachment:
    id: int
    filename: str
    content_type: str
    data: bytes
    url: str

    def payload(self) -> dict[str, Any]:
        return {
            "id": str(self.id),
            "filename": self.filename,
            "size": len(self.data),
            "url": self.url,
            "proxy_url": self.url,
            "content_type": self.content_type,
        }


@dataclass(frozen=True)
class Button:
    label: str
    token: str
    url: str = ""


@dataclass(frozen=True)
class Message:
    """A message as it stands; `seen_by` is the only person who sees an ephemeral one."""

    id: int
    channel_id: int
    author: User
    at: float
    revision: int
    content: str = ""
    components: tuple[dict[str, Any], ...] = ()
    attachments: tuple[Attachment, ...] = ()
    flags: int = 0
    seen_by: int | None = None
    interaction: int | None = None
    """The interaction whose token made it."""
    edited: float | None = None

    @property
    def text(self) -> str:
        return self.content or words(self.components)

    @property
    def thinking(self) -> bool:
        return bool(self.flags & LOADING)

    @property
    def buttons(self) -> tuple[Button, ...]:
        found = (one for one in walk(self.components) if one.get("type") == BUTTON)
        return tuple(
            Button(str(one.get("label") or ""), str(one.get("custom_id") or ""), str(one.get("url") or ""))
            for one in found
        )

    @property
    def selects(self) -> tuple[dict[str, Any], ...]:
        return tuple(one for one in walk(self.components) if one.get("type") == SELECT)

    @property
    def pictures(self) -> tuple[bytes, ...]:
        """Files in the order of their attachments."""
        return tuple(one.data for one in self.attachments)


@dataclass
class Channel:
    """`installed`: the app is in the channel's server and sees it; `writable`: it may post there; `threaded`: it may
    begin threads there."""

    id: int
    kind: int
    guild_id: int | None = None
    name: str = ""
    people: dict[int, User] = field(default_factory=dict)
    messages: dict[int, Message] = field(default_factory=dict)
    installed: bool = True
    writable: bool = True
    threaded: bool = True
    blocked: bool = False
    """The person takes no messages from the bot (direct channels)."""
    parent_id: int | None = None
    archived: bool = False
    locked: bool = False
    _watchers: set[asyncio.Event] = field(default_factory=set)

    def payload(self) -> dict[str, Any]:
        body: dict[str, Any] = {"id": str(self.id), "type": self.kind, "flags": 0}
        if self.guild_id is not None:
            body |= {"guild_id": str(self.guild_id), "name": self.name or "general", "position": 0}
        if self.kind == DIRECT:
            body["recipients"] = [one.payload() for one in self.people.values()]
        if self.kind == THREAD:
            body |= {
                "parent_id": str(self.parent_id),
                "thread_metadata": {"archived": self.archived, "locked": self.locked, "auto_archive_duration": 1440},
            }
        return body

    @property
    def permissions(self) -> int:
        """The app's, as they are stated with an interaction."""
        denied = (0 if self.writable else _SPEAK) | (0 if self.threaded else _BEGIN_THREADS)
        return USUAL & ~denied if self.installed else 0

    def put(self, message: Message) -> Message:
        self.messages[message.id] = message
        self.stir()
        return message

    def take(self, message_id: int) -> None:
        del self.messages[message_id]
        self.stir()

    def stir(self) -> None:
        for watcher in self._watchers:
            watcher.set()

    async def change(self, watcher: asyncio.Event) -> None:
        """Wait until the channel changes after the watcher was last cleared."""
        self._watchers.add(watcher)
        try:
            await watcher.wait()
        finally:
            self._watchers.discard(watcher)


@dataclass
class Interaction:
    """Something a person did, and how it was answered. `kind`: 2 command, 3 component, 4 typing, 5 form."""

    id: int
    token: str
    kind: int
    user: User
    channel: Channel
    at: float
    message: Message | None = None
    """The message that was pressed on."""
    user_only: bool = False
    answered_as: int | None = None
    answered_at: float = 0.0
    original: int | None = None
    follow_ups: int = 0
    modal: dict[str, Any] | None = None
    choices: list[dict[str, Any]] | None = None
    expired: bool = False


@dataclass
class Entitlement:
    """Something a person has bought; `kind` 1 is a purchase, 4 one of test mode, 8 a subscription's, which has a start
    unless it is a test's."""

    id: int
    sku_id: str
    user_id: int
    kind: int = 1
    guild_id: int | None = None
    ends_at: str | None = None
    consumed: bool = False
    deleted: bool = False
    starts_at: str | None = None

    def payload(self) -> dict[str, Any]:
        body = {
            "id": str(self.id),
            "sku_id": self.sku_id,
            "application_id": str(APPLICATION_ID),
            "user_id": str(self.user_id),
            "type": self.kind,
            "deleted": self.deleted,
            "consumed": self.consumed,
            "gift_code_flags": 0,
            "promotion_id": None,
            "starts_at": self.starts_at,
            "ends_at": self.ends_at,
        }
        return body if self.guild_id is None else body | {"guild_id": str(self.guild_id)}


@dataclass
class Subscription:
    """What somebody pays month by month; `status` 0 goes on, 1 does not, 2 ends with its period."""

    id: int
    user_id: int
    sku_ids: list[str]
    starts: float
    ends: float
    entitlement_ids: list[int] = field(default_factory=list)
    renewal_sku_ids: list[str] | None = None
    status: int = 1
    canceled_at: float | None = None

    def payload(self) -> dict[str, Any]:
        return {
            "id": str(self.id),
            "user_id": str(self.user_id),
            "sku_ids": list(self.sku_ids),
            "entitlement_ids": [str(one) for one in self.entitlement_ids],
            "renewal_sku_ids": None if self.renewal_sku_ids is None else list(self.renewal_sku_ids),
            "current_period_start": moment(self.starts),
            "current_period_end": moment(self.ends),
            "status": self.status,
            "canceled_at": None if self.canceled_at is None else moment(self.canceled_at),
        }


def moment(seconds: float) -> str:
    """As Discord writes one."""
    return datetime.fromtimestamp(seconds, UTC).isoformat()


class World:
    """All of it, with the server's clock (`advance` moves it) and its counters."""

    def __init__(self, base: str = "") -> None:
        self.bot = User(BOT_ID, "thumbnail-factory", bot=True)
        self.base = base
        """Where the CDN answers."""
        self.channels: dict[int, Channel] = {}
        self.interactions: dict[int, Interaction] = {}
        self.files: dict[int, Attachment] = {}
        self.commands: list[dict[str, Any]] = []
        self.entitlements: dict[int, Entitlement] = {}
        self.subscriptions: dict[int, Subscription] = {}
        self.consumed: list[int] = []
        """Entitlements that were used up, in that order."""
        self.revision = 0
        self._numbers = itertools.count(1)
        self._offset = 0.0

    def now(self) -> float:
        """Seconds since 1970 on the server's clock."""
        return time.time() + self._offset

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self._offset += seconds

    def snowflake(self) -> int:
        """A new id: ever greater, telling its time."""
        return ((int(self.now() * 1000) - _EPOCH_MS) << 22) + next(self._numbers)

    def next_revision(self) -> int:
        self.revision += 1
        return self.revision

    def channel(self, kind: int = TEXT_CHANNEL, **more: Any) -> Channel:
        guild = None if kind in {DIRECT, GROUP} else more.pop("guild_id", GUILD_ID)
        made = Channel(more.pop("number", 0) or self.snowflake(), kind, guild_id=guild, **more)
        self.channels[made.id] = made
        return made

    def direct(self, user: User) -> Channel:
        """The person's channel with the bot."""
        known = (one for one in self.channels.values() if one.kind == DIRECT and user.id in one.people)
        return next(known, None) or self.channel(DIRECT, people={user.id: user})

    def attach(self, filename: str, content_type: str, data: bytes) -> Attachment:
        number = self.snowflake()
        expires = int(self.now() + LINK_SECONDS)
        sign = hashlib.sha256(f"{number}:{expires}".encode()).hexdigest()[:16]
        url = f"{self.base}/attachments/{number}/{filename}?ex={expires:x}&hm={sign}"
        self.files[number] = Attachment(number, filename, content_type, data, url)
        return self.files[number]

    def fetch(self, number: int, expires: str, sign: str) -> Attachment | None:
        """The file of an address that is still good."""
        try:
            until = int(expires, 16)
        except ValueError:
            return None
        right = hashlib.sha256(f"{number}:{until}".encode()).hexdigest()[:16] == sign
        return self.files.get(number) if right and self.now() < until else None

    def message(self, channel: Channel, author: User, **content: Any) -> Message:
        made = Message(self.snowflake(), channel.id, author, self.now(), self.next_revision(), **content)
        return channel.put(made)

    def change(self, message: Message, **content: Any) -> Message:
        changed = replace(message, revision=self.next_revision(), edited=self.now(), **content)
        return self.channels[message.channel_id].put(changed)

    def interaction(self, kind: int, user: User, channel: Channel, **more: Any) -> Interaction:
        number = self.snowflake()
        token = hashlib.sha256(str(number).encode()).hexdigest() * 3  # as long as Discord's
        made = Interaction(number, f"aW{token}", kind, user, channel, self.now(), **more)
        self.interactions[number] = made
        return made

    def entitlement(self, sku_id: str, user: User, **more: Any) -> Entitlement:
        made = Entitlement(self.snowflake(), sku_id, user.id, **more)
        self.entitlements[made.id] = made
        return made

    def subscription(self, sku_id: str, user: User, seconds: float) -> Subscription:
        made = Subscription(self.snowflake(), user.id, [sku_id], self.now(), self.now() + seconds)
        self.subscriptions[made.id] = made
        return made

    def by_token(self, token: str) -> Interaction | None:
        return next((one for one in self.interactions.values() if one.token == token), None)

    def unanswered(self) -> Iterator[Interaction]:
        return (one for one in self.interactions.values() if one.answered_as is None)

    def payload(self, message: Message) -> dict[str, Any]:
        """The message as the API writes it."""
        return {
            "id": str(message.id),
            "channel_id": str(message.channel_id),
            "type": 0,
            "author": message.author.payload(),
            "content": message.content,
            "timestamp": _iso(message.at),
            "edited_timestamp": _iso(message.edited) if message.edited else None,
            "tts": False,
            "mention_everyone": False,
            "mentions": [],
            "mention_roles": [],
            "attachments": [one.payload() for one in message.attachments],
            "embeds": [],
            "pinned": False,
            "flags": message.flags,
            "components": _resolved(message),
        }


def _iso(at: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S.000000+00:00", time.gmtime(at))


def _resolved(message: Message) -> list[Any]:
    """Components as they come back: what named an upload has its address, everything has an id."""
    urls = {f"attachment://{one.filename}": one for one in message.attachments}
    numbers = itertools.count(1)

    def one(value: Any) -> Any:
        if isinstance(value, list):
            return [one(item) for item in value]
        if not isinstance(value, dict):
            return value
        if value.get("url") in urls and set(value) == {"url"}:
            file = urls[value["url"]]
            return {"url": file.url, "proxy_url": file.url, "attachment_id": str(file.id)}
        numbered = {"id": next(numbers)} if "type" in value else {}
        return numbered | {name: one(item) for name, item in value.items()}

    return [one(component) for component in message.components]
