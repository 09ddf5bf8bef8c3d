"""Interactions by signed calls: two replicas behind one address, and what comes twice."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

import pytest_asyncio

from bots.discord.bot import DiscordBot
from bots.discord.command import Commands
from core.conversation.event import CommandSent, FormSent
from core.conversation.view import FieldKind, FormView
from core.domain.model import Catalogue
from core.providers.catalogue import STUDIO
from core.supervisor import Supervisor
from tests.bots.scripted import ScriptedDesk, eventually
from tests.discord_server.person import Person
from tests.discord_server.server import DiscordServer
from tests.discord_server.world import Interaction
from webhooks.discord import PATH, routes
from webhooks.server import WebhookServer

from .scripted import MemoryDiscussions, MemoryReplies, Room
from .test_gateway import Closed, Heard, nothing

RESPOND = "POST /interactions/{interaction_id}/{interaction_token}/callback"


async def _nothing_missing() -> tuple[str, ...]:
    return ()


@dataclass
class Endpoint:
    """Two replicas; whatever comes is brought to both, as Discord does with an answer it did not get."""

    server: DiscordServer
    addresses: list[str] = field(default_factory=list)
    bots: list[DiscordBot] = field(default_factory=list)
    records: list[dict[str, Any]] = field(default_factory=list)

    def deliver(self, _: Interaction, record: dict[str, Any]) -> None:
        self.records.append(record)
        self.server.tell(self._to_both(record))

    async def _to_both(self, record: dict[str, Any]) -> None:
        for address in self.addresses:
            await self.post(address, record)

    async def post(self, address: str, record: dict[str, Any], **more: Any) -> int:
        self.server.endpoint = address
        return (await self.server.post_signed(record, **more))[0]


@pytest_asyncio.fixture
async def endpoint(discord_server: DiscordServer, desk: ScriptedDesk) -> AsyncIterator[Endpoint]:
    opened = Endpoint(discord_server)
    async with AsyncExitStack() as stack:
        for _ in range(2):
            bot = DiscordBot(
                discord_server.token,
                desk=desk,
                replies=MemoryReplies(discord_server.world.now),
                discussions=MemoryDiscussions(),
                commands=Commands(lambda: Catalogue((STUDIO,)), nothing),
                supervisor=Supervisor(),
                till=Closed(),
                entitling=Closed(),
                recording=Heard(),
                gateway=False,
                api_url=discord_server.api_url,
                cdn=("127.0.0.1",),
            )
            here = routes(bot.take, bot.told, discord_server.public_key)
            server = WebhookServer(here, ready=_nothing_missing, host="127.0.0.1", port=0)
            await bot.start()
            stack.push_async_callback(bot.stop)
            await server.start()
            stack.push_async_callback(server.stop)
            opened.addresses.append(f"http://127.0.0.1:{server.port}{PATH}")
            opened.bots.append(bot)
        discord_server.deliver = opened.deliver  # type: ignore[method-assign]
        yield opened


async def test_what_is_brought_to_two_replicas_is_answered_by_one(
    endpoint: Endpoint, desk: ScriptedDesk, member: Person
) -> None:
    asked = await member.wait_for_answer(member.run("jobs"))
    responses = lambda: endpoint.server.called(RESPOND)  # noqa: E731
    await eventually(lambda: len(responses()) == 2)
    await desk.until(1)
    assert sorted(call.status for call in responses()) == [204, 400]
    assert (desk.offers, desk.events, asked.answered_as) == (1, [CommandSent(name="jobs")], 5)


async def test_a_call_that_is_replayed_changes_nothing(endpoint: Endpoint, desk: ScriptedDesk, member: Person) -> None:
    await member.wait_for_answer(member.run("jobs"))
    await desk.until(1)
    (record,), (first, _) = endpoint.records, endpoint.addresses
    assert await endpoint.post(first, record) == 202
    await eventually(lambda: len(endpoint.server.called(RESPOND)) == 3)
    hour_ago = int(endpoint.server.world.now()) - 3600
    assert await endpoint.post(first, record, at=hour_ago) == 401
    assert await endpoint.post(first, {**record, "token": "mine"}, signature="00" * 64) == 401
    assert desk.offers == 1


async def test_a_form_opened_by_one_replica_is_sent_to_the_other(
    endpoint: Endpoint, desk: ScriptedDesk, member: Person, room: Room
) -> None:
    await room.asked()
    endpoint.records.clear()
    await room.show(FormView(draft="d", question="title", kind=FieldKind.TEXT, text="What is it about?"))
    endpoint.addresses, (first, other) = endpoint.addresses[:1], endpoint.addresses
    opened = await member.wait_for_answer(member.press("Answer"))
    await endpoint.bots[0].stop()
    endpoint.addresses = [other]
    member.submit(opened, {"Your answer": "How I left"})
    await eventually(lambda: FormSent(draft="d", question="title", values=("How I left",)) in desk.events)
    assert first != other


async def test_by_calls_there_is_no_gateway(endpoint: Endpoint) -> None:
    assert all(bot.ready for bot in endpoint.bots)
    assert endpoint.server.gateway.identified == 0
