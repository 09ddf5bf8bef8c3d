"""The loopback Discord, asked by the real discord.py as a bot would."""

import asyncio
import io
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import discord
import pytest
import pytest_asyncio
from aiohttp import web
from discord.gateway import DiscordWebSocket
from discord.http import Route
from yarl import URL

from . import refusal
from .fault import delayed, dropped, flood, refused, unavailable
from .person import Person
from .server import DiscordServer
from .world import COMPONENTS_V2, EPHEMERAL, Interaction

V2_TEXT: dict[str, Any] = {
    "flags": COMPONENTS_V2,
    "components": [
        {"type": 10, "content": "Hello"},
        {"type": 1, "components": [{"type": 2, "style": 1, "label": "Go", "custom_id": "go"}]},
    ],
}
FORM = {
    "type": 9,
    "data": {
        "custom_id": "form",
        "title": "Brief",
        "components": [
            {"type": 18, "label": "Headline", "component": {"type": 4, "custom_id": "h", "style": 1, "max_length": 60}},
            {"type": 18, "label": "Selfies", "component": {"type": 19, "custom_id": "s", "max_values": 10}},
        ],
    },
}


class Client(discord.Client):
    """Keeps the interactions it was told of."""

    def __init__(self) -> None:
        super().__init__(intents=discord.Intents.none(), max_messages=None)
        self.heard: asyncio.Queue[discord.Interaction[Any]] = asyncio.Queue()

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        await self.heard.put(interaction)

    async def call(self, method: str, path: str, body: Any = None, *names: str, **query: str) -> Any:
        """A request with files of these names."""
        form = [{"name": "payload_json", "value": discord.utils._to_json(body)}] if names else None
        for number, name in enumerate(names):
            file = {"name": f"files[{number}]", "value": io.BytesIO(b"bytes"), "filename": name}
            (form or []).append(file | {"content_type": "image/jpeg"})
        sent = {"form": form} if form else {"json": body} if body is not None else {}
        return await self.http.request(Route(method, path), params=query, **sent)

    async def respond(self, to: Interaction, kind: int, data: Any = None) -> Any:
        body = {"type": kind} | ({"data": data} if data else {})
        return await self.call("POST", f"/interactions/{to.id}/{to.token}/callback", body)


@pytest_asyncio.fixture
async def client(discord_server: DiscordServer, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Client]:
    """Connected to the gateway."""
    monkeypatch.setattr(Route, "BASE", discord_server.api_url)
    monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", URL(discord_server.gateway_url))
    client = Client()
    running = asyncio.create_task(client.start(discord_server.token))
    await discord_server.gateway.connected()
    yield client
    await client.close()
    await asyncio.gather(running, return_exceptions=True)


def hook(interaction: Interaction) -> str:
    return f"/webhooks/1100000000000000001/{interaction.token}"


async def test_a_press_arrives_by_the_gateway_and_is_answered(client: Client, member: Person) -> None:
    asked = member.run("jobs", page=2)
    heard = await client.heard.get()
    assert (heard.id, heard.user.id, heard.data and heard.data.get("name")) == (asked.id, member.user.id, "jobs")
    await heard.response.defer(ephemeral=True)
    (waiting,) = member.from_bot
    assert waiting.thinking and waiting.seen_by == member.user.id
    await client.call("PATCH", f"{hook(asked)}/messages/@original", V2_TEXT)
    shown = await member.wait_for("Hello")
    assert shown.id == waiting.id and not shown.thinking
    pressed = member.press("Go")
    assert (await client.heard.get()).id == pressed.id
    await client.respond(pressed, 6)


async def test_an_ephemeral_message_is_seen_by_one_person_and_changed_by_its_tokens_alone(
    client: Client, member: Person
) -> None:
    other = Person(member.server, 77, member.channel)
    asked = member.run("jobs")
    await client.respond(asked, 4, V2_TEXT | {"flags": COMPONENTS_V2 | EPHEMERAL})
    (shown,) = member.from_bot
    assert other.from_bot == []
    with pytest.raises(discord.NotFound):
        await client.call("PATCH", f"/channels/{member.channel.id}/messages/{shown.id}", V2_TEXT)
    stranger = other.run("jobs")
    await client.respond(stranger, 5)
    with pytest.raises(discord.NotFound):
        await client.call("PATCH", f"{hook(stranger)}/messages/{shown.id}", V2_TEXT)


