"""Discord's calls at our door: nothing gets in that Discord has not signed just now."""

import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from core.domain.record import Json
from core.services.desk import Unavailable
from webhooks.discord import EVENTS_PATH, FRESH_S, PATH, SIGNATURE_HEADER, TIMESTAMP_HEADER, routes
from webhooks.server import WebhookServer

PRESS = {"id": "1", "token": "t", "type": 3}
BOUGHT = {"type": "ENTITLEMENT_CREATE", "timestamp": "2026-11-21T00:00:00", "data": {"id": "900"}}
NOW = time.time()


@dataclass
class Door:
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    taken: list[Json] = field(default_factory=list)
    told: list[Json] = field(default_factory=list)
    away: bool = False
    origin: str = ""

    @property
    def public_key(self) -> str:
        return self.key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()

    async def take(self, record: Json) -> None:
        if self.away:
            raise Unavailable
        if not isinstance(record, dict) or "id" not in record:
            raise ValueError("not an interaction")
        self.taken.append(record)

    async def tell(self, record: Json) -> None:
        if self.away:
            raise Unavailable
        self.told.append(record)

    async def post(self, record: Any, path: str = PATH, at: float = NOW, **headers: str) -> tuple[int, bytes]:
        raw = record if isinstance(record, bytes) else json.dumps(record).encode()
        stamp = str(int(at))
        given = {SIGNATURE_HEADER: self.key.sign(stamp.encode() + raw).hex(), TIMESTAMP_HEADER: stamp, **headers}
        kept = {name: value for name, value in given.items() if value}
        async with aiohttp.ClientSession() as session, session.post(self.origin + path, data=raw, headers=kept) as seen:
            return seen.status, await seen.read()


async def _nothing_missing() -> tuple[str, ...]:
    return ()


@pytest_asyncio.fixture
async def door() -> AsyncIterator[Door]:
    opened = Door()
    here = routes(opened.take, opened.tell, opened.public_key, now=lambda: NOW)
    server = WebhookServer(here, ready=_nothing_missing, host="127.0.0.1", port=0)
    await server.start()
    opened.origin = f"http://127.0.0.1:{server.port}"
    yield opened
    await server.stop()


async def test_a_ping_is_answered_and_taken_by_nobody(door: Door) -> None:
    status, body = await door.post({"type": 1, "id": "1"})
    assert (status, json.loads(body), door.taken) == (200, {"type": 1}, [])


async def test_an_interaction_is_accepted_with_nothing_said_in_the_response(door: Door) -> None:
    assert await door.post(PRESS) == (202, b"")
    assert door.taken == [PRESS]


@pytest.mark.parametrize(
    "headers",
    [
        {SIGNATURE_HEADER: "00" * 64},
        {SIGNATURE_HEADER: "no hex"},
        {SIGNATURE_HEADER: ""},
        {TIMESTAMP_HEADER: ""},
        {TIMESTAMP_HEADER: "1"},
        {TIMESTAMP_HEADER: "yesterday"},
    ],
)
@pytest.mark.parametrize("path", [PATH, EVENTS_PATH])
async def test_what_discord_has_not_signed_is_refused(door: Door, path: str, headers: dict[str, str]) -> None:
    status, _ = await door.post(PRESS, path, **headers)
    assert (status, door.taken, door.told) == (401, [], [])


async def test_a_body_changed_on_its_way_is_refused(door: Door) -> None:
    stamp = str(int(NOW))
    signature = door.key.sign(stamp.encode() + json.dumps(PRESS).encode()).hex()
    status, _ = await door.post({**PRESS, "token": "mine"}, **{SIGNATURE_HEADER: signature})
    assert (status, door.taken) == (401, [])


@pytest.mark.parametrize("away_s", [-FRESH_S - 2, FRESH_S + 2])
async def test_a_call_of_another_time_is_refused_though_it_is_signed(door: Door, away_s: float) -> None:
    status, _ = await door.post(PRESS, at=NOW + away_s)
    assert (status, door.taken) == (401, [])


@pytest.mark.parametrize("nonsense", [b"", b"[1]", b"{", b'{"type": 3}'])
async def test_what_is_no_interaction_is_a_bad_request(door: Door, nonsense: bytes) -> None:
    assert (await door.post(nonsense))[0] == 400


async def test_an_event_is_told_and_answered_without_a_body(door: Door) -> None:
    assert await door.post({"version": 1, "type": 0}, EVENTS_PATH) == (204, b"")
    assert await door.post({"version": 1, "type": 1, "event": BOUGHT}, EVENTS_PATH) == (204, b"")
    assert door.told == [BOUGHT]


async def test_while_the_database_is_away_discord_is_asked_to_come_again(door: Door) -> None:
    door.away = True
    assert (await door.post(PRESS))[0] == 503
    assert (await door.post({"type": 1, "event": BOUGHT}, EVENTS_PATH))[0] == 503


async def test_without_a_key_there_is_no_door(door: Door) -> None:
    assert routes(door.take, door.tell, "") == ()
