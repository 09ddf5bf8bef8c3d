"""Logs carry what happened and no secret."""

import io
import json
import logging
import sys

import httpx
import pytest
import structlog
from google.genai import models

from core.log import configure
from core.settings import LogFormat, load

TOKEN = "123456:canary-token-in-logs"


pytestmark = pytest.mark.usefixtures("logging_as_it_was")


def test_a_secret_is_taken_out_wherever_it_stands(capsys: pytest.CaptureFixture[str]) -> None:
    configure(load(_env_file=None, telegram_bot_token=TOKEN, log_format=LogFormat.JSON))

    structlog.get_logger("ours").warning("call.failed", url=f"https://api/bot{TOKEN}/getMe", nested={"a": [TOKEN]})
    logging.getLogger("theirs").warning("url was %s", f"/bot{TOKEN}")
    try:
        raise ValueError(TOKEN)
    except ValueError:
        structlog.get_logger("ours").exception("call.crashed")

    said = capsys.readouterr().err
    assert TOKEN not in said
    assert said.count("***") >= 4
    assert [json.loads(line)["event"] for line in said.splitlines()][:1] == ["call.failed"]


def test_the_http_library_does_not_log_addresses_that_hold_the_token() -> None:
    configure(load(_env_file=None, telegram_bot_token=TOKEN))

    assert not logging.getLogger(httpx.__name__).isEnabledFor(logging.INFO)


def test_googles_sdk_announces_no_function_calls_it_never_makes_and_still_warns() -> None:
    configure(load(_env_file=None))

    assert not models.logger.isEnabledFor(logging.INFO)
    assert models.logger.isEnabledFor(logging.WARNING)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("redirected", [False, True])
def test_a_terminal_shows_only_what_is_wrong_and_anything_else_gets_every_record_as_json(
    redirected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = Terminal()
    monkeypatch.setattr(sys, "stderr", said)
    monkeypatch.setattr(sys, "stdout", io.StringIO() if redirected else Terminal())
    configure(load(_env_file=None))
    structlog.get_logger("ours").info("job.started")
    structlog.get_logger("ours").warning("model.rests")

    lines = said.getvalue().splitlines()
    if redirected:
        assert [json.loads(line)["event"] for line in lines] == ["job.started", "model.rests"]
    else:
        assert [("model.rests" in line, line.startswith("{")) for line in lines] == [(True, False)]


def test_bound_ids_are_part_of_every_line(capsys: pytest.CaptureFixture[str]) -> None:
    configure(load(_env_file=None, log_format=LogFormat.JSON))

    with structlog.contextvars.bound_contextvars(job_id="j1"):
        structlog.get_logger("ours").info("job.started")

    assert json.loads(capsys.readouterr().err)["job_id"] == "j1"
