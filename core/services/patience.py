"""Patience: what is paid for outlives trouble that passes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

import structlog

log = structlog.get_logger(__name__)
T = TypeVar("T")


async def persist(
    work: Callable[[], Awaitable[T]], trouble: type[Exception], pauses_s: Sequence[float], **about: str
) -> T:
    """What `work` returns; tried again after each pause while `trouble` is in its way, which is raised in the end."""
    for pause in pauses_s:
        try:
            return await work()
        except trouble as error:
            log.warning("work.repeated", error=repr(error), again_in_s=pause, **about)
            await asyncio.sleep(pause)
    return await work()


WORK_TRIES_S = (1.0, 4.0)
"""Pauses before what was painted is given to another child, after two have been lost over it: memory comes free."""
