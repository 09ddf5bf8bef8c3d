"""A face that is not that of the selfies: painted twice inside the job, then delivered with a warning and not charged.

The extra that compares faces is played by a module of its name, whose distances the test writes; everything else is
the factory.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageOps

from app.demo.gemini.service import GeminiStandIn
from app.demo.stage import Screen
from core.conversation.action import Generate, GoOn, Reroll
from core.conversation.event import Photo, PhotosSent
from core.conversation.view import GalleryView
from core.domain.score import UNLIKE
from core.vision import extra
from core.vision.identity import Likeness
from core.workshop.crew import Crew
from core.workshop.workshop import lanes
from tests.app.chat import Guest, closing, pictured
from tests.app.test_edit import EDIT, GRANT, factory, gemini, single, versions
from tests.app.test_gemini import PORTRAIT, facts_of

__all__ = ["gemini"]

OWN, STRANGE, STRANGER = 0.3, 0.8, 0.9
"""Distances to the selfie; from 0.62 on a face is somebody else's."""
SET = 2
Measures = Callable[..., None]
EXTRA = """
import json, os
from pathlib import Path

script = Path(os.environ["LIKENESS_SCRIPT"])

def rectangle(*corners):
    return corners

def shape_predictor(path):
    return lambda image, box: box

class face_recognition_model_v1:
    def __init__(self, path):
        self.selfie = True

    def compute_face_descriptor(self, image, shape):
        left = json.loads(script.read_text())
        distance = 0.0 if self.selfie else left.pop(0)
        self.selfie = False
        script.write_text(json.dumps(left))
        return [distance] + [0.0] * 127
"""


@pytest.fixture
def measures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Measures]:
    """The extra is installed; the call says which distances it will measure, one picture after the other."""
    (tmp_path / "dlib.py").write_text(EXTRA)
    (tmp_path / "face_recognition_models").mkdir()
    (tmp_path / "face_recognition_models" / "__init__.py").touch()
    monkeypatch.syspath_prepend(str(tmp_path))
    script = tmp_path / "script.json"
    monkeypatch.setenv("LIKENESS_SCRIPT", str(script))

    extra.models.cache_clear()  # other tests of this process have looked and found none

    def measures(*distances: float) -> None:
        script.write_text(json.dumps(distances))

    yield measures
    extra.models.cache_clear()


async def a_set(guest: Guest) -> GalleryView:
    accepted = await guest.factory.desk.accept(guest.envelope, PORTRAIT)
    assert isinstance(accepted, Photo)
    card = await guest.do(PhotosSent(photos=(accepted,), caption="I quit my job"), pictured)
    finished = await guest.press(card, Generate, closing)
    assert isinstance(finished, GalleryView)
    return finished


def test_the_likeness_that_counts_as_somebody_elses_is_the_weakest() -> None:
    assert list(Likeness)[-1] == UNLIKE


async def test_a_strange_face_is_painted_once_more_and_then_as_good_as_any(
    database: str, home: Path, gemini: GeminiStandIn, measures: Measures
) -> None:
    screen = Screen()
    measures(*[OWN] * 4, STRANGE, OWN)
    async with factory(database, home, gemini, screen, crew=Crew(lanes(1))) as one:
        guest = Guest(one.factory, screen)
        finished = await a_set(guest)
        assert all(
            row["facts"]["identity"] == {"score": 0.7, "likeness": "strong"} for row in await facts_of(one.factory)
        )

        again = await guest.press(finished, Reroll, single)

        (row,) = await versions(one.factory)
        assert [one["reason"] for one in row["facts"]["attempts"]] == ["unlike", ""]
        assert row["facts"]["cost_micro_usd"] > 2 * 30_000, "both pictures are in what it cost us"
        assert "hardly looks like" not in again.text
        assert await guest.wallet() == (GRANT - SET - EDIT, 0)


async def test_a_face_that_stays_strange_is_delivered_with_a_warning_and_not_charged(
    database: str, home: Path, gemini: GeminiStandIn, measures: Measures
) -> None:
    screen = Screen()
    measures(*[OWN] * 4, STRANGE, STRANGER)
    async with factory(database, home, gemini, screen, crew=Crew(lanes(1))) as one:
        guest = Guest(one.factory, screen)
        finished = await a_set(guest)

        again = await guest.press(finished, Reroll, single)

        assert "Variant 1 hardly looks like your selfies" in again.text
        assert "Your 1 credit is given back." in again.text
        (row,) = await versions(one.factory)
        assert row["facts"]["identity"]["score"] == 0.2, "the better of the two"
        assert await guest.wallet() == (GRANT - SET, 0)


async def test_a_set_pays_for_those_that_look_like_the_person(
    database: str, home: Path, gemini: GeminiStandIn, measures: Measures
) -> None:
    screen = Screen()
    measures(*[STRANGE] * 8)
    async with factory(database, home, gemini, screen, crew=Crew(lanes(1))) as one:
        guest = Guest(one.factory, screen)

        finished = await a_set(guest)

        assert finished.text.count("hardly looks like your selfies") == 4
        assert "Your 2 credits are given back." in finished.text
        assert await guest.wallet() == (GRANT, 0)


async def test_one_person_where_two_were_ordered_is_painted_again_and_then_said_and_not_charged(
    database: str, home: Path, gemini: GeminiStandIn
) -> None:
    """The stand-in paints the first person it is shown, and nobody else."""
    screen, file = Screen(), io.BytesIO()
    with Image.open(io.BytesIO(PORTRAIT)) as portrait:
        ImageOps.mirror(portrait.convert("RGB")).save(file, "JPEG", quality=90)
    async with factory(database, home, gemini, screen) as one:
        guest = Guest(one.factory, screen)
        photos = [await one.factory.desk.accept(guest.envelope, data) for data in (PORTRAIT, file.getvalue())]
        sent = tuple(photo for photo in photos if isinstance(photo, Photo))
        card = await guest.do(PhotosSent(photos=sent, caption="We quit"), pictured)
        both = await guest.press(card, GoOn, pictured, about="two")

        finished = await guest.press(both, Generate, closing, offer="2.draft.1")

        assert isinstance(finished, GalleryView)
        assert "Variant 1 shows one person although two were ordered" in finished.text
        rows = await facts_of(one.factory)
        assert [[tried["reason"] for tried in row["facts"]["attempts"]] for row in rows] == [["alone", ""]] * 2
        assert await guest.wallet() == (GRANT, 0)
