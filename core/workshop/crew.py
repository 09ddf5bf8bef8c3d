"""A crew: lanes of child processes. A killed or hung child costs its own task only."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import CancelledError as FutureCancelled
from concurrent.futures import TimeoutError as FutureTimeout
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from pebble import ProcessExpired, ProcessPool

_STARVED = re.compile(r"bad_alloc|\(-4:Insufficient memory\)|(Failed to|[Cc]annot) allocate memory")
"""What C++ and pthread, OpenCV and ONNX Runtime say when they get no memory; each raises a class of its own."""


@dataclass(frozen=True, slots=True)
class Lane:
    """Processes that serve one kind of work, so that quick work never waits behind long work."""

    processes: int
    niceness: int = 0
    tasks_per_process: int = 400
    """A child is replaced after so many tasks: native libraries fragment their heap."""
    memory_bytes: int = 0
    """Heap a child may have, where the system bounds it (Linux); 0: as it likes."""
    idle_s: float = 0.0
    """Children that had nothing to do for so long are ended, where what they hold is large; 0: they stay."""


class WorkLost(Exception):
    """The child died, ran out of memory or took too long; the task may be tried again."""


class Crew:
    """Start children on first use, run module-level functions in them, by name.

    Functions are named (`"package.module:function"`) and resolved in the child: the parent must not import what they
    need, or every front end would carry NumPy and OpenCV.
    """

    def __init__(self, lanes: Mapping[str, Lane]) -> None:
        self._lanes = dict(lanes)
        self._pools: dict[str, ProcessPool] = {}
        self._busy: Counter[str] = Counter()
        self._resting: dict[str, asyncio.TimerHandle] = {}
        self._leaving: set[asyncio.Future[None]] = set()
        # spawn: a fork of a process with threads and sockets would inherit both.
        self._context = multiprocessing.get_context("spawn")

    def processes(self, lane: str) -> int:
        return self._lanes[lane].processes

    async def run(self, lane: str, function: str, *arguments: Any, timeout_s: float) -> Any:
        """The function's result. Raises what it raised, or WorkLost."""
        try:
            return await self._result(lane, function, arguments, timeout_s)
        except BrokenProcessPool:
            # A child killed while idle broke its whole pool; nothing of this task was begun.
            self._discard(lane)
        try:
            return await self._result(lane, function, arguments, timeout_s)
        except BrokenProcessPool as error:
            raise WorkLost("no child can be started") from error

    async def _result(self, lane: str, function: str, arguments: tuple[Any, ...], timeout_s: float) -> Any:
        future = self._pool(lane).schedule(_call, args=(function, *arguments), timeout=timeout_s)
        try:
            with self._at_work(lane):
                return await asyncio.wrap_future(future)
        except (FutureTimeout, TimeoutError) as error:
            raise WorkLost(f"{function} took longer than {timeout_s:g} s") from error
        except (ProcessExpired, MemoryError) as error:
            raise WorkLost(f"the child running {function} died: {error}") from error
        except FutureCancelled as error:
            raise WorkLost(f"{function} was cancelled") from error

    def warm(self, lane: str, module: str) -> None:
        """Start the lane's children and let them import, without waiting for it."""
        self._pool(lane).schedule(import_module, args=(module,))

    @contextmanager
    def _at_work(self, lane: str) -> Iterator[None]:
        """While it lasts nobody sends the lane's children home."""
        if timer := self._resting.pop(lane, None):
            timer.cancel()
        self._busy[lane] += 1
        try:
            yield
        finally:
            self._busy[lane] -= 1
            if (idle_s := self._lanes[lane].idle_s) and not self._busy[lane]:
                self._resting[lane] = asyncio.get_running_loop().call_later(idle_s, self._send_home, lane)

    def _send_home(self, lane: str) -> None:
        if (pool := self._pools.pop(lane, None)) is not None:
            pool.stop()  # type: ignore[no-untyped-call]
            self._leaving.add(leaving := asyncio.ensure_future(asyncio.to_thread(pool.join, 3)))
            leaving.add_done_callback(self._leaving.discard)

    async def close(self) -> None:
        """End every child; unfinished tasks are lost (their jobs are requeued by whoever ran them)."""
        for timer in self._resting.values():
            timer.cancel()
        pools, self._pools = list(self._pools.values()), {}
        for pool in pools:
            pool.stop()  # type: ignore[no-untyped-call]
        await asyncio.gather(*self._leaving, *(asyncio.to_thread(pool.join, 3) for pool in pools))

    def _discard(self, lane: str) -> None:
        if (pool := self._pools.pop(lane, None)) is not None:
            pool.stop()  # type: ignore[no-untyped-call]

    def _pool(self, lane: str) -> ProcessPool:
        if lane in self._pools and not self._pools[lane].active:
            self._discard(lane)
        if lane not in self._pools:
            row = self._lanes[lane]
            self._pools[lane] = ProcessPool(
                max_workers=row.processes,
                max_tasks=row.tasks_per_process,
                initializer=_settle_in,
                initargs=(row.niceness, row.memory_bytes, os.getpid()),
                context=self._context,
            )
        return self._pools[lane]


def _settle_in(niceness: int, memory_bytes: int, parent: int) -> None:
    os.nice(niceness)
    if memory_bytes:
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (memory_bytes, memory_bytes))
    _die_with(parent)


def _die_with(parent: int) -> None:
    """Ask Linux to end this child when its parent dies, however it dies (kill -9 of a factory leaves no process)."""
    import ctypes
    import signal

    pr_set_pdeathsig = 1
    libc = ctypes.CDLL(None, use_errno=True)
    if hasattr(libc, "prctl"):
        libc.prctl(pr_set_pdeathsig, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
    # Ctrl-C goes to the whole terminal group; the parent decides what happens to running work.
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _call(function: str, *arguments: Any) -> Any:
    module, _, name = function.partition(":")
    try:
        return getattr(import_module(module), name)(*arguments)
    except Exception as error:
        if starved(error):
            raise MemoryError(str(error)) from error
        raise


def starved(error: Exception) -> bool:
    """Whether a library's error is want of memory."""
    return _STARVED.search(str(error)) is not None
