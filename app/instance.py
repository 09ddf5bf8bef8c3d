"""One factory per folder: a lock that dies with its holder, and who holds it."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.stop import Stop


@dataclass(frozen=True, slots=True)
class Holder:
    pid: int
    address: str


def _file(home: Path) -> Path:
    return home / "run.lock"


@contextmanager
def only_one(home: Path, address: str) -> Iterator[Callable[[str], None]]:
    """Hold the folder, and tell who asks `address`, or what the yielded function is given. Raises Stop when another
    factory holds it."""
    home.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(_file(home), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            other = holder(home)
            where = f" (process {other.pid}, {other.address})" if other else ""
            raise Stop(f"The factory of this folder is already running{where}. Stop it with: make stop") from None

        def announce(where: str) -> None:
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, json.dumps({"pid": os.getpid(), "address": where}).encode(), 0)

        announce(address)
        yield announce
        os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)


def holder(home: Path) -> Holder | None:
    """Who runs the factory of this folder; None when nobody does (a killed one's note does not count)."""
    try:
        descriptor = os.open(_file(home), os.O_RDONLY)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        row = json.loads(os.read(descriptor, 1000) or b"null")
        return Holder(row["pid"], row["address"]) if row else None
    else:
        return None
    finally:
        os.close(descriptor)
