"""A picture finished by a child process, with what the parent hands over."""

import io
from collections.abc import AsyncIterator
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from core.domain.brief import FileType
from core.domain.format import FORMATS
from core.domain.record import to_record
from core.vision.identity import Likeness, Reason
from core.workshop import craft
from core.workshop.crew import Crew
from core.workshop.workshop import Workshop, lanes
from tests.compose.builder import recipe

YOUTUBE = FORMATS["youtube"]


@pytest.fixture
async def workshop() -> AsyncIterator[Workshop]:
    workshop = Workshop(Crew(lanes(1)))
    yield workshop
    await workshop.close()


def test_a_file_of_another_size_than_was_ordered_is_not_handed_out() -> None:
    wordless, sides = to_record(recipe(headline="", subtext="")), (YOUTUBE.draft.width, YOUTUBE.draft.height)
    plate = craft.paint(wordless, YOUTUBE.id, sides, ())
    assert craft.finish(wordless, YOUTUBE.id, sides, plate, b"", "", "webp")["data"]
    for kind in ("", "png"):
        with pytest.raises(craft.Misfiled, match="pixels"):
            craft.finish(wordless, YOUTUBE.id, (sides[0], sides[1] - 2), plate, b"", "", kind)


def logo() -> bytes:
    image, file = Image.new("RGB", (300, 300), "#ffffff"), io.BytesIO()
    ImageDraw.Draw(image).ellipse((20, 20, 280, 280), fill="#0b3d91")
    image.save(file, "JPEG")
    return file.getvalue()


async def test_a_stored_logo_and_the_signature_arrive_in_the_finished_picture(workshop: Workshop) -> None:
    plain, signed = recipe(), recipe(signature="@orbit.channel")
    plate = await workshop.paint(plain, YOUTUBE, YOUTUBE.draft, (), quick=True)
    without = await workshop.finish(plain, YOUTUBE, YOUTUBE.draft, plate)
    finished = await workshop.finish(signed, YOUTUBE, YOUTUBE.draft, plate, logo=logo())
    lossless = await workshop.export(signed, YOUTUBE, YOUTUBE.draft, plate, FileType.PNG, logo=logo())

    assert isinstance(without.spec, dict) and isinstance(finished.spec, dict)
    assert without.spec["imprint"] == {"_": "Imprint", "logo": None, "signature": None, "left_out": []}
    imprint = finished.spec["imprint"]
    assert isinstance(imprint, dict) and imprint["left_out"] == []
    mark = imprint["logo"]
    assert isinstance(mark, dict)
    x, y = (
        (float(str(mark[low])) + float(str(mark[high]))) / 2 for low, high in (("left", "right"), ("top", "bottom"))
    )
    pixels = np.asarray(Image.open(io.BytesIO(lossless.data)).convert("RGB"))
    red, _, blue = pixels[int(y), int(x)]
    assert blue > 100 > 60 > red


async def test_a_likeness_is_scored_or_the_reason_is_given(workshop: Workshop, photos: Path) -> None:
    selfie, other = ((photos / f"whitehouse-obama-{number}.jpg").read_bytes() for number in (1, 2))
    scored = await workshop.identity_score(other, (selfie,))
    if find_spec("dlib") is None:
        assert scored == {"missing": Reason.NOT_INSTALLED.value}
    else:
        assert scored["likeness"] in (Likeness.STRONG, Likeness.GOOD)
        assert 0.45 <= float(str(scored["score"])) <= 1
