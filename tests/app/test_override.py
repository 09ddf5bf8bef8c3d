"""An operator's word on a model, from the command line to a factory that runs."""

import asyncio
import subprocess
from pathlib import Path

import pytest

from core.domain.model import Role
from core.services.catalogue import FRESH_S
from tests.app.process import call
from tests.factory import SIGNING_KEY, Running, running
from tests.gemini_server.server import gemini_server

BANANA, LITE, PRO = "gemini-nano-banana-2.1", "gemini-3.1-flash-lite-image", "gemini-3-pro-image"


async def models(database: str, home: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    given = {"DATABASE_URL": database, "SIGNING_KEY": SIGNING_KEY, "GEMINI_API_KEY": "a-key", **variables}
    return await asyncio.to_thread(call, home, "models", *words, **given)


async def standard(here: Running) -> list[str]:
    """The role's candidates as a running factory sees them, once it has looked again."""
    await asyncio.sleep(FRESH_S)
    return [model.id for model in (await here.factory.catalogue.fresh()).for_role(Role.STANDARD)]


async def test_a_model_is_taken_off_and_put_back_without_a_restart(database: str, home: Path) -> None:
    async with running(database, home, gemini_api_key="a-key", worker=False) as here:
        assert (await here.factory.catalogue.fresh()).for_role(Role.STANDARD)[0].id == BANANA

        done = await models(database, home, "disable", BANANA)

        assert done.returncode == 0, done.stderr
        assert "switched off by an operator" in done.stdout
        assert await standard(here) == [LITE, "studio"]

        assert (await models(database, home, "reset", BANANA)).returncode == 0
        assert await standard(here) == [BANANA, LITE, "studio"]


async def test_price_and_place_are_set_and_what_is_not_named_stays(database: str, home: Path) -> None:
    async with running(database, home, gemini_api_key="a-key", worker=False) as here:
        assert (await models(database, home, "set", LITE, "--rank", "1", "--surcharge", "1")).returncode == 0
        done = await models(database, home, "set", LITE, "--price", "1K=0.05")

        assert "1K $0.050" in done.stdout and "+1" in done.stdout and "standard 1" in done.stdout
        assert await standard(here) == [LITE, BANANA, "studio"]
        lite = here.factory.catalogue().find(LITE)
        assert lite is not None and (lite.surcharge, dict(lite.prices)) == (1, {"1K": 50_000})


async def test_an_enabled_model_waits_for_no_probe(database: str, home: Path) -> None:
    assert "waits for the probe" in (await models(database, home)).stdout

    done = await models(database, home, "enable", PRO)

    assert done.stdout.splitlines()[1].startswith("on")


async def test_a_probe_asks_now_and_its_word_is_kept(database: str, home: Path, contracts: Path) -> None:
    async with gemini_server(contracts, dead={BANANA}) as service:
        done = await models(database, home, "probe", GEMINI_BASE_URL=service.base_url)

    assert done.returncode == 0, done.stderr
    rows = {line.split()[1]: line for line in done.stdout.splitlines() if line.startswith(("on ", "off "))}
    assert rows[PRO].startswith("on") and rows[BANANA].startswith("off")
    assert "did not answer the probe" in (await models(database, home)).stdout


async def test_a_probe_that_nobody_answers_says_so(database: str, home: Path, contracts: Path) -> None:
    async with gemini_server(contracts, key="another") as service:
        done = await models(database, home, "probe", GEMINI_BASE_URL=service.base_url)

    assert done.returncode == 1
    logged, told = done.stderr.splitlines()
    assert "probe.failed" in logged and "KeyRefused" in told


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("disable", "nano-banana-2.1"), f"did you mean {BANANA}?"),
        (("disable", "studio"), "The studio is free and always on"),
        (("set", BANANA), "Say what to set"),
        (("set", BANANA, "--price", "9K=1"), "has no size 9K: 1K, 2K, 4K."),
        (("set", BANANA, "--price", "1K=dear"), "1K=dear is no price"),
        (("set", BANANA, "--price", "1K=-1"), "1K=-1 is no price"),
        (("set", "gemini-3.5-flash-lite", "--price", "1K=1"), "not paid by the picture"),
    ],
)
def test_a_slip_is_one_sentence_and_changes_nothing(home: Path, words: tuple[str, ...], sentence: str) -> None:
    done = call(home, "models", *words)

    assert done.returncode == 1
    assert sentence in done.stderr and len(done.stderr.splitlines()) == 1
    assert not list(home.iterdir())