async def test_who_answers_after_three_seconds_is_not_known_any_more(client: Client, member: Person) -> None:
    asked = member.run("jobs")
    member.world.advance(3.1)
    with pytest.raises(discord.NotFound) as caught:
        await client.respond(asked, 5)
    assert caught.value.code == refusal.UNKNOWN_INTERACTION
    await member.server.stop()
    assert member.server.take_violations() == ["an interaction of kind 2 was not answered"]


async def test_a_second_answer_is_refused(client: Client, member: Person) -> None:
    asked = member.run("jobs")
    await client.respond(asked, 5)
    with pytest.raises(discord.HTTPException) as caught:
        await client.respond(asked, 5)
    assert caught.value.code == refusal.ACKNOWLEDGED


async def test_a_token_is_good_for_fifteen_minutes(client: Client, member: Person) -> None:
    asked = member.run("jobs")
    await client.respond(asked, 5)
    member.world.advance(14 * 60)
    await client.call("PATCH", f"{hook(asked)}/messages/@original", V2_TEXT)
    member.world.advance(61)
    with pytest.raises(discord.HTTPException) as caught:
        await client.call("POST", hook(asked), V2_TEXT)
    assert caught.value.code == refusal.INVALID_TOKEN


async def test_the_first_follow_up_of_a_deferral_takes_its_place(client: Client, member: Person) -> None:
    asked = member.run("jobs")
    await client.respond(asked, 5, {"flags": EPHEMERAL})
    for _ in range(2):
        await client.call("POST", hook(asked), V2_TEXT)
    first, second = member.from_bot
    assert (first.seen_by, second.seen_by) == (member.user.id, None)


async def test_an_app_that_is_only_the_persons_own_has_five_follow_ups(client: Client, member: Person) -> None:
    person = Person(member.server, 5, user_only=True)
    asked = person.run("jobs")
    await client.respond(asked, 4, V2_TEXT)
    for _ in range(5):
        await client.call("POST", hook(asked), V2_TEXT)
    with pytest.raises(discord.HTTPException) as caught:
        await client.call("POST", hook(asked), V2_TEXT)
    assert caught.value.code == refusal.FOLLOW_UPS_SPENT
    with pytest.raises(discord.Forbidden) as forbidden:
        await client.call("POST", f"/channels/{person.channel.id}/messages", V2_TEXT)
    assert forbidden.value.code == refusal.MISSING_ACCESS


async def test_files_stay_as_long_as_they_are_named(client: Client, member: Person) -> None:
    async def edit(names: tuple[str, ...], shown: tuple[str, ...], attachments: list[dict[str, Any]]) -> Any:
        items = [{"media": {"url": f"attachment://{name}"}} for name in shown]
        body = {"flags": COMPONENTS_V2, "components": [{"type": 12, "items": items}], "attachments": attachments}
        return await client.call("PATCH", f"{hook(asked)}/messages/@original", body, *names)

    asked = member.run("jobs")
    await client.respond(asked, 5)
    made = await edit(("a.jpg",), ("a.jpg",), [{"id": "0", "filename": "a.jpg"}])
    kept = {"id": made["attachments"][0]["id"]}
    await edit(("b.jpg",), ("a.jpg", "b.jpg"), [kept, {"id": "0", "filename": "b.jpg"}])
    (shown,) = member.from_bot
    assert [one.filename for one in shown.attachments] == ["a.jpg", "b.jpg"]
    with pytest.raises(discord.HTTPException):
        await edit((), ("a.jpg", "b.jpg"), [kept])
    assert "no attachments of the message" in "".join(member.server.take_violations())
    async with client.http._HTTPClient__session.get(shown.attachments[0].url) as response:  # type: ignore[attr-defined]
        assert await response.read() == b"bytes"


