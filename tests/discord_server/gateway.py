"""The gateway: shards identify, beat, and are told what happens to their servers."""

import asyncio
import itertools
import json
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from .world import APPLICATION_ID, World

HEARTBEAT_MS = 41_250
SENDS, SENDS_SECONDS = 120, 60.0
PAYLOAD_BYTES = 4096
GUILD_MESSAGES, DIRECT_MESSAGES = 1 << 9, 1 << 12
DISPATCH, HEARTBEAT, IDENTIFY, RESUME, RECONNECT, INVALID, HELLO, ACK = 0, 1, 2, 6, 7, 9, 10, 11


@dataclass
class Shard:
    """One live connection."""

    socket: web.WebSocketResponse
    session: str
    number: int
    count: int
    intents: int
    sequence: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    async def tell(self, event: str, data: Any) -> None:
        await self.socket.send_str(json.dumps({"op": DISPATCH, "t": event, "s": next(self.sequence), "d": data}))


class Gateway:
    """Who is connected; `tell` finds the shard of a server."""

    def __init__(self, world: World, token: str, url: Callable[[], str], blame: Callable[[str], None]) -> None:
        self.shards: list[Shard] = []
        self.identified = 0
        self._world, self._token, self._url, self._blame = world, token, url, blame
        self._stir = asyncio.Event()
        self._sessions = itertools.count(1)

    async def connected(self, count: int = 1, timeout: float = 10.0) -> None:  # noqa: ASYNC109
        """Wait until so many shards are there."""
        async with asyncio.timeout(timeout):
            while len(self.shards) < count:
                self._stir.clear()
                await self._stir.wait()

    async def tell(self, event: str, data: Any, guild_id: int | None) -> None:
        """To the shard whose the server is, if it asked for such events; shard 0 has all that happens in no server."""
        asked = 0 if event != "MESSAGE_CREATE" else GUILD_MESSAGES if guild_id else DIRECT_MESSAGES
        for shard in self.shards:
            if ((guild_id or 0) >> 22) % shard.count == shard.number and shard.intents & asked == asked:
                await shard.tell(event, data)

    async def drop(self) -> None:
        """Ask every shard to connect anew."""
        for shard in list(self.shards):
            await shard.socket.send_str(json.dumps({"op": RECONNECT, "d": None}))

    async def close(self) -> None:
        for shard in list(self.shards):
            await shard.socket.close()

    async def serve(self, http: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(http)
        await socket.send_str(json.dumps({"op": HELLO, "d": {"heartbeat_interval": HEARTBEAT_MS}}))
        sent: deque[float] = deque(maxlen=SENDS)
        shard: Shard | None = None
        try:
            async for frame in socket:
                if frame.type is not WSMsgType.TEXT:
                    continue
                self._inspect(frame.data, sent)
                said = json.loads(frame.data)
                if said["op"] == HEARTBEAT:
                    await socket.send_str(json.dumps({"op": ACK, "d": None}))
                elif said["op"] in {IDENTIFY, RESUME}:
                    shard = await self._greeted(socket, said)
        finally:
            if shard in self.shards:
                self.shards.remove(shard)
        return socket

    def _inspect(self, text: str, sent: deque[float]) -> None:
        now = self._world.now()
        if len(sent) == SENDS and now - sent[0] < SENDS_SECONDS:
            self._blame(f"gateway: over {SENDS} sends in {SENDS_SECONDS:g} s")
        sent.append(now)
        if len(text.encode()) > PAYLOAD_BYTES:
            self._blame("gateway: a payload over 4096 bytes")

    async def _greeted(self, socket: web.WebSocketResponse, said: dict[str, Any]) -> Shard | None:
        data = said["d"]
        if data["token"] != self._token:
            await socket.close(code=4004)
            return None
        number, count = data.get("shard") or (0, 1)
        shard = Shard(socket, f"session-{next(self._sessions)}", number, count, data.get("intents", 0))
        self.shards.append(shard)
        if said["op"] == RESUME:
            await shard.tell("RESUMED", {})
        else:
            self.identified += 1
            ready = {
                "v": 10,
                "user": self._world.bot.payload(),
                "guilds": [],
                "session_id": shard.session,
                "resume_gateway_url": self._url(),
                "shard": [number, count],
                "application": {"id": str(APPLICATION_ID), "flags": 0},
            }
            await shard.tell("READY", ready)
        self._stir.set()
        return shard
