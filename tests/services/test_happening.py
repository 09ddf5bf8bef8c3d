"""What a platform tells of the application: recorded once, done by who is responsible, open until then."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from core.domain.record import Json
from core.services.desk import Unavailable
from core.services.happening import Recording
from core.store.happening import Happenings
from tests.factory import running

BOUGHT: dict[str, Any] = {"type": "ENTITLEMENT_CREATE", "data": {"id": "900", "sku_id": "800", "user_id": "4242"}}


class Shop:
    def __init__(self, troubles: int = 0) -> None:
        self.seen: list[Mapping[str, Json]] = []
        self._troubles = troubles

    async def grant(self, data: Mapping[str, Json]) -> None:
        self.seen.append(data)
        if len(self.seen) <= self._troubles:
            raise Unavailable


async def test_a_purchase_told_twice_is_granted_once(database: str, tmp_path: Path) -> None:
    async with running(database, tmp_path, worker=False) as here:
        shop = Shop()
        recording = Recording(Happenings(here.factory.transport, "discord"), {"ENTITLEMENT_CREATE": shop.grant})
        await recording.take(BOUGHT)
        await recording.take({**BOUGHT, "timestamp": "later, by the other way"})
        assert shop.seen == [BOUGHT["data"]]


async def test_a_purchase_that_could_not_be_granted_stays_open_and_comes_again(database: str, tmp_path: Path) -> None:
    async with running(database, tmp_path, worker=False) as here:
        shop = Shop(troubles=1)
        recording = Recording(Happenings(here.factory.transport, "discord"), {"ENTITLEMENT_CREATE": shop.grant})
        with pytest.raises(Unavailable):
            await recording.take(BOUGHT)
        await recording.take(BOUGHT)
        await recording.take(BOUGHT)
        assert len(shop.seen) == 2


async def test_a_renewal_is_another_happening_than_the_purchase(database: str, tmp_path: Path) -> None:
    async with running(database, tmp_path, worker=False) as here:
        shop = Shop()
        recording = Recording(Happenings(here.factory.transport, "discord"), {"ENTITLEMENT_UPDATE": shop.grant})
        for ends_at in ("2026-12-01", "2027-01-01", "2027-01-01"):
            await recording.take({"type": "ENTITLEMENT_UPDATE", "data": {**BOUGHT["data"], "ends_at": ends_at}})
        assert [data["ends_at"] for data in shop.seen] == ["2026-12-01", "2027-01-01"]


async def test_what_nobody_is_responsible_for_waits_until_somebody_is(database: str, tmp_path: Path) -> None:
    async with running(database, tmp_path, worker=False) as here:
        happenings = Happenings(here.factory.transport, "discord")
        await Recording(happenings).take(BOUGHT)
        shop = Shop()
        await Recording(happenings, {"ENTITLEMENT_CREATE": shop.grant}).take(BOUGHT)
        assert len(shop.seen) == 1


@pytest.mark.parametrize("nonsense", [None, [], {"type": 1}, {"type": "X", "data": {}}, {"type": "X", "data": "900"}])
async def test_what_is_no_event_is_refused(database: str, tmp_path: Path, nonsense: Json) -> None:
    async with running(database, tmp_path, worker=False) as here:
        with pytest.raises(ValueError, match="not an event"):
            await Recording(Happenings(here.factory.transport, "discord")).take(nonsense)
