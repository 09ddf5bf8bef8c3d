"""Updates on their way to the bot: long polling with confirmation by offset, or a webhook with redelivery."""

import asyncio
import itertools
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from .refusal import Refusal

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
_FIRST_ID = 850_000_001
# Telegram leaves these out unless they are asked for by name.
_UNASKED = frozenset({"chat_member", "message_reaction", "message_reaction_count"})


@dataclass(frozen=True)
class Letter:
    """One update. `lane` is the chat within which order is kept; an `insistent` one is delivered once more, although
    it was confirmed."""

    update_id: int
    kind: str
    body: dict[str, Any]
    lane: int
    insistent: bool = False

    def payload(self) -> dict[str, Any]:
        """The Update as the Bot API writes it."""
        return {"update_id": self.update_id, self.kind: self.body}


@dataclass(frozen=True)
class Hook:
    """A webhook as the bot set it."""

    url: str
    secret: str | None
    connections: int


@dataclass(frozen=True)
class Visit:
    """One attempt to deliver to a webhook; status None means that nobody answered."""

    update_id: int
    url: str
    status: int | None


class Mailbox:
    """Keeps each update until the bot has confirmed it.

    `duplicating` delivers every update twice. `origins`, when set, stand behind the webhook's address like replicas
    behind a balancer, visited in turn ("http://127.0.0.1:8001"). `retry_seconds` is the pause before a failed visit is
    repeated (Telegram's own is longer).
    """

    def __init__(self, inspect: Callable[[dict[str, Any]], None], blame: Callable[[str], None]) -> None:
        self.history: list[Letter] = []
        self.visits: list[Visit] = []
        self.hook: Hook | None = None
        self.duplicating = False
        self.origins: Sequence[str] = ()
        self.retry_seconds = 0.05
        self.last_error: str | None = None
        self._open = False
        self._inspect, self._blame = inspect, blame
        self._allowed: Collection[str] = ()
        self._ids = itertools.count(_FIRST_ID)
        self._turns = itertools.count()
        self._pending: list[Letter] = []
        self._held: list[tuple[str, dict[str, Any], int]] | None = None
        self._arrived = asyncio.Event()
        self._confirmed = asyncio.Event()
        self._poller: object | None = None
        self._lanes: dict[int, asyncio.Task[None]] = {}
        self._slots = asyncio.Semaphore(1)

    @property
    def pending(self) -> int:
        """How many updates await confirmation."""
        return len(self._pending)

    def push(self, kind: str, body: dict[str, Any], lane: int) -> None:
        """Send an update on its way, unless the bot does not want its kind."""
        if self._held is not None:
            self._held.append((kind, body, lane))
        elif kind in self._allowed if self._allowed else kind not in _UNASKED:
            letter = Letter(next(self._ids), kind, body, lane)
            self._inspect(letter.payload())
            self.history.append(letter)
            self._post(letter)
            if self.duplicating:
                self.redeliver(letter.update_id)

    def push_unread(self, kind: str, body: dict[str, Any], lane: int) -> None:
        """Send on its way what keeps to no contract, as a later version of the Bot API may."""
        self._post(Letter(next(self._ids), kind, body, lane))

    def redeliver(self, update_id: int) -> None:
        """Deliver an update again, confirmed or not."""
        found = next(one for one in self.history if one.update_id == update_id)
        self._post(Letter(found.update_id, found.kind, found.body, found.lane, insistent=True))

    def hold(self) -> None:
        """Keep back what is pushed from now on."""
        self._held = []

    def release(self, order: Sequence[int] | None = None) -> None:
        """Push what was held; `order` names each held update by its place, so [1, 0] swaps two."""
        held, self._held = self._held or [], None
        for place in order if order is not None else range(len(held)):
            self.push(*held[place])

    async def drained(self, timeout_seconds: float = 10.0) -> None:
        """Wait until the bot has confirmed every update; TimeoutError if it does not."""
        async with asyncio.timeout(timeout_seconds):
            while self._pending:
                self._confirmed.clear()
                await self._confirmed.wait()

    async def poll(
        self, offset: int, limit: int, timeout_seconds: float, allowed: Collection[str] | None
    ) -> list[dict[str, Any]]:
        """getUpdates. Raises Refusal 409 when a webhook is set, or as soon as another poll begins."""
        if self.hook is not None:
            text = "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
            raise Refusal(409, f"Conflict: {text}")
        me = self._poller = object()
        self._arrived.set()
        self._allow(allowed)
        self._confirm(offset)
        deadline = asyncio.get_running_loop().time() + timeout_seconds
        while True:
            if self._poller is not me:
                text = "terminated by other getUpdates request; make sure that only one bot instance is running"
                raise Refusal(409, f"Conflict: {text}")
            remaining = deadline - asyncio.get_running_loop().time()
            if self._pending or remaining <= 0:
                return self._batch(limit)
            self._arrived.clear()
            try:
                await asyncio.wait_for(self._arrived.wait(), remaining)
            except TimeoutError:
                continue

    def set_hook(self, hook: Hook, allowed: Collection[str] | None, *, drop: bool) -> None:
        """Deliver to a webhook from now on."""
        self.remove_hook(drop=drop)
        self._allow(allowed)
        self.hook, self._slots = hook, asyncio.Semaphore(hook.connections)
        self._visit_all()

    def remove_hook(self, *, drop: bool) -> None:
        """Go back to polling."""
        self.hook = None
        self._stop_visits()
        if drop:
            self._pending.clear()
            self._confirmed.set()

    def open(self) -> None:
        """Deliver, after a pause, what a webhook has not taken yet."""
        self._open = True
        self._visit_all()

    async def close(self) -> None:
        """Pause deliveries; nothing is lost."""
        self._open = False
        await asyncio.gather(*self._stop_visits(), return_exceptions=True)

    def _visit_all(self) -> None:
        for letter in self._pending:
            self._walk(letter.lane)

    def _stop_visits(self) -> list[asyncio.Task[None]]:
        lanes = list(self._lanes.values())
        self._lanes.clear()
        for lane in lanes:
            lane.cancel()
        return lanes

    def _allow(self, kinds: Collection[str] | None) -> None:
        if kinds is not None:  # not given: the previous setting stays
            self._allowed = frozenset(kinds)

    def _confirm(self, offset: int) -> None:
        if offset < 0:
            self._pending = self._pending[offset:]
        else:
            self._pending = [one for one in self._pending if one.insistent or one.update_id >= offset]
        self._confirmed.set()

    def _batch(self, limit: int) -> list[dict[str, Any]]:
        # In order of id, because the bot confirms up to the last one it sees.
        letters = sorted(self._pending, key=lambda one: one.update_id)[:limit]
        self._pending = [one for one in self._pending if not (one.insistent and one in letters)]
        return [one.payload() for one in letters]

    def _post(self, letter: Letter) -> None:
        self._pending.append(letter)
        self._arrived.set()
        self._walk(letter.lane)

    def _walk(self, lane: int) -> None:
        if self._open and self.hook is not None and lane not in self._lanes:
            self._lanes[lane] = asyncio.create_task(self._deliver(lane))

    async def _deliver(self, lane: int) -> None:
        """Bring a chat's updates to the webhook, each until it is taken."""
        async with aiohttp.ClientSession() as session:
            while letter := next((one for one in self._pending if one.lane == lane), None):
                async with self._slots:
                    taken = await self._visit(session, letter)
                if taken:
                    self._pending.remove(letter)
                    self._confirmed.set()
                else:
                    await asyncio.sleep(self.retry_seconds)
            # Before the session closes: that waits, and an update pushed meanwhile must find the lane free.
            del self._lanes[lane]

    async def _visit(self, session: aiohttp.ClientSession, letter: Letter) -> bool:
        assert self.hook is not None
        url, headers = self._address(self.hook.url), {SECRET_HEADER: self.hook.secret} if self.hook.secret else {}
        status, answer = None, ""
        try:
            async with session.post(url, json=letter.payload(), headers=headers) as response:
                status, answer = response.status, await response.text()
        except (aiohttp.ClientError, TimeoutError, OSError) as fault:
            self.last_error = str(fault)
        self.visits.append(Visit(letter.update_id, url, status))
        if status is not None and not 200 <= status < 300:
            self.last_error = f"Wrong response from the webhook: {status}"
        if answer.startswith("{") and '"method"' in answer:
            self._blame("webhook: a method call in the answer is not carried out by this server")
        return status is not None and 200 <= status < 300

    def _address(self, url: str) -> str:
        if not self.origins:
            return url
        origin = urlsplit(self.origins[next(self._turns) % len(self.origins)])
        return urlsplit(url)._replace(scheme=origin.scheme, netloc=origin.netloc).geturl()
