"""The page of a search: HTML of others, shown to its person alone in a frame that may do nothing."""

from collections.abc import AsyncIterator

import pytest

from core.services.desk import AssetGone, Envelope, NotYours
from tests.web.stage import Stage, Visitor
from web.chat.guard import SANDBOX

CHIP = "<style>.chip { color: red }</style><a class=chip href='https://example.com/'>boats</a><script>alert(1)</script>"


async def chip(name: str, person: Envelope) -> str:
    if name != "V.1":
        raise AssetGone(name)
    if person.person != "person-1":
        raise NotYours(name)
    return CHIP


@pytest.fixture
async def searched() -> AsyncIterator[Stage]:
    stage = Stage(chip=chip)
    await stage.start()
    yield stage
    await stage.stop()
    await stage.desk.settled()


@pytest.fixture
async def owner(searched: Stage) -> AsyncIterator[Visitor]:
    visitor = Visitor(searched.address)
    await visitor.open()
    await visitor.say("hello")
    yield visitor
    await visitor.session.close()


async def test_it_is_shown_as_it_came_under_a_policy_of_its_own(owner: Visitor) -> None:
    async with owner.session.get("/search/V.1") as answer:
        assert (answer.status, answer.content_type) == (200, "text/html")
        assert CHIP in await answer.text()
        policy = dict(rule.partition(" ")[::2] for rule in answer.headers["Content-Security-Policy"].split("; "))
        assert policy == {
            "default-src": "'none'",
            "style-src": "'unsafe-inline'",
            "img-src": "data: https:",
            "base-uri": "'none'",
            "form-action": "'none'",
            "frame-ancestors": "'self'",
            "sandbox": SANDBOX,
        }
        assert "script" not in SANDBOX and "same-origin" not in SANDBOX
        assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"  # gone with its picture


async def test_for_everybody_else_there_is_nothing(searched: Stage, owner: Visitor) -> None:
    stranger, nobody = Visitor(searched.address), Visitor(searched.address)
    await stranger.open()
    await stranger.say("hello")
    answers = set()
    for who, name in ((stranger, "V.1"), (nobody, "V.1"), (owner, "V.2"), (owner, "..%2Fkeep")):
        async with who.session.get(f"/search/{name}") as answer:
            answers.add((answer.status, await answer.text()))
    for one in (stranger, nobody):
        await one.session.close()
    assert len(answers) == 1 and answers.pop()[0] == 404


async def test_where_nothing_is_searched_there_is_no_such_page(visitor: Visitor) -> None:
    await visitor.say("hello")
    async with visitor.session.get("/search/V.1") as answer:
        assert answer.status == 404
