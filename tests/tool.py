"""Programs of others that tests ask: installed ones, and packages from npm that are installed once."""

import fcntl
import os
import shutil
import subprocess
from pathlib import Path
from typing import NoReturn

import pytest

FOLDER = Path(__file__).parents[1] / ".factory" / "test-tools"


def program(*names: str) -> str:
    """Path of the first that is installed; without one a visible skip, and in CI a failure."""
    found = next(filter(None, map(shutil.which, names)), None)
    return found or _do_without(f"{names[0]} is not installed")


def package(name: str, version: str, file: str) -> Path:
    """A file of an npm package; where it cannot be installed a visible skip, and in CI a failure."""
    wanted = FOLDER / "node_modules" / name / file
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / "install.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not wanted.exists():
            options = ["--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(FOLDER)]
            command = [program("npm"), "install", *options, f"{name}@{version}"]
            done = subprocess.run(command, capture_output=True, text=True)
            if done.returncode:
                _do_without(f"npm could not install {name}: {done.stderr.strip()}")
    return wanted


def _do_without(reason: str) -> NoReturn:
    if os.environ.get("CI") == "true":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)
