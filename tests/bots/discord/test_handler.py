"""The handler between a person and a scripted desk: acknowledged at once, brought once, answered for their eyes."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

import aiohttp
import pytest_asyncio

from bots.discord.fetching import LARGEST_BYTES, Fetching
from bots.discord.form import Form, Pictures, Words
from bots.discord.handler import Handler
from bots.discord.incoming import Called, File, Handed, Typing
from core.conversation.action import Cancel, Run
from core.conversation.event import CommandSent, Event, FormSent, PhotoRefused, PhotosSent, Pressed
from core.conversation.view import Button, FieldKind, FormView, NoticeView, Row, TextView
from core.services.desk import Envelope
from tests.bots.scripted import eventually, jpeg
from tests.discord_server.fault import refused
from tests.discord_server.person import Person
from tests.discord_server.refusal import acknowledged
from tests.discord_server.world import EPHEMERAL, Interaction

from .scripted import Room, answering

BRIEF = Form(
    Run("new").pack(),
    "Your brief",
    (
        Pictures(id="selfies", label="Selfies"),
        Words(id="headline", label="Headline"),
        Words(id="vibe", label="Vibe", required=False),
    ),
)
CANCEL = (Row((Button("Cancel", Cancel("d1").pack()),)),)
RESPOND = "POST /interactions/{interaction_id}/{interaction_token}/callback"


def call(called: Called, _: Envelope) -> Event | Handed | Form:
    return BRIEF if called.name == "thumbnail" else CommandSent(name=called.name)


async def complete(typing: Typing, _: Envelope) -> Sequence[tuple[str, str]]:
    return [(f"{typing.typed}{n}", str(n)) for n in range(40)]


class Wire:
    """Brings every interaction of a server to a handler, as a gateway does."""

    def __init__(self, room: Room, handler: Handler) -> None:
        self.room, self.handler = room, handler
        self.records: list[dict[str, Any]] = []
        self.tasks: list[asyncio.Task[None]] = []
        room.server.deliver = self.bring  # type: ignore[method-assign]

    def bring(self, _: Interaction, record: dict[str, Any]) -> None:
        self.records.append(record)
        self.tasks.append(asyncio.create_task(self.handler.take(record)))

    async def done(self) -> None:
        await asyncio.gather(*self.tasks)


@pytest_asyncio.fixture
async def wire(room: Room) -> AsyncIterator[Wire]:
    async with aiohttp.ClientSession() as session:
        fetching = Fetching(lambda: session, hosts=("127.0.0.1",))
        handler = Handler(
            room.api, room.desk, room.post, room.replies, fetching, call=call, complete=complete
        )  # fmt: skip
        wire = Wire(room, handler)
        yield wire
        await wire.done()


async def test_a_command_is_deferred_at_once_for_ones_own_eyes_and_then_answered(wire: Wire, room: Room) -> None:
    room.desk.busy = lambda _: 0.3
    asked = room.person.run("jobs")
    await room.person.wait_for_answer(asked, timeout=1.0)
    (waiting,) = room.messages
    assert waiting.thinking and waiting.flags & EPHEMERAL
    await wire.done()
    assert room.desk.events == [CommandSent(name="jobs")]
    await room.show(TextView(text="Your jobs"), key=answering(asked))
    assert [one.text for one in room.messages] == ["Your jobs"]


async def test_a_toast_takes_the_place_of_thinking(wire: Wire, room: Room) -> None:
    room.desk.answer = lambda _: NoticeView(text="Nothing to cancel", toast=True)
    room.person.run("cancel")
    await wire.done()
    (message,) = room.messages
    assert message.text == "Nothing to cancel" and message.seen_by == room.person.user.id


async def test_somebody_elses_button_is_answered_politely_and_for_their_eyes(
    wire: Wire, room: Room, open_room: Room
) -> None:
    await open_room.show(TextView(text="For all", rows=CANCEL))
    room.desk.answer = lambda _: NoticeView(text="Only the person who asked can press this.")
    other = Person(room.server, 77, room.person.channel)
    other.press("Cancel")
    await wire.done()
    assert [one.text for one in other.from_bot] == ["For all", "Only the person who asked can press this."]
    assert [one.text for one in room.messages] == ["For all"]
    assert room.desk.envelopes[0].person == "77"


async def test_a_form_is_the_first_response_and_ten_files_arrive_with_what_was_written(wire: Wire, room: Room) -> None:
    opened = await room.person.wait_for_answer(room.person.run("thumbnail"))
    files = [(f"{n}.jpg", "image/jpeg", jpeg(size=(64, 30 + n))) for n in range(10)]
    room.person.submit(opened, {"Selfies": files, "Headline": "I QUIT", "Vibe": "neon"})
    (event,) = await room.desk.until(1)
    assert isinstance(event, PhotosSent) and len(event.photos) == 10
    assert (event.caption, event.answers) == ("I QUIT", {"vibe": "neon"})
    assert {asset.data for asset in room.desk.assets.values()} == {data for _, _, data in files}


async def test_an_old_form_is_good_in_a_new_process(wire: Wire, room: Room) -> None:
    question = FormView(draft="d", question="title", kind=FieldKind.TEXT, text="What is it about?")
    await room.asked()
    await room.show(question)
    opened = await room.person.wait_for_answer(room.person.press("Answer"))
    assert opened.modal is not None and opened.modal["title"] == "What is it about?"
    await wire.done()
    again = Wire(room, Handler(room.api, room.desk, room.post, room.replies, wire.handler._fetching,
                               call=call, complete=complete))  # fmt: skip
    room.world.advance(3600)
    room.person.submit(opened, {"Your answer": "How I left"})
    await again.done()
    assert room.desk.events == [FormSent(draft="d", question="title", values=("How I left",))]


async def test_a_file_too_large_is_not_even_fetched_and_the_others_are_taken(wire: Wire, room: Room) -> None:
    opened = await room.person.wait_for_answer(room.person.run("thumbnail"))
    heavy = ("big.jpg", "image/jpeg", bytes(LARGEST_BYTES + 1))
    room.person.submit(opened, {"Selfies": [heavy, ("me.jpg", "image/jpeg", jpeg())], "Headline": "X", "Vibe": ""})
    events = await room.desk.until(2)
    assert events[0] == PhotoRefused(reason="too_large")
    assert isinstance(events[1], PhotosSent) and len(events[1].photos) == 1
    assert room.server.downloads == ["me.jpg"]


async def test_what_was_chosen_beside_refused_pictures_is_not_lost(wire: Wire, room: Room) -> None:
    opened = await room.person.wait_for_answer(room.person.run("thumbnail"))
    heavy = ("big.jpg", "image/jpeg", bytes(LARGEST_BYTES + 1))
    room.person.submit(opened, {"Selfies": [heavy], "Headline": "X", "Vibe": "neon"})
    refused_, kept = await room.desk.until(2)
    assert refused_ == PhotoRefused(reason="too_large")
    assert kept == PhotosSent(photos=(), caption="X", answers={"vibe": "neon"}, anew=True)


async def test_files_from_elsewhere_are_not_followed(room: Room) -> None:
    async with aiohttp.ClientSession() as session:
        there = room.world.attach("a.jpg", "image/jpeg", jpeg())
        fetched = await Fetching(lambda: session).fetch(File(there.url, len(there.data)))
    assert fetched == PhotoRefused(reason="unreachable") and room.server.downloads == []


async def test_an_address_that_has_ended_is_a_refused_picture_with_its_caption(wire: Wire, room: Room) -> None:
    opened = await room.person.wait_for_answer(room.person.run("thumbnail"))
    room.person.world.files.clear()
    sent = room.person.submit(opened, {"Selfies": [("me.jpg", "image/jpeg", jpeg())], "Headline": "X", "Vibe": ""})
    room.world.files.clear()
    (event,) = await room.desk.until(1)
    assert event == PhotoRefused(reason="unreachable", caption="X")
    assert sent.answered_as == 5


async def test_an_interaction_that_comes_twice_is_taken_once(wire: Wire, room: Room) -> None:
    room.person.run("jobs")
    await wire.done()
    await wire.handler.take(wire.records[0])
    assert room.desk.offers == 1


async def test_an_interaction_another_replica_answered_is_left_to_it(wire: Wire, room: Room) -> None:
    room.server.fail(RESPOND, refused(acknowledged()))
    asked = room.person.run("jobs")
    await wire.done()
    assert room.desk.offers == 0
    asked.answered_as = 5


async def test_presses_wait_for_a_database_that_is_away_and_keep_their_order(wire: Wire, room: Room) -> None:
    await room.asked()
    await room.show(TextView(text="Brief", rows=CANCEL))
    room.desk.away = True
    for _ in range(3):
        room.person.press("Cancel")
    await eventually(lambda: room.desk.offers > 0)
    room.desk.away = False
    await room.desk.until(3)
    await wire.done()
    assert room.desk.events == [Pressed(action=Cancel("d1"))] * 3
    ids = [envelope.id for envelope in room.desk.envelopes]
    assert ids == sorted(ids)


async def test_no_more_completions_than_discord_takes(wire: Wire, room: Room) -> None:
    asked = await room.person.wait_for_answer(room.person.complete("quick", "preset", "sho"))
    assert asked.choices is not None and len(asked.choices) == 25


async def test_what_is_no_interaction_is_logged_and_nothing_else(wire: Wire) -> None:
    await wire.handler.take({"type": 3})
    await wire.handler.take({})
