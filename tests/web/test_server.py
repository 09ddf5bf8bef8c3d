import pytest
from aiohttp import ClientSession, web

from tests.web.stage import Stage, Visitor
from web.chat.pace import Pace
from web.server import AddressRefused, PortBusy, Site


async def test_a_busy_port_is_named(stage: Stage) -> None:
    with pytest.raises(PortBusy, match=str(stage.port)):
        await Site(web.Application(), "127.0.0.1", stage.port).start()


async def test_an_address_of_another_machine_is_refused() -> None:
    with pytest.raises(AddressRefused):
        await Site(web.Application(), "192.0.2.1", 0).start()


async def test_static_files_are_kept_for_good_under_the_name_of_their_content(stage: Stage, visitor: Visitor) -> None:
    path = (await visitor.open()).split('rel="stylesheet" href="')[1].split('"')[0]
    async with ClientSession(stage.address) as session:
        async with session.get(path) as answer:
            assert "immutable" in answer.headers["Cache-Control"]
            assert answer.content_type == "text/css"
        async with session.get("/static/of-another-release/chat.css") as answer:
            assert answer.headers["Cache-Control"] == "no-cache"
        async with session.get("/static/x/..%2Fapp.py") as answer:
            assert answer.status == 404


def test_a_bucket_lets_a_burst_through_and_then_the_pace() -> None:
    now = [0.0]
    pace = Pace(per_minute=60, burst=3, clock=lambda: now[0])
    assert [pace.take("a") for _ in range(3)] == [0, 0, 0]
    assert pace.take("a") == pytest.approx(1)
    assert pace.take("b") == 0
    now[0] = 1.0
    assert pace.take("a") == 0
    assert pace.take("a") > 0