async def test_a_form_is_filled_in_and_sent(client: Client, member: Person) -> None:
    asked = member.run("thumbnail")
    await client.respond(asked, 9, FORM["data"])
    sent = member.submit(asked, {"Headline": "I QUIT", "Selfies": [("me.jpg", "image/jpeg", b"photo")]})
    await client.heard.get()
    heard = await client.heard.get()
    data: Any = heard.data
    (number,) = data["components"][1]["component"]["values"]
    assert data["components"][0]["component"]["value"] == "I QUIT"
    assert data["resolved"]["attachments"][number]["filename"] == "me.jpg"
    await client.respond(sent, 5)
    with pytest.raises(AssertionError):
        member.submit(asked, {"Headline": "x" * 61})


async def test_an_address_of_the_cdn_ends(client: Client, member: Person) -> None:
    file = member.world.attach("me.jpg", "image/jpeg", b"photo")
    member.world.advance(25 * 3600)
    async with client.http._HTTPClient__session.get(file.url) as response:  # type: ignore[attr-defined]
        assert response.status == 404


async def test_archived_threads_and_closed_doors(client: Client, member: Person) -> None:
    thread = await client.call("POST", f"/channels/{member.channel.id}/threads", {"name": "A job", "type": 11})
    made = await client.call("POST", f"/channels/{thread['id']}/messages", V2_TEXT)
    channel = member.world.channels[int(thread["id"])]
    channel.archived = True
    with pytest.raises(discord.HTTPException) as caught:
        await client.call("PATCH", f"/channels/{thread['id']}/messages/{made['id']}", V2_TEXT)
    assert caught.value.code == refusal.ARCHIVED
    await client.call("POST", f"/channels/{thread['id']}/messages", V2_TEXT)
    assert not channel.archived
    member.block()
    door = await client.call("POST", "/users/@me/channels", {"recipient_id": str(member.user.id)})
    with pytest.raises(discord.Forbidden) as forbidden:
        await client.call("POST", f"/channels/{door['id']}/messages", V2_TEXT)
    assert forbidden.value.code == refusal.CANNOT_WRITE_TO_PERSON


async def test_it_misbehaves_on_request(client: Client, member: Person) -> None:
    operation, path = "POST /channels/{channel_id}/messages", f"/channels/{member.channel.id}/messages"
    faults = (flood(0.01), delayed(0.05), unavailable(), refused(refusal.missing_permissions()), dropped("after"))
    member.server.fail(operation, *faults)
    await client.call("POST", path, V2_TEXT)  # the flood is waited out, the delay is not noticed
    with pytest.raises(discord.DiscordServerError):
        await client.call("POST", path, V2_TEXT)
    with pytest.raises(discord.Forbidden):
        await client.call("POST", path, V2_TEXT)
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await client.call("POST", path, V2_TEXT)
    assert len(member.from_bot) == 2
    member.server.fail(operation, flood(1, via=False))
    with pytest.raises(discord.HTTPException) as caught:
        await client.call("POST", path, V2_TEXT)
    assert caught.value.status == 429


async def test_interactions_go_signed_to_an_endpoint(client: Client, member: Person) -> None:
    seen: list[Any] = []

    async def take(request: web.Request) -> web.Response:
        seen.append((request.headers["X-Signature-Timestamp"], await request.json()))
        return web.json_response({"type": 5, "data": {"flags": EPHEMERAL}})

    app = web.Application()
    app.router.add_post("/discord", take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    member.server.endpoint = f"http://127.0.0.1:{runner.addresses[0][1]}/discord"
    asked = await member.wait_for_answer(member.run("jobs"))
    assert (asked.answered_as, member.server.endpoint_answers) == (5, [200])
    assert seen[0][1]["id"] == str(asked.id) and client.heard.empty()
    await runner.cleanup()


async def test_shards_have_their_own_servers_and_shard_0_what_happens_in_none(
    discord_server: DiscordServer,
) -> None:
    told: list[tuple[int, str]] = []

    class Socket:
        def __init__(self, number: int) -> None:
            self.number = number

        async def send_str(self, text: str) -> None:
            told.append((self.number, text))

    from .gateway import Shard

    discord_server.gateway.shards += [Shard(Socket(n), str(n), n, 2, 0) for n in range(2)]  # type: ignore[arg-type]
    await discord_server.gateway.tell("A", {}, (1 << 22) * 3)
    await discord_server.gateway.tell("B", {}, None)
    discord_server.gateway.shards.clear()
    assert [number for number, _ in told] == [1, 0]
