"""A cron service at our door."""

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio

from core.services.desk import Unavailable
from core.worker.schedule import SCHEDULES
from tests.factory import listening, running
from webhooks.schedule import routes

TOKEN = "a token of twenty-four letters"


async def post(url: str, token: str | None = TOKEN) -> tuple[int, dict[str, object]]:
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    async with aiohttp.ClientSession(headers=headers) as http, http.post(url) as got:
        return got.status, await got.json() if got.content_type == "application/json" else {}


@pytest_asyncio.fixture
async def origin(database: str, tmp_path: Path) -> AsyncIterator[str]:
    async with (
        running(database, tmp_path, worker=False) as here,
        listening(routes(here.factory.timetable, TOKEN)) as origin,
    ):
        yield origin


async def test_what_is_due_is_queued_once_however_often_a_cron_service_calls(origin: str) -> None:
    assert await post(f"{origin}/schedules/probe") == (202, {"queued": ["probe"]})
    assert await post(f"{origin}/schedules/probe") == (202, {"queued": []})
    status, said = await post(f"{origin}/schedules")
    assert (status, said["queued"]) == (202, sorted({row.name for row in SCHEDULES} - {"probe"}))
    assert (await post(f"{origin}/schedules/no_such"))[0] == 404


@pytest.mark.parametrize("token", [None, "", "another", TOKEN + "x", TOKEN[:-1], "café"])
async def test_without_the_token_nothing_is_queued(origin: str, token: str | None) -> None:
    for path in ("/schedules", "/schedules/probe", "/schedules/no_such"):
        assert (await post(origin + path, token))[0] == 401
    assert await post(f"{origin}/schedules/probe") == (202, {"queued": ["probe"]})


async def test_a_database_that_is_away_is_said_so_that_the_caller_comes_again() -> None:
    class Away:
        async def tick(self) -> tuple[str, ...]:
            raise Unavailable

        async def trigger(self, name: str) -> bool:
            raise Unavailable

    async with listening(routes(Away(), TOKEN)) as origin:
        assert [(await post(origin + path))[0] for path in ("/schedules", "/schedules/sweep")] == [503, 503]
