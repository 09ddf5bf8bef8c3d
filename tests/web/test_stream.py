import asyncio
import time

from aiohttp import WSCloseCode, WSMsgType

from core.conversation.view import ProgressView, TextView
from core.services.desk import Delivery
from tests.web.stage import Stage, Visitor
from web.chat.courier import WebCourier
from web.chat.page import history


async def _show(stage: Stage, text: str, place: str = "person-1") -> None:
    courier = WebCourier(stage.transcript, stage.bell)
    await courier.deliver(Delivery(id=1, key=f"k:{text}", place=place, view=TextView(text=text), language="en"))


async def test_a_new_line_reaches_the_page_at_once_as_html(stage: Stage, visitor: Visitor) -> None:
    await visitor.say("hello")
    async with await visitor.listen() as socket:
        assert "release" in await socket.receive_json(timeout=2)
        first = await socket.receive_json(timeout=2)
        started = time.monotonic()
        await _show(stage, "here it is")
        while "here it is" not in str(news := await socket.receive_json(timeout=2)):
            pass
        assert time.monotonic() - started < 0.5
    assert news["cursor"] > first["cursor"]
    assert news["lines"][-1]["html"].lstrip().startswith("<li")


async def test_a_page_goes_on_from_its_cursor_and_sees_nothing_twice(stage: Stage, visitor: Visitor) -> None:
    await visitor.say("hello")
    async with await visitor.listen() as socket:
        await socket.receive_json(timeout=2)
        cursor = (await socket.receive_json(timeout=2))["cursor"]
    await _show(stage, "while away")
    async with await visitor.listen(after=cursor) as socket:
        await socket.receive_json(timeout=2)
        news = await socket.receive_json(timeout=2)
    assert "while away" in str(news)
    assert "hello" not in str(news)


async def test_another_processs_lines_are_found_without_a_bell(stage: Stage, visitor: Visitor) -> None:
    await visitor.say("hello")
    async with await visitor.listen(after=10**6) as socket:
        await socket.receive_json(timeout=2)
    async with await visitor.listen() as socket:
        await socket.receive_json(timeout=2)
        await socket.receive_json(timeout=2)
        await stage.transcript.write("person-1", "k", {"_": "TextView", "text": "from afar"}, by_person=False)
        while "from afar" not in str(await socket.receive_json(timeout=3)):
            pass


async def test_a_chat_longer_than_one_read_arrives_whole(stage: Stage, visitor: Visitor) -> None:
    await visitor.say("hello")
    for number in range(450):
        await stage.transcript.write("person-1", f"k{number}", {"_": "TextView", "text": "x"}, by_person=False)
    seen: set[int] = set()
    async with await visitor.listen() as socket:
        await socket.receive_json(timeout=2)
        while len(seen) < len(stage.transcript.lines["person-1"]):
            seen |= {line["seq"] for line in (await socket.receive_json(timeout=5))["lines"]}


async def test_an_outage_is_said_discreetly_and_the_chat_goes_on(stage: Stage, visitor: Visitor) -> None:
    await visitor.say("hello")
    stage.transcript.is_down = True
    async with await visitor.listen() as socket:
        await socket.receive_json(timeout=2)
        assert await socket.receive_json(timeout=2) == {"waiting": True}
        stage.transcript.is_down = False
        while "hello" not in str(await socket.receive_json(timeout=3)):
            pass


async def test_a_slot_is_replaced_in_place_and_a_second_delivery_adds_nothing(stage: Stage) -> None:
    courier = WebCourier(stage.transcript, stage.bell)
    first = Delivery(id=1, key="a", place="p", view=ProgressView(text="one", done=0, total=2, slot="s"), language="en")
    receipt = await courier.deliver(first)
    assert await courier.deliver(first) == receipt
    later = Delivery(id=2, key="b", place="p", view=TextView(text="two", slot="s"), language="en", replaces=receipt)
    assert await courier.deliver(later) == receipt
    (line,) = await history(stage.transcript, "p")
    assert (line.seq, line.record["text"]) == (receipt["seq"], "two")


async def test_a_browser_nobody_spoke_from_has_nothing_to_listen_to(visitor: Visitor) -> None:
    async with visitor.session.get("/live", headers=visitor.own()) as answer:
        assert answer.status == 401
        assert "Set-Cookie" not in answer.headers


async def test_stopping_sends_every_page_away_within_two_seconds(stage: Stage, visitor: Visitor) -> None:
    await visitor.say("hello")
    sockets = [await visitor.listen() for _ in range(3)]
    started = time.monotonic()
    closing = asyncio.create_task(stage.stop())
    for socket in sockets:
        while (message := await socket.receive(timeout=2)).type is WSMsgType.TEXT:
            pass
        assert message.data == WSCloseCode.SERVICE_RESTART
    await closing
    assert time.monotonic() - started < 2
    await stage.start()


async def test_a_page_that_does_not_answer_the_goodbye_holds_nobody_up(stage: Stage, visitor: Visitor) -> None:
    await visitor.say("hello")
    deaf = await visitor.session.ws_connect("/live", headers=visitor.own(), autoclose=False, autoping=False)
    started = time.monotonic()
    await stage.stop()
    assert time.monotonic() - started < 2
    await deaf.close()
    await stage.start()
