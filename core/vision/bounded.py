"""Decoding what strangers send, in a child process that cannot take the factory down with it."""

import asyncio
import multiprocessing
import resource
import signal
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Final

from pebble import ProcessExpired, ProcessPool

from core.vision.upload import Refusal, Upload, UploadRefused, decode, kind_of

MEMORY_BYTES: Final = 540 * 2**20
"""Address space a decode may take on top of the idle child (35 MB resident), so that the child stays below 600 MB. The
hungriest kind at its largest measured 450 MB; a heap in pieces and the stacks of decoding threads need the rest."""

TIMEOUT_S: Final = 10.0
_GRACE_S: Final = 5.0
_UPLOADS_PER_CHILD: Final = 50


class BoundedDecoder:
    """`upload.decode` with a limit on memory and time. The children start with the first upload and are replaced after
    fifty; whatever kills one costs the upload it held, and no other."""

    def __init__(self, *, children: int = 1, timeout_s: float = TIMEOUT_S, memory_bytes: int = MEMORY_BYTES) -> None:
        self._children = children
        self._timeout_s = timeout_s
        self._memory_bytes = memory_bytes
        self._pool: ProcessPool | None = None

    async def decode(self, data: bytes) -> Upload:
        """The picture in `data`, waiting for a free child if need be. Raises UploadRefused."""
        kind_of(data)  # what its first bytes give away is refused without a child
        try:
            return await self._decoded(data)
        except BrokenProcessPool:
            # A child killed while idle (by the system, short of memory) breaks its whole pool; nothing was begun yet.
            self._discard()
            return await self._decoded(data)

    async def close(self) -> None:
        """End the children; uploads being decoded are lost. A later upload would start new ones."""
        if (pool := self._discard()) is not None:
            await asyncio.to_thread(pool.join)

    async def _decoded(self, data: bytes) -> Upload:
        # The child's own alarm ends a slow decode at once, even inside native code, and even if the parent is gone;
        # the pool's timeout is for a child that hangs before it sets one.
        timeout_s = self._timeout_s + _GRACE_S
        future = self._started().schedule(_decode_in_child, args=(data, self._timeout_s), timeout=timeout_s)
        try:
            upload: Upload = await asyncio.wrap_future(future)
        except TimeoutError as error:
            raise UploadRefused(Refusal.TOO_SLOW) from error
        except ProcessExpired as error:
            raise UploadRefused(_CAUSES.get(-error.exitcode, Refusal.BROKEN)) from error
        return upload

    def _started(self) -> ProcessPool:
        if self._pool is None or not self._pool.active:
            self._pool = ProcessPool(
                max_workers=self._children,
                max_tasks=_UPLOADS_PER_CHILD,
                initializer=_confine,
                initargs=(self._memory_bytes,),
                context=multiprocessing.get_context("spawn"),  # a fork would inherit the parent's memory and sockets
            )
        return self._pool

    def _discard(self) -> ProcessPool | None:
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.stop()  # type: ignore[no-untyped-call]
        return pool


_CAUSES: Final = {signal.SIGALRM: Refusal.TOO_SLOW, signal.SIGKILL: Refusal.TOO_MANY_PIXELS}
"""What a signal that ended a child says of the picture: its own alarm; the system, short of memory."""


def _confine(memory_bytes: int) -> None:
    """Limit this child for good, counting from what it holds now (that depends on how the parent was started)."""
    pages_in_use = int(Path("/proc/self/statm").read_text().split()[0])
    most = pages_in_use * resource.getpagesize() + memory_bytes
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _decode_in_child(data: bytes, seconds: float) -> Upload:
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        return decode(data)
    finally:  # before the result travels: a child killed while it writes would leave the pool's lock taken
        signal.setitimer(signal.ITIMER_REAL, 0)
