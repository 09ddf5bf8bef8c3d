"""A model's picture on its way through a child process."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from core.domain.format import FORMATS
from core.workshop.crew import Crew
from core.workshop.refusal import BROKEN, PictureRefused
from core.workshop.workshop import QUICK, SETS, Workshop, lanes
from tests.compose.builder import recipe

YOUTUBE, REELS = FORMATS["youtube"], FORMATS["reels"]


@pytest.fixture
async def workshop() -> AsyncIterator[Workshop]:
    workshop = Workshop(Crew(lanes(1)))
    yield workshop
    await workshop.close()


async def test_a_painted_picture_is_adopted_set_and_carried_on_into_another_format(
    workshop: Workshop, photos: Path
) -> None:
    wanted = recipe(selfies=("a",))
    adopted = await workshop.adopt(wanted, YOUTUBE, YOUTUBE.draft, (photos / "whitehouse-obama-1.jpg").read_bytes())
    assert adopted.facts["gates"] == {"sharp": True, "face": True}
    finished = await workshop.finish(wanted, YOUTUBE, YOUTUBE.draft, adopted.plate)
    assert (finished.width, finished.height) == (768, 432)
    tall = await workshop.refit(wanted, REELS, REELS.draft, adopted.plate)
    finished = await workshop.finish(wanted, REELS, REELS.draft, tall)
    assert (finished.width, finished.height) == (432, 768)


async def test_what_is_no_picture_is_refused_by_name_across_the_border(workshop: Workshop) -> None:
    with pytest.raises(PictureRefused) as refused:
        await workshop.adopt(recipe(), YOUTUBE, YOUTUBE.draft, b"\xff\xd8\xff\xe0 and nothing else")
    assert refused.value.reason == BROKEN


class Watched(Crew):
    """Children that only take their time."""

    def __init__(self, processes: int) -> None:
        super().__init__(lanes(processes))
        self.busy: Counter[str] = Counter()
        self.most: Counter[str] = Counter()

    async def run(self, lane: str, function: str, *arguments: Any, timeout_s: float) -> Any:
        self.busy[lane] += 1
        self.most[lane] = max(self.most[lane], self.busy[lane])
        await asyncio.sleep(0.01)
        self.busy[lane] -= 1
        return {"plate": b"", "facts": {}}


@pytest.mark.parametrize("processes", [1, 3])
async def test_a_sets_pictures_are_adopted_by_every_child_and_quick_work_waits_for_one_at_most(processes: int) -> None:
    crew = Watched(processes)
    workshop = Workshop(crew)
    await asyncio.gather(*(workshop.adopt(recipe(), YOUTUBE, YOUTUBE.draft, b"") for _ in range(12)))
    assert crew.most == {SETS: processes, QUICK: 1}


async def test_an_adoption_that_fails_leaves_its_place_to_the_next() -> None:
    class Refusing(Watched):
        async def run(self, lane: str, function: str, *arguments: Any, timeout_s: float) -> Any:
            await super().run(lane, function, *arguments, timeout_s=timeout_s)
            raise PictureRefused(BROKEN, "cut off")

    workshop = Workshop(Refusing(1))
    async with asyncio.timeout(5):
        for _ in range(5):
            with pytest.raises(PictureRefused):
                await workshop.adopt(recipe(), YOUTUBE, YOUTUBE.draft, b"")
