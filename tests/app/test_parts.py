"""Parts of a process: what goes wrong beside them is told, and what they began is over when they have stopped."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path

from structlog.testing import capture_logs

from app.parts import Parts
from core.services.probing import Probing, Sighting
from core.store.model import ModelRegister
from tests.factory import running
from tests.mail_server import mail_box


async def test_a_first_probe_that_breaks_is_logged_and_keeps_no_worker_from_starting(database: str, home: Path) -> None:
    async def look(models: Iterable[str]) -> Sighting:
        raise RuntimeError("a bug of ours")

    async with running(database, home, worker=False) as here:
        register, catalogue = ModelRegister(here.factory.direct), here.factory.catalogue
        here.factory.probing = Probing(
            catalogue.sheet, catalogue.doors, {"local": look}, register, here.factory.housekeeping
        )
        parts, said = Parts(here.factory, ("worker",)), list[str]()
        with capture_logs() as logs:
            await parts.start(said.append)
            async with asyncio.timeout(10):
                while not any(row["event"] == "probe.broke" for row in logs):  # noqa: ASYNC110
                    await asyncio.sleep(0.02)
            await parts.stop()
        assert said[0].startswith("worker         on")


async def test_what_rings_for_other_processes_is_over_when_the_page_has_stopped(database: str, home: Path) -> None:
    async with running(database, home, worker=False, web_port=0) as here:
        parts = Parts(here.factory, ("web",))
        await parts.start(lambda _: None)
        kept_up = [task for task in asyncio.all_tasks() if "keep_up" in repr(task)]
        assert kept_up
        await parts.stop()
        assert all(task.done() for task in kept_up)


async def test_a_request_for_a_refill_leaves_by_mail_from_whatever_process_sends(database: str, home: Path) -> None:
    async with mail_box() as box:
        given = {
            "smtp_url": f"smtp://127.0.0.1:{box.port}?from=factory@example.com",
            "alert_email_to": "ada@example.com",
        }
        async with running(database, home, worker=False, **given) as here:
            low = {"provider": "gemini", "level": "low", "balance": 4_120_000, "reserved": 0}
            await here.factory.housekeeping.raise_alert("pool.low:gemini", "pool.low", low)
            for _ in range(2):
                await here.factory.alarm.tell()
            parts = Parts(here.factory, ("outbox",))
            await parts.start(lambda _: None)
            async with asyncio.timeout(30):
                while not box.letters:  # noqa: ASYNC110
                    await asyncio.sleep(0.02)
            await parts.stop()
    (letter,) = box.letters
    assert "The pool of gemini is low: $4.12 is left." in letter.get_content() and box.recipients == ["ada@example.com"]
