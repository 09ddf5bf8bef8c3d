"""Probing against a provider that is written here, with what it finds kept in a real database."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from structlog.testing import capture_logs

from core.domain.model import Channel
from core.providers.catalogue import STUDIO, load
from core.providers.error import KeyRefused, ProviderError, Unreachable
from core.services.catalogue import LiveCatalogue
from core.services.probing import Probing
from core.store.direct import DirectTransport
from core.store.housekeeping import Housekeeping
from core.store.model import ModelRegister, Models

SHEET = load().beside(STUDIO)
BANANA, FIRST, PRO = "gemini-nano-banana-2.1", "gemini-2.5-flash-image", "gemini-3-pro-image"
LIVE = frozenset({BANANA, PRO, "gemini-3.1-flash-lite-image", "gemini-3.5-flash-lite", "gemini-3.8-flash"})


@dataclass
class Google:
    """Answers for the models in `alive`, says nothing of those in `silent`, or fails as a whole."""

    alive: frozenset[str] = LIVE
    silent: frozenset[str] = frozenset()
    failure: ProviderError | None = None
    asked: list[frozenset[str]] = field(default_factory=list)

    @dataclass(frozen=True)
    class Said:
        alive: frozenset[str]
        gone: frozenset[str]

    async def look(self, ids: Iterable[str]) -> Said:
        wanted = frozenset(ids)
        self.asked.append(wanted)
        if self.failure is not None:
            raise self.failure
        return self.Said(wanted & self.alive, wanted - self.alive - self.silent)


@dataclass
class House:
    google: Google
    probing: Probing
    catalogue: LiveCatalogue
    housekeeping: Housekeeping

    async def offered(self) -> set[str]:
        await self.catalogue.reload()
        return {row.id for row in self.catalogue().models}

    async def alerts(self) -> list[str]:
        return sorted(row["key"] for row in await self.housekeeping.open_alerts())


@asynccontextmanager
async def opened(database: str, settings: tuple[str, ...] = ("GEMINI_API_KEY",)) -> AsyncIterator[House]:
    doors = SHEET.doors(settings)

    def now() -> datetime:
        return datetime(2026, 11, 20, tzinfo=UTC)

    async with DirectTransport(database, size=2) as direct:
        google, housekeeping = Google(), Housekeeping(direct)
        register = ModelRegister(direct)
        yield House(
            google,
            Probing(SHEET, doors, {"gemini": google.look}, register, housekeeping, now),
            LiveCatalogue(SHEET, Models(direct), doors, now),
            housekeeping,
        )


@pytest.fixture
async def house(database: str) -> AsyncIterator[House]:
    async with opened(database) as made:
        yield made


async def test_every_row_of_a_provider_is_asked_for_and_premium_is_on_once_seen(house: House) -> None:
    assert PRO not in await house.offered()

    await house.probing.run()

    assert house.google.asked == [frozenset(row.id for row in SHEET.models if row.provider == "gemini")]
    assert PRO in await house.offered()
    assert await house.alerts() == []


async def test_a_vanished_model_is_retired_with_an_alert_and_the_bot_goes_on(house: House) -> None:
    house.google.alive = LIVE - {BANANA}

    with capture_logs() as logs:
        await house.probing.run()

    assert BANANA not in await house.offered()
    assert await house.alerts() == [f"model.vanished:direct:{BANANA}"]
    assert [row["model"] for row in logs if row["event"] == "model.vanished"] == [BANANA]


async def test_a_vanished_model_that_answers_again_is_offered_again_and_its_alert_ends(house: House) -> None:
    house.google.alive = LIVE - {BANANA}
    await house.probing.run()
    house.google.alive = LIVE

    await house.probing.run()

    assert BANANA in await house.offered()
    assert await house.alerts() == []


async def test_a_row_the_file_calls_retired_is_offered_when_it_answers(house: House) -> None:
    house.google.alive = LIVE | {FIRST}

    with capture_logs() as logs:
        await house.probing.run()

    assert FIRST in await house.offered()
    assert [row["model"] for row in logs if row["event"] == "model.returned"] == [FIRST]


async def test_a_provider_that_cannot_be_asked_keeps_what_was_known(house: House) -> None:
    await house.probing.run()
    before = await house.offered()
    house.google.failure = Unreachable("no such host")

    await house.probing.run()

    assert await house.offered() == before
    assert await house.alerts() == ["probe.failed:gemini"]
    house.google.failure = None
    await house.probing.run()
    assert await house.alerts() == []


async def test_a_model_nothing_is_said_of_stays_as_it_was(house: House) -> None:
    house.google.alive, house.google.silent = LIVE - {BANANA}, frozenset({BANANA})

    await house.probing.run()

    assert BANANA in await house.offered()
    assert await house.alerts() == []


async def test_a_404_during_a_call_retires_the_model_at_once(house: House) -> None:
    await house.probing.run()
    model = house.catalogue().find(BANANA)
    assert model is not None

    await house.probing.retire(model)

    assert BANANA not in await house.offered()
    assert await house.alerts() == [f"model.vanished:direct:{BANANA}"]


async def test_a_provider_without_a_key_is_not_asked(database: str) -> None:
    async with opened(database, ()) as house:
        await house.probing.run()

        assert house.google.asked == []


async def test_what_is_seen_on_the_platform_says_nothing_of_the_key(database: str) -> None:
    async with opened(database, ("GEMINI_ENTERPRISE",)) as platform:
        platform.google.alive = LIVE - {BANANA}
        await platform.probing.run()
        assert f"model.vanished:{Channel.ENTERPRISE.value}:{BANANA}" in await platform.alerts()
    async with opened(database) as house:
        assert BANANA in await house.offered()


async def test_a_database_that_is_gone_is_a_warning_and_no_fault_of_the_caller(database: str) -> None:
    async with opened(database) as house:
        model = house.catalogue().models[0]
    with capture_logs() as logs:
        await house.probing.run()
        await house.probing.retire(model)

    assert [row["event"] for row in logs if row["log_level"] == "warning"] == ["probe.not_stored"] * 2


async def test_a_refused_key_is_an_alert_until_a_probe_is_let_in(house: House) -> None:
    banana = next(row for row in SHEET.models if row.id == BANANA)
    with capture_logs() as logs:
        await house.probing.failed(banana, KeyRefused("API key not valid"))
        await house.probing.failed(banana, Unreachable("no route"))
    assert [row["reason"] for row in logs if row["event"] == "model.failed"] == ["key_refused", "unreachable"]
    assert await house.alerts() == ["provider.refused:gemini"]

    await house.probing.run()

    assert await house.alerts() == []
