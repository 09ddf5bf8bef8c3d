"""A model's picture on its way through a child process."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.domain.format import FORMATS
from core.workshop.crew import Crew
from core.workshop.refusal import BROKEN, PictureRefused
from core.workshop.workshop import Workshop, lanes
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
