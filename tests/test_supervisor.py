"""Supervision: begun again when it breaks, and named only while it keeps breaking."""

from __future__ import annotations

import asyncio

import pytest

from core.supervisor import Supervisor


class Hours:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_one_break_is_nobodys_business() -> None:
    supervisor = Supervisor(clock=Hours())
    supervisor.broke("outbox")
    assert supervisor.failing == ()


def test_what_breaks_again_and_again_is_named_until_it_has_held() -> None:
    hours = Hours()
    supervisor = Supervisor(steady_s=30, clock=hours)
    for _ in range(3):
        supervisor.broke("outbox")
        hours.now += 10
    assert supervisor.failing == ("outbox",)
    hours.now += 21
    assert supervisor.failing == ()


def test_two_breaks_far_apart_are_two_single_ones() -> None:
    hours = Hours()
    supervisor = Supervisor(steady_s=30, clock=hours)
    for _ in range(5):
        supervisor.broke("outbox")
        hours.now += 31
    supervisor.broke("outbox")
    assert supervisor.failing == ()


async def test_what_broke_is_begun_again_until_it_is_cancelled() -> None:
    supervisor, begun = Supervisor(pause_s=0), asyncio.Event()
    times = 0

    async def breaking_twice() -> None:
        nonlocal times
        times += 1
        if times < 3:
            raise RuntimeError
        begun.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(supervisor.keep_up("outbox", breaking_twice))
    await asyncio.wait_for(begun.wait(), 5)
    assert supervisor.failing == ("outbox",)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
