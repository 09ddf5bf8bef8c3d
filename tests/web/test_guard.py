import pytest
from aiohttp import ClientSession

from core.conversation.action import Pin
from tests.web.stage import SENTENCES, NewVisitor, Stage, Visitor

PIN = Pin("v1").pack()


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "[::2]:1", ""])
async def test_a_foreign_host_name_is_answered_with_an_explanation_and_nothing_else(stage: Stage, host: str) -> None:
    async with ClientSession() as session, session.get(stage.address, headers={"Host": host}) as answer:
        assert answer.status == 421
        assert SENTENCES["fault_421"] in await answer.text()
        assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("host", ["localhost:1234", "127.0.0.1", "[::1]:8080", "LOCALHOST"])
async def test_loopback_names_are_answered_on_any_port(stage: Stage, host: str) -> None:
    async with ClientSession() as session, session.get(stage.address, headers={"Host": host}) as answer:
        assert answer.status == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
    ],
)
async def test_another_site_can_press_nothing(stage: Stage, visitor: Visitor, headers: dict[str, str]) -> None:
    for answer in (await visitor.press(PIN, **headers), await visitor.say("hello", **headers)):
        assert answer.status == 403
    assert stage.desk.taken == {}


async def test_a_form_without_its_token_or_with_a_neighbours_does_nothing(
    stage: Stage, visitor: Visitor, new_visitor: NewVisitor
) -> None:
    neighbour = new_visitor()
    await neighbour.open()
    for token in ("", "0" * 64, neighbour.form_token):
        visitor.form_token = token
        assert (await visitor.press(PIN)).status == 403
        assert (await visitor.say("hello")).status == 403
    assert stage.desk.taken == {}


async def test_a_request_nobody_vouches_for_does_nothing(stage: Stage, visitor: Visitor) -> None:
    values = {"csrf": visitor.form_token, "id": "12345678", "token": PIN}
    async with visitor.session.post("/press", data=values) as answer:
        assert answer.status == 403
    assert stage.desk.taken == {}


async def test_another_site_cannot_open_the_live_connection(visitor: Visitor) -> None:
    await visitor.say("hello")
    async with visitor.session.get("/live", headers={"Origin": "http://evil.example"}) as answer:
        assert answer.status == 403


async def test_every_answer_forbids_foreign_code_and_framing(visitor: Visitor) -> None:
    for path in ("/", "/nothing", "/keep"):
        async with visitor.session.get(path) as answer:
            policy = answer.headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy
            assert "unsafe" not in policy
            assert "frame-ancestors 'none'" in policy
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["Referrer-Policy"] == "same-origin"


async def test_the_page_has_no_inline_script_or_style(visitor: Visitor) -> None:
    text = await visitor.open()
    assert " style=" not in text
    assert "<style" not in text
    assert text.count("<script") == 1
    assert " onclick=" not in text


async def test_too_many_posts_are_slowed_down_and_told_so(stage: Stage, visitor: Visitor) -> None:
    statuses = [(await visitor.press(PIN)).status for _ in range(stage.options.posts_at_once + 1)]
    assert statuses[:-1] == [200] * stage.options.posts_at_once
    assert statuses[-1] == 429


async def test_the_database_being_away_is_said_and_asks_to_try_again(stage: Stage, visitor: Visitor) -> None:
    stage.desk.is_down = True
    answer = await visitor.press(PIN, Accept="application/json")
    assert answer.status == 503
    assert answer.headers["Retry-After"] == "1"
    assert SENTENCES["fault_503"] in (await answer.json())["toast"]
