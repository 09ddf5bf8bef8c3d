"""The factory as a process of its own, with a home of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PROGRAM = Path(sys.executable).with_name("thumbnail-factory")
READY = "Ready."
PATIENCE_S = 100.0


def surroundings(home: Path, **variables: str) -> dict[str, str]:
    """The environment of a factory that inherits no settings and takes whatever ports are free."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    return {**kept, "FACTORY_HOME": str(home), "WEB_PORT": "0", "WEBHOOK_PORT": "0", **variables}


def call(home: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a verb to its end."""
    return subprocess.run(
        [PROGRAM, *arguments],
        env=surroundings(home, **variables),
        cwd=home,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )


def eventually(condition: Callable[[], bool], seconds: float = PATIENCE_S) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def alive(home: Path) -> list[str]:
    """Command lines of the processes that work for the factory of this home: they carry its name or stand in it."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            status = (folder / "stat").read_text().rpartition(")")[2].split()[0]
            named = f"FACTORY_HOME={home}".encode() in (folder / "environ").read_bytes().split(b"\0")
            if status != "Z" and (named or (folder / "cwd").readlink().is_relative_to(home / "postgres")):
                found.append((folder / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue  # ended meanwhile, or somebody else's
    return found


@dataclass
class Process:
    home: Path
    popen: subprocess.Popen[bytes]
    out: Path
    err: Path

    def said(self) -> str:
        return self.out.read_text()

    def logged(self) -> str:
        return self.err.read_text()

    def until_ready(self) -> None:
        assert eventually(lambda: READY in self.said() or self.popen.poll() is not None), self.said()
        assert READY in self.said(), f"it ended with {self.popen.returncode}: {self.said()}{self.logged()}"

    def address(self) -> str:
        line = next(row for row in self.said().splitlines() if row.startswith("browser chat"))
        return line.split()[-1]

    def end(self, number: signal.Signals = signal.SIGINT) -> int:
        """Its exit code."""
        self.popen.send_signal(number)
        return self.popen.wait(PATIENCE_S)


@contextmanager
def started(home: Path, verb: str = "run", **variables: str) -> Iterator[Process]:
    """A verb in the background; whatever became of it, it is gone afterwards."""
    number = len(list(home.glob("*.out")))
    out, err = home / f"{number}.out", home / f"{number}.err"
    with out.open("wb") as said, err.open("wb") as logged:
        popen = subprocess.Popen(
            [PROGRAM, verb],
            env=surroundings(home, **variables),
            cwd=home,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=logged,
        )
    try:
        yield Process(home, popen, out, err)
    finally:
        popen.kill()
        popen.wait(PATIENCE_S)
