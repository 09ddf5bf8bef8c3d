"""`thumbnail-factory models` and the doctor's word on keys."""

import asyncio
from datetime import UTC, date, datetime
from pathlib import Path

from app.models import describe, lit_by
from core.domain.model import Channel
from core.providers.catalogue import STUDIO, load
from core.services.catalogue import assemble, listing
from core.store.model import ModelState, Override, Probe
from tests.app.process import call
from tests.factory import SIGNING_KEY
from tests.gemini_server.server import gemini_server

SHEET = load().beside(STUDIO)
TODAY = date(2026, 11, 20)
BANANA, LITE, PRO = "gemini-nano-banana-2.1", "gemini-3.1-flash-lite-image", "gemini-3-pro-image"


def table(*state: Probe | Override, settings: tuple[str, ...] = ("GEMINI_API_KEY",)) -> dict[str, str]:
    """Model id -> its row, with the reason below it if there is one."""
    overrides = tuple(row for row in state if isinstance(row, Override))
    probes = tuple(row for row in state if isinstance(row, Probe))
    rows = listing(SHEET, ModelState(overrides, probes), SHEET.doors(settings), TODAY)
    lines = list(describe(rows, assemble(rows, SHEET), SHEET))
    found: dict[str, str] = {}
    for line in lines[1:-2]:
        if line.lstrip().startswith("->"):
            found[list(found)[-1]] += "\n" + line
        else:
            found[line.split()[1]] = line
    return found


def seen(model: str, answers: bool) -> Probe:
    return Probe(model, Channel.DIRECT, answers, datetime(2026, 11, 20, 9, 30, tzinfo=UTC))


def test_the_verb_prints_every_model_and_which_key_would_light_it_up(home: Path) -> None:
    done = call(home, "models")

    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0].split()[0] == "MODEL", "nothing but the table, on a fresh folder too"
    at = next(place for place, line in enumerate(lines) if BANANA in line)
    assert lines[at].startswith("off")
    assert lines[at + 1].strip() == "-> set GEMINI_API_KEY to light it up"
    assert all(any(row.id in line for line in lines) for row in SHEET.models)
    assert any(line.startswith("on") and "studio" in line for line in lines)


def test_a_row_tells_state_dates_prices_surcharge_and_the_place_in_each_role() -> None:
    rows = table(seen(PRO, True))

    assert rows[BANANA].startswith("on")
    for part in ("live", "2026-10-06", "1K $0.034 2K $0.050 4K $0.113", "draft 2, standard 1, 4k 1"):
        assert part in rows[BANANA]
    for part in ("Nano Banana Pro *", "+2", "premium 1"):
        assert part in rows[PRO]
    assert "~$0.040" in rows["imagen-4.0-generate-001"]
    assert "$0.30/2.50 a million tokens" in rows["gemini-3.5-flash-lite"]


def test_killing_a_model_moves_its_role_to_the_next() -> None:
    rows = table(seen(BANANA, False))

    assert rows[BANANA].startswith("off")
    assert "-> did not answer the probe of 2026-11-20 09:30 UTC" in rows[BANANA]
    assert "standard 1" in rows[LITE]


def test_each_way_of_being_off_has_its_words() -> None:
    rows = table(Override(model=LITE, enabled=False))
    keyless = table(settings=())

    assert "switched off by an operator" in rows[LITE]
    assert "waits for the probe" in rows[PRO]
    assert "retired, gemini-nano-banana-2.1 takes its place" in rows["gemini-2.5-flash-image"]
    assert "retired, gemini-nano-banana-2.1 takes its place" in keyless["gemini-2.5-flash-image"]
    assert "set GEMINI_ENTERPRISE to light it up" in keyless["imagen-4.0-generate-001"]


def test_the_doctor_tells_which_key_would_light_up_which_models(home: Path) -> None:
    done = call(home, "doctor")

    assert "none set, and none is needed" in done.stdout
    line = next(row for row in done.stdout.splitlines() if "gemini key" in row)
    assert line.startswith("ok")
    for name in ("not set: GEMINI_API_KEY", "Nano Banana 2.1", "Nano Banana 2 Lite", "Nano Banana Pro"):
        assert name in line


async def test_the_doctor_tells_what_the_probe_found(database: str, home: Path, contracts: Path) -> None:
    given = {"DATABASE_URL": database, "SIGNING_KEY": SIGNING_KEY, "SHARED_FILES": "true", "GEMINI_API_KEY": "a-key"}
    async with gemini_server(contracts, dead={BANANA}) as service:
        await asyncio.to_thread(call, home, "models", "probe", **given, GEMINI_BASE_URL=service.base_url)
        done = await asyncio.to_thread(call, home, "doctor", **given)
        await asyncio.to_thread(call, home, "models", "disable", BANANA, **given)
        settled = await asyncio.to_thread(call, home, "doctor", **given)

    lines = done.stdout.splitlines()
    key = next(row for row in lines if "gemini key" in row)
    assert "on offer" in key and "Nano Banana Pro" in key and "Nano Banana 2.1" not in key
    assert "none is needed" not in done.stdout
    (dead,) = (place for place, row in enumerate(lines) if "Nano Banana 2.1 did not answer the probe" in row)
    assert lines[dead].startswith("FAULT") and f"models disable {BANANA}" in lines[dead + 1]
    (past,) = (row for row in lines if "Nano Banana 2: its announced end was 2026-10-29" in row)
    assert past.startswith("ok")
    assert settled.returncode == 0, "what an operator took off for good is no fault any more"
    assert "switched off by an operator Nano Banana 2.1" in settled.stdout


async def test_the_doctor_tells_of_a_probe_that_was_refused(database: str, home: Path, contracts: Path) -> None:
    given = {"DATABASE_URL": database, "SIGNING_KEY": SIGNING_KEY, "SHARED_FILES": "true", "GEMINI_API_KEY": "a-key"}
    async with gemini_server(contracts, key="another") as service:
        await asyncio.to_thread(call, home, "models", "probe", **given, GEMINI_BASE_URL=service.base_url)
        done = await asyncio.to_thread(call, home, "doctor", **given)

    assert done.returncode == 1
    assert "probe.failed since" in done.stdout and "Check GEMINI_API_KEY" in done.stdout


def test_a_model_past_its_announced_end_is_marked_while_it_answers() -> None:
    rows = table(seen("gemini-3.1-flash-image", True))

    assert rows["gemini-3.1-flash-image"].startswith("on")
    assert "-> its announced end was 2026-10-29; offered while it answers" in rows["gemini-3.1-flash-image"]


def test_a_key_lights_up_what_is_not_retired() -> None:
    names = lit_by("gemini", SHEET, TODAY)

    assert "Nano Banana 2.1" in names
    assert "Nano Banana Pro" in names
    assert "Nano Banana" not in names
