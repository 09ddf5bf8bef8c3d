"""The verbs of an operator who looks after a factory."""

import shutil
import subprocess
from pathlib import Path

import pytest

from app.demo import __file__ as demo
from tests.app.process import call, started
from tests.factory import SIGNING_KEY


def said(done: subprocess.CompletedProcess[str]) -> str:
    return done.stdout + done.stderr


DOCTOR = ("settings", "files", "signing key", "database", "ledger", "pictures", "text shaping", "fonts", "face models")


def test_the_doctor_finds_a_fresh_factory_well_and_says_what_was_looked_at(home: Path) -> None:
    done = call(home, "doctor")

    assert done.returncode == 0, said(done)
    assert all(f"ok   {name}" in said(done) for name in DOCTOR)
    assert "All is well." in said(done)


def test_the_doctor_names_the_cure_of_a_fault(home: Path) -> None:
    done = call(home, "doctor", DATABASE_URL="postgresql://nobody@database.invalid/none")

    assert done.returncode == 1
    assert "SHARED_FILES=true" in said(done)


SHARED = {
    "a database of their own choice": {"DATABASE_URL": "postgresql://factory@127.0.0.1:9/factory"},
    "supabase alone": {"SUPABASE_URL": "http://127.0.0.1:9", "SUPABASE_SECRET_KEY": "k", "SHARED_FILES": "true"},
}


@pytest.mark.parametrize("shared", SHARED)
@pytest.mark.parametrize("verb", ["worker", "web"])
def test_without_a_common_key_nothing_starts_on_a_database_others_may_share(home: Path, shared: str, verb: str) -> None:
    refused = call(home, verb, **SHARED[shared])

    assert (refused.returncode, refused.stdout) == (1, "")
    assert len(refused.stderr.splitlines()) == 1
    assert "SIGNING_KEY" in refused.stderr and "openssl rand -hex 32" in refused.stderr
    assert not list(home.iterdir())


def test_the_doctor_reports_a_missing_common_key(home: Path) -> None:
    done = call(home, "doctor", **SHARED["a database of their own choice"])

    assert done.returncode == 1
    assert "FAULT signing key" in said(done) and "openssl rand -hex 32" in said(done)


def test_a_database_named_by_its_number_is_on_another_machine_too(home: Path) -> None:
    refused = call(home, "worker", DATABASE_URL="hostaddr=192.0.2.1 dbname=factory", SIGNING_KEY=SIGNING_KEY)

    assert refused.returncode == 1
    assert "SHARED_FILES=true" in refused.stderr


def test_the_supabase_sdk_alone_is_enough_for_front_ends_and_said_not_to_be_for_a_worker(home: Path) -> None:
    supabase = {"SUPABASE_URL": "http://127.0.0.1:9", "SUPABASE_SECRET_KEY": "sb_secret_x", "SHARED_FILES": "true"}

    done = call(home, "worker", **supabase, SIGNING_KEY=SIGNING_KEY)

    assert done.returncode == 1
    assert "set DATABASE_URL" in said(done)


def test_a_job_nobody_knows_is_said_in_a_sentence(home: Path) -> None:
    done = call(home, "job", "inspect", "0123456789")

    assert done.returncode == 1
    assert "There is no job 0123456789" in said(done)


def test_a_backup_restores_into_an_empty_factory_and_into_no_other(home: Path, tmp_path: Path) -> None:
    assert call(home, "migrate").returncode == 0
    archive = tmp_path / "factory.tar"
    assert call(home, "backup", str(archive)).returncode == 0

    full = call(home, "restore", str(archive))

    assert full.returncode == 1
    assert "Traceback" not in said(full)
    shutil.rmtree(home)
    home.mkdir(mode=0o711)
    restored = call(home, "restore", str(archive))
    assert restored.returncode == 0, said(restored)


def test_the_demo_tells_its_story_and_writes_its_pictures(home: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"

    done = call(home, "demo", "--out", str(out))

    assert done.returncode == 0, said(done)
    assert "Paid: 2 credits." in said(done)
    assert "stand-in for tests in place of a paid model, not by a real model" in said(done)
    sizes = {file.name.rpartition("-")[2] for file in out.glob("set-?-*.jpg")}
    assert sizes == {"1280x720.jpg", "1080x1920.jpg"}
    assert Path(demo).parent.joinpath("NOTICE").exists()


def test_the_demo_of_googles_models_says_on_every_line_that_a_stand_in_draws(home: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"

    done = call(home, "demo", "--provider", "gemini-stand-in", "--out", str(out), GEMINI_API_KEY="nobody-asks-google")

    assert done.returncode == 0, said(done)
    told = [line for line in done.stdout.splitlines() if line.startswith("  ") and not line.startswith("  wrote ")]
    assert told and all(line.startswith("  [stand-in, not Google] ") for line in told)
    assert "2 credits, 2 held" in done.stdout
    assert done.stdout.count("Paid: 2 credits.") == 2
    assert "call: gemini-nano-banana-2.1, Overloaded" in done.stdout
    assert "call: gemini-nano-banana-2.1, Retired" in done.stdout
    assert "Drawn by gemini-3.1-flash-lite-image." in done.stdout or "Nano Banana 2 Lite" in done.stdout
    assert "role standard from now on: gemini-3.1-flash-lite-image" in done.stdout
    assert len(list(out.glob("gemini-*-1280x720.jpg"))) == 8


def test_the_doctor_names_the_address_a_running_factory_really_has(home: Path) -> None:
    with started(home) as factory:
        factory.until_ready()
        done = call(home, "doctor")
        address = factory.address()
        factory.end()

    assert done.returncode == 0, said(done)
    assert f"running at {address}" in said(done)
    assert not address.endswith(":0")
    assert "web port 0 when it runs" in said(call(home, "doctor"))
