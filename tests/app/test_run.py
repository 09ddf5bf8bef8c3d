"""`thumbnail-factory` as an operator meets it: started, stopped, killed, refused."""

from __future__ import annotations

import signal
import socket
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from app import admission
from app.instance import only_one
from core.settings import Settings
from tests.app.process import alive, call, eventually, started

READY_WITHIN_S = 10.0
"""The first start initialises a database cluster; 1.6 s on two idle cores."""
GONE_WITHIN_S = 5.0
linux = pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")

VERBS = ("run", "stop", "demo", "worker", "web", "bot", "release", "migrate", "doctor", "backup", "restore", "job",
         "job inspect")  # fmt: skip


@linux
def test_run_starts_every_part_says_so_and_leaves_nothing_behind_on_ctrl_c(home: Path) -> None:
    begun = time.monotonic()
    with started(home) as factory:
        factory.until_ready()
        assert time.monotonic() - begun < READY_WITHIN_S
        parts = ("database", "telegram", "outbox", "worker", "clock", "webhooks", "browser chat")
        lines = factory.said().splitlines()
        assert [sum(line.startswith(f"{part} ") for line in lines) for part in parts] == [1] * len(parts)
        with urllib.request.urlopen(factory.address(), timeout=5) as page:
            assert page.status == 200
        assert len(alive(home)) > 3
        asked = time.monotonic()
        assert factory.end(signal.SIGINT) == 0
        assert eventually(lambda: not alive(home), GONE_WITHIN_S - (time.monotonic() - asked)), alive(home)
        for complaint in ("Traceback", "never awaited", "was destroyed", "ResourceWarning", "leaked"):
            assert complaint not in factory.logged()


@linux
def test_a_killed_factory_leaves_no_process_and_starts_again(home: Path) -> None:
    with started(home) as factory:
        factory.until_ready()
        factory.end(signal.SIGKILL)
        assert eventually(lambda: not alive(home), GONE_WITHIN_S), alive(home)
    with started(home) as again:
        again.until_ready()
        assert again.end(signal.SIGTERM) == 0


def test_a_second_factory_in_the_same_folder_is_refused_and_the_first_can_be_stopped(home: Path) -> None:
    with started(home) as factory:
        factory.until_ready()
        second = call(home, "run")
        assert (second.returncode, second.stdout) == (1, "")
        assert second.stderr.startswith("The factory of this folder is already running")
        assert str(factory.popen.pid) in second.stderr
        assert len(second.stderr.splitlines()) == 1
        stop = call(home, "stop")
        assert (stop.returncode, stop.stdout) == (0, "Stopped.\n")
        assert factory.popen.wait(5) == 0
    assert call(home, "stop").stdout == "Nothing is running in this folder.\n"


def test_the_way_into_the_office_leads_to_the_port_of_who_runs(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = Settings(_env_file=None, factory_home=home, web_port=8080)
    with only_one(home, "http://127.0.0.1:8095"):
        admission.main(settings)
        admission.main(settings.model_copy(update={"web_public_url": "https://thumbs.example"}))
    admission.main(settings)
    links = [line for line in capsys.readouterr().out.splitlines() if "/admin/enter?" in line]
    assert [link.partition("/admin")[0] for link in links] == [
        "http://127.0.0.1:8095",
        "https://thumbs.example",
        "http://127.0.0.1:8080",
    ]


@pytest.mark.parametrize("variable", ["WEB_PORT", "WEBHOOK_PORT"])
def test_a_busy_port_is_one_sentence_that_names_the_way_out(home: Path, variable: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        refused = call(home, "run", LOG_LEVEL="error", **{variable: port})
    assert refused.returncode == 1
    sentence = refused.stderr.splitlines()
    assert len(sentence) == 1
    assert port in sentence[0] and variable in sentence[0]


def test_a_malformed_bot_token_is_one_sentence_without_the_token(home: Path) -> None:
    refused = call(home, "run", TELEGRAM_BOT_TOKEN="my-secret-token", LOG_LEVEL="error")
    assert refused.returncode == 1
    assert len(refused.stderr.splitlines()) == 1
    assert "TELEGRAM_BOT_TOKEN" in refused.stderr
    assert "my-secret-token" not in refused.stderr + refused.stdout


def test_pictures_in_a_local_folder_are_refused_beside_a_database_elsewhere(home: Path) -> None:
    refused = call(home, "worker", DATABASE_URL="postgresql://factory@db.example.org/factory")
    assert refused.returncode == 1
    assert len(refused.stderr.splitlines()) == 1
    assert all(name in refused.stderr for name in ("DATABASE_URL", "BLOBS=supabase", "SHARED_FILES=true"))


def test_an_unusable_setting_is_named(home: Path) -> None:
    refused = call(home, "run", WEB_PORT="eighty")
    assert refused.returncode == 2
    assert "WEB_PORT" in refused.stderr and "Traceback" not in refused.stderr


def test_every_verb_explains_itself(home: Path) -> None:
    for verb in VERBS:
        told = call(home, *verb.split(), "--help")
        assert (told.returncode, told.stderr) == (0, ""), verb
        assert told.stdout.startswith("Usage: thumbnail-factory")
    assert not list(home.iterdir())
