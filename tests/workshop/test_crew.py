import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.workshop.crew import Crew, Lane, WorkLost, starved


@pytest.fixture
async def crew() -> AsyncIterator[Crew]:
    crew = Crew({"quick": Lane(1), "sets": Lane(1, niceness=5)})
    yield crew
    await crew.close()


def _lives(process: int) -> bool:
    status = Path(f"/proc/{process}/stat")
    try:
        return ") Z" not in status.read_text()
    except (FileNotFoundError, ProcessLookupError):  # the second: it ended between the opening and the reading
        return False


def _outlived(process: int) -> None:
    while _lives(process):
        time.sleep(0.02)


async def test_a_killed_child_costs_its_own_task_only(crew: Crew) -> None:
    with pytest.raises(WorkLost):
        await crew.run("quick", "os:abort", timeout_s=10)

    assert await crew.run("quick", "math:sqrt", 9, timeout_s=10) == 3


async def test_a_child_killed_while_idle_is_replaced(crew: Crew) -> None:
    child = await crew.run("quick", "os:getpid", timeout_s=10)
    os.kill(child, signal.SIGKILL)
    while _lives(child):
        pass

    assert await crew.run("quick", "os:getpid", timeout_s=10) != child


async def test_what_takes_too_long_is_given_up(crew: Crew) -> None:
    with pytest.raises(WorkLost, match=r"longer than 0\.2 s"):
        await crew.run("quick", "time:sleep", 30, timeout_s=0.2)


async def test_what_the_function_raises_arrives_as_it_is(crew: Crew) -> None:
    with pytest.raises(ValueError, match="math domain"):
        await crew.run("quick", "math:sqrt", -1, timeout_s=10)


async def test_lanes_have_children_of_their_own(crew: Crew) -> None:
    quick = await crew.run("quick", "os:getpid", timeout_s=10)
    sets = await crew.run("sets", "os:getpid", timeout_s=10)

    assert quick != sets
    assert await crew.run("sets", "os:nice", 0, timeout_s=10) == os.nice(0) + 5


async def test_children_with_nothing_to_do_are_ended_and_new_ones_take_the_next_task() -> None:
    crew = Crew({"reading": Lane(1, idle_s=0.05)})
    try:
        child = await crew.run("reading", "os:getpid", timeout_s=10)
        await asyncio.to_thread(_outlived, child)
        assert await crew.run("reading", "os:getpid", timeout_s=10) != child
    finally:
        await crew.close()


async def test_a_child_that_takes_more_memory_than_its_lane_allows_costs_its_task_only() -> None:
    crew = Crew({"reading": Lane(1, memory_bytes=200 << 20)})
    try:
        with pytest.raises(WorkLost):
            await crew.run("reading", "builtins:bytearray", 400 << 20, timeout_s=10)
        assert await crew.run("reading", "math:sqrt", 9, timeout_s=10) == 3
    finally:
        await crew.close()


async def test_a_library_that_says_want_of_memory_in_its_own_words_costs_its_task_only() -> None:
    crew = Crew({"reading": Lane(1, memory_bytes=1 << 30)})
    try:
        with pytest.raises(WorkLost, match="Insufficient memory"):
            await crew.run("reading", "cv2:getGaussianKernel", (1 << 28) + 1, 1.0, timeout_s=10)
    finally:
        await crew.close()


@pytest.mark.parametrize(
    ("said", "wanting"),
    [
        ("[ONNXRuntimeError] : 1 : FAIL : Load model from det.onnx failed:std::bad_alloc", True),
        ("[ONNXRuntimeError] : 1 : FAIL : Non-zero status code returned while running Conv node. bfc_arena.cc:360 "
         "Failed to allocate memory for requested buffer of size 29491200", True),
        ("PosixThread pthread_create failed, error code: 12 error msg: Cannot allocate memory", True),
        ("[ONNXRuntimeError] : 7 : INVALID_PROTOBUF : Load model from det.onnx failed:Protobuf parsing failed.", False),
    ],
)  # fmt: skip
def test_a_reader_without_memory_is_known_by_what_it_says(said: str, wanting: bool) -> None:
    assert starved(RuntimeError(said)) is wanting
