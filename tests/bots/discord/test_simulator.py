"""A second opinion: the same handler and courier against a Discord somebody else wrote (simcord), with its own rules.

Files that a person uploads are not part of it: we fetch them ourselves, and its CDN has no address.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import discord
import pytest
import simcord
from discord.http import Route

from bots.discord.api import Api
from bots.discord.command import Commands
from bots.discord.courier import DiscordCourier
from bots.discord.discussing import Discussing
from bots.discord.fetching import Fetching
from bots.discord.gateway import overhear
from bots.discord.handler import Handler
from bots.discord.post import Post
from bots.discord.tree import tree
from core.conversation.action import Cancel
from core.conversation.event import CommandSent, Event, PhotosSent, Pressed
from core.conversation.menu import Completion
from core.conversation.view import Button, GalleryView, NoticeView, Picture, Row, TextView, View
from core.domain.guild import Member
from core.domain.model import Catalogue
from core.domain.record import Json
from core.providers.catalogue import STUDIO
from core.services.desk import Delivery, Envelope
from tests.bots.scripted import ScriptedDesk

from .scripted import MemoryDiscussions, MemoryReplies

CANCEL = (Row((Button("Cancel", Cancel("d1").pack()),)),)


@dataclass
class AnsweringDesk(ScriptedDesk):
    """Delivers at once what an event is answered with; a press changes the message it was on."""

    courier: DiscordCourier | None = None
    stands: dict[str, Json] = field(default_factory=dict)

    async def handle(self, envelope: Envelope, event: Event) -> NoticeView | None:
        await super().handle(envelope, event)
        assert self.courier is not None
        over = self.stands if isinstance(event, Pressed) else {}
        delivery = Delivery(
            id=1, key=f"{envelope.id}:0", place=envelope.place, view=self._view(event), language="en", replaces=over
        )
        self.stands = await self.courier.deliver(delivery)
        return None

    def _view(self, event: Event) -> View:
        match event:
            case CommandSent():
                return TextView(title="Your jobs", text=f"**{event.name}**", rows=CANCEL)
            case PhotosSent():
                picture = Picture(asset=self.picture("teal"), alt=event.caption)
                return GalleryView(pictures=(picture,), text=event.caption, rows=CANCEL)
            case _:
                return TextView(text="Cancelled")


@dataclass
class Stage:
    env: Any
    guild: Any
    channel: Any
    alice: Any
    desk: AnsweringDesk


async def complete(*_: object) -> tuple[Completion, ...]:
    return (("Shock reaction", "shock"), ("Clean tutorial", "tutorial"))


@asynccontextmanager
async def simulated() -> AsyncIterator[Stage]:
    """No fixture: the simulator must be left in the context it was entered in."""
    client, desk = discord.Client(intents=discord.Intents.none(), max_messages=None), AnsweringDesk()
    async with simcord.run(client) as env:
        api, replies = Api(client.http), MemoryReplies(time.time)
        post = Post(api, desk, replies)
        desk.courier = DiscordCourier(post, Discussing(api, post, MemoryDiscussions()))
        commands = Commands(lambda: Catalogue((STUDIO,)), complete)
        handler = Handler(
            api, desk, post, replies, Fetching(unused), call=commands.call, complete=commands.complete
        )  # fmt: skip
        tasks: list[asyncio.Task[None]] = []

        def take(record: Mapping[str, Any]) -> None:
            tasks.append(asyncio.create_task(handler.take(_installed(record))))

        overhear(client, "INTERACTION_CREATE", take)
        guild = env.create_guild()
        channel = guild.create_text_channel("general")
        await client.http.request(
            Route("PUT", "/applications/{application_id}/commands", application_id=client.application_id), json=tree()
        )
        yield Stage(env, guild, channel, guild.add_member(env.create_user("alice")), desk)
        await asyncio.gather(*tasks)


def _installed(record: Mapping[str, Any]) -> Mapping[str, Any]:
    """The simulator does not say who has installed the app."""
    return {**record, "authorizing_integration_owners": {"0": record.get("guild_id", "0")}}


def unused() -> Any:
    raise AssertionError("nothing is fetched here")


async def test_a_command_is_deferred_for_ones_own_eyes_and_its_answer_takes_that_place() -> None:
    async with simulated() as stage:
        asked = await stage.alice.slash(stage.channel, "jobs")
        assert asked.acknowledged and asked.response.ephemeral
        assert "Your jobs" in str(asked.response.components)
        pressed = await stage.alice.click(asked.response, label="Cancel")
        assert pressed.acknowledged and stage.desk.events[-1] == Pressed(action=Cancel("d1"))
        assert "Cancelled" in str(asked.response.components)


async def test_the_form_opens_and_what_is_typed_arrives() -> None:
    async with simulated() as stage:
        opened = await stage.alice.slash(stage.channel, "thumbnail")
        sent = await stage.alice.submit_modal(opened, {"headline": "I QUIT", "vibe": "bold", "title": "On Monday"})
        assert sent.acknowledged and sent.response.ephemeral
        assert stage.desk.events == [
            PhotosSent(photos=(), caption="I QUIT", answers={"vibe": "bold", "title": "On Monday"}, anew=True)
        ]
        assert [one.filename[-4:] for one in sent.response.attachments] == [".jpg"]


async def test_options_complete_themselves() -> None:
    async with simulated() as stage:
        choices = await stage.alice.autocomplete(stage.channel, "quick", "preset", "s", headline="I QUIT")
        assert [one["value"] for one in choices] == ["shock", "tutorial"]


async def test_what_a_member_may_in_their_server_is_read_as_the_simulator_states_it() -> None:
    async with simulated() as stage:
        await stage.alice.slash(stage.channel, "jobs")
        plain = stage.desk.envelopes[-1].member
        with pytest.raises(simcord.SetupError, match="not visible to this user"):
            await stage.alice.slash(stage.channel, "server")
        role = stage.guild.create_role("managers", permissions=discord.Permissions(manage_guild=True))
        root = stage.guild.add_member(stage.env.create_user("root"), roles=[role])
        await root.slash(stage.channel, "server")
        manager = stage.desk.envelopes[-1].member
    guild, channel = str(stage.guild.id), str(stage.channel.id)
    assert plain == Member(guild=guild, channels=(channel,), roles=(guild,), posts=True, threads=True)
    assert manager == replace(plain, roles=(guild, str(role.id)), manages=True)
