import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.workshop.crew import Crew, Lane, WorkLost


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
