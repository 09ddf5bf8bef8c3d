"""`doctor --live`, against the stand-in: the one call that costs money is never made by a test."""

import asyncio
import subprocess
from pathlib import Path

from app.demo.gemini.case import Case
from tests.app.process import call
from tests.gemini_server.server import gemini_server


async def doctor(home: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    return await asyncio.to_thread(call, home, "doctor", "--live", **variables)


def line(done: subprocess.CompletedProcess[str]) -> str:
    return next(row for row in done.stdout.splitlines() if "live call" in row)


async def test_one_picture_of_the_draft_model_is_painted_and_its_cost_told(home: Path, contracts: Path) -> None:
    async with gemini_server(contracts) as service:
        done = await doctor(home, GEMINI_API_KEY="a-key", GEMINI_BASE_URL=service.base_url)
        (asked,) = service.calls

    assert done.returncode == 0, done.stdout + done.stderr
    assert asked.model == "gemini-3.1-flash-lite-image"
    assert asked.config["imageConfig"]["imageSize"] == "1K"
    for part in ("ok ", asked.model, "1376x768", " s for $0.03", "out_image 1120", f"asked at {service.base_url}"):
        assert part in line(done)


async def test_without_a_key_nothing_is_called_and_the_key_is_named(home: Path) -> None:
    done = await doctor(home)

    assert done.returncode == 1
    assert line(done) == "FAULT live call      not made: no provider has a key"
    assert "-> Set GEMINI_API_KEY." in done.stdout


async def test_a_refused_key_says_to_make_a_new_one(home: Path, contracts: Path) -> None:
    async with gemini_server(contracts, key="the-right-one") as service:
        done = await doctor(home, GEMINI_API_KEY="a-wrong-one", GEMINI_BASE_URL=service.base_url)

    assert done.returncode == 1
    assert "KeyRefused" in line(done) and "Make a new key and set GEMINI_API_KEY" in done.stdout
    assert "a-wrong-one" not in done.stdout + done.stderr


async def test_a_call_that_comes_to_nothing_is_told_with_its_reason(home: Path, contracts: Path) -> None:
    async with gemini_server(contracts, case=lambda _: Case.UNAVAILABLE) as service:
        done = await doctor(home, GEMINI_API_KEY="a-key", GEMINI_BASE_URL=service.base_url)

    assert done.returncode == 1
    assert "painted nothing" in line(done) and "Overloaded" in line(done)
    assert line(done).endswith(f"asked at {service.base_url}")
