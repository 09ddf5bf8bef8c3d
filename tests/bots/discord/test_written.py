"""What is written to the bot alone, and what is not for it to hear."""

from typing import Any

import pytest

from bots.discord.incoming import File, Handed
from bots.discord.written import heard
from core.conversation.action import OpenVariant
from core.conversation.event import CommandSent, Event, PhotoRefused, Started, TextSent

PICTURE = {"url": "https://cdn.discordapp.com/a/me.jpg", "size": 7, "content_type": "image/jpeg"}
ARCHIVE = {"url": "https://cdn.discordapp.com/a/me.zip", "size": 7, "content_type": "application/zip"}


def record(content: str = "", **more: Any) -> dict[str, Any]:
    author = {"id": "4242", "bot": more.pop("bot", False)}
    return {"id": "9", "type": 0, "channel_id": "7", "author": author, "content": content, "attachments": [], **more}


def showing(*codes: str) -> dict[str, Any]:
    buttons = [{"type": 2, "custom_id": OpenVariant(code).pack()} for code in codes]
    return {"components": [{"type": 17, "components": [{"type": 1, "components": buttons}]}]}


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (record(" I quit "), TextSent(text="I quit")),
        (record("/start"), Started()),
        (record("/link AB-CD"), CommandSent(name="link", argument="AB-CD")),
        (record("/score", referenced_message=showing("V1")), CommandSent(name="score", variants=("V1",))),
        (record("darker", type=19, referenced_message=showing("V1")), TextSent(text="darker", variant="V1")),
        (record("darker", referenced_message=showing("V1", "V2")), TextSent(text="darker", variants=("V1", "V2"))),
        (record("I quit", attachments=[PICTURE]), Handed(files=(File(str(PICTURE["url"]), 7),), caption="I quit")),
        (record("/score", attachments=[PICTURE]), Handed(files=(File(str(PICTURE["url"]), 7),), command="score")),
        (record("/new", attachments=[PICTURE]), Handed(files=(File(str(PICTURE["url"]), 7),), caption="/new")),
        (record("I quit", attachments=[ARCHIVE]), PhotoRefused(reason="not_a_picture", caption="I quit")),
    ],
)  # fmt: skip
def test_what_is_written_is_what_a_person_meant(written: dict[str, Any], said: Event | Handed) -> None:
    found = heard(written)
    assert found and found.said == said
    assert (found.envelope.id, found.envelope.person, found.envelope.place) == ("dc:9", "4242", "7")


@pytest.mark.parametrize("other", [{"guild_id": "5"}, {"bot": True}, {"type": 7}, {"content": " "}])
def test_what_is_not_said_to_the_bot_is_not_heard(other: dict[str, Any]) -> None:
    assert heard(record(**{"content": "hello", **other})) is None
