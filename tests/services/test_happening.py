"""What a platform tells of the application: recorded once, done by who is responsible, open until then."""

from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from core.domain.record import Json
from core.services.desk import Unavailable
from core.services.happening import Recording
from core.store.happening import Happenings
from tests.factory import running

BOUGHT: dict[str, Any] = {"type": "ENTITLEMENT_CREATE", "data": {"id": "900", "sku_id": "800", "user_id": "4242"}}


class Shop:
    def __init__(self, happenings: Happenings, troubles: int = 0) -> None:
        self.seen: list[Mapping[str, Json]] = []
        self._happenings = happenings
        self._troubles = troubles

    async def grant(self, kind: str, data: Mapping[str, Json], key: str) -> None:
        self.seen.append(data)
        if len(self.seen) <= self._troubles:
            raise Unavailable
        await self._happenings.close(key)


@pytest_asyncio.fixture
async def happenings(database: str, tmp_path: Path) -> AsyncIterator[Happenings]:
    async with running(database, tmp_path, worker=False) as here:
        yield Happenings(here.factory.transport, "discord")


async def test_a_purchase_told_twice_is_granted_once(happenings: Happenings) -> None:
    shop, recording = Shop(happenings), Recording(happenings)
    await recording.take(BOUGHT, shop.grant)
    await recording.take({**BOUGHT, "timestamp": "later, by the other way"}, shop.grant)
    assert shop.seen == [BOUGHT["data"]]


async def test_a_purchase_that_could_not_be_granted_stays_open_and_comes_again(happenings: Happenings) -> None:
    shop, recording = Shop(happenings, troubles=1), Recording(happenings)
    with pytest.raises(Unavailable):
        await recording.take(BOUGHT, shop.grant)
    await recording.take(BOUGHT, shop.grant)
    await recording.take(BOUGHT, shop.grant)
    assert len(shop.seen) == 2


async def test_a_renewal_is_another_happening_than_the_purchase(happenings: Happenings) -> None:
    shop, recording = Shop(happenings), Recording(happenings)
    for ends_at in ("2026-12-01", "2027-01-01", "2027-01-01"):
        renewed = {"type": "ENTITLEMENT_UPDATE", "data": {**BOUGHT["data"], "ends_at": ends_at}}
        await recording.take(renewed, shop.grant)
    assert [data["ends_at"] for data in shop.seen] == ["2026-12-01", "2027-01-01"]


async def test_what_nobody_is_responsible_for_waits_until_somebody_is(happenings: Happenings) -> None:
    shop, recording = Shop(happenings), Recording(happenings)
    await recording.take(BOUGHT)
    await recording.take(BOUGHT, shop.grant)
    assert len(shop.seen) == 1


@pytest.mark.parametrize("nonsense", [None, [], {"type": 1}, {"type": "X", "data": {}}, {"type": "X", "data": "900"}])
async def test_what_is_no_event_is_refused(happenings: Happenings, nonsense: Json) -> None:
    with pytest.raises(ValueError, match="not an event"):
        await Recording(happenings).take(nonsense)
