"""The workshop as its users see it: typed requests for CPU work, answered by child processes."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.domain.advice import Advice
from core.domain.brief import FileType
from core.domain.format import Format, Size
from core.domain.job import Recipe
from core.domain.recall import covered
from core.domain.record import Json, from_record, to_record
from core.domain.score import Appraisal, Check
from core.vision import extra
from core.workshop.crew import Crew, Lane, WorkLost

QUICK = "quick"
"""Upload checks, previews, text edits: somebody is looking at the screen."""
SETS = "sets"
READING = "reading"
"""What is only wanted to be known."""

_CRAFT = "core.workshop.craft"
_PROOFREADER = "core.workshop.proofreader"
_APPRAISAL = "core.workshop.appraisal"
_READING_S = 60.0
_READING_BYTES = 1 << 30
"""Measured: 350 MB resident, 550 MB of heap reserved."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """A delivered file of a variant and what the typesetter knows of it."""

    data: bytes
    width: int
    height: int
    spec: Json
    """The layout as numbers: boxes, fonts, colours, line breaks."""
    advice: Advice | None
    """On the headline, as it came out."""
    seen: str
    """Its impression (`core.compose.impression`), as hexadecimal digits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Adopted:
    """A model's picture as a plate."""

    plate: bytes
    """In its stored form."""
    facts: dict[str, Json]
    """`core.compose.adoption.Adopted.facts`: the gates it passed or not, how far it was enlarged and extended."""


def lanes(studio_processes: int) -> dict[str, Lane]:
    """One child for quick work, `studio_processes` for sets, one that reads; each steps back for those before it."""
    return {
        QUICK: Lane(1),
        SETS: Lane(studio_processes, niceness=10),
        READING: Lane(1, niceness=15, tasks_per_process=50, memory_bytes=_READING_BYTES, idle_s=120.0),
    }


class Workshop:
    def __init__(self, crew: Crew) -> None:
        self._crew = crew
        self._adopters: asyncio.Queue[str] = asyncio.Queue()
        for lane in (*[SETS] * crew.processes(SETS), QUICK):
            self._adopters.put_nowait(lane)

    def warm(self) -> None:
        """Start the quick child and let it import everything, so that the first person does not wait for it."""
        self._crew.warm(QUICK, _CRAFT)

    async def check(self, picture: bytes) -> dict[str, Json]:
        """The selfie report (`core.vision.selfie.SelfieReport.to_dict`) of an accepted upload."""
        report: dict[str, Json] = await self._run(QUICK, "check", picture, timeout_s=15)
        return report

    async def paint(
        self, recipe: Recipe, target: Format, size: Size, photos: Sequence[bytes], *, quick: bool = False
    ) -> bytes:
        """The studio's plate for a recipe, in its stored form. `photos`: the selfies to draw, or without a person what
        is shown in their place."""
        lane = QUICK if quick else SETS
        plate: bytes = await self._run(
            lane, "paint", to_record(recipe), target.id, _pair(size), tuple(photos), timeout_s=60
        )
        return plate

    async def refit(self, recipe: Recipe, target: Format, size: Size, plate: bytes) -> bytes:
        """A plate of whatever format and size, cut and carried on for this one: the same picture in another shape."""
        fitted: bytes = await self._run(QUICK, "refit", to_record(recipe), target.id, _pair(size), plate, timeout_s=30)
        return fitted

    async def reduce(self, picture: bytes) -> bytes:
        """A picture's file as it is sent to a model (JPEG): no more pixels than a model looks at."""
        small: bytes = await self._run(QUICK, "reduce", picture, timeout_s=15)
        return small

    async def bare(self, plate: bytes) -> bytes:
        """The picture of a plate (JPEG): what a model is shown of a variant, without its type."""
        picture: bytes = await self._run(QUICK, "bare", plate, timeout_s=15)
        return picture

    async def adopt(self, recipe: Recipe, target: Format, size: Size, original: bytes) -> Adopted:
        """A plate from the file a model painted, whatever its size. Raises PictureRefused when it is no picture.

        A model's pictures all come at one moment, so every child takes one at a time; who looks at the screen waits for
        one at most.
        """
        lane = await self._adopters.get()
        try:
            row = await self._run(lane, "adopt", to_record(recipe), target.id, _pair(size), original, timeout_s=60)
        finally:
            self._adopters.put_nowait(lane)
        return Adopted(**row)

    async def finish(
        self, recipe: Recipe, target: Format, size: Size, plate: bytes, *, logo: bytes = b"", mark: str = ""
    ) -> Finished:
        """Set the type on a plate and encode a JPEG within the format's byte budget. `logo` is an image file.

        Raises TypeRefused for words no face covers, or that are too many to be read.
        """
        return await self._finish(recipe, target, size, plate, logo, mark, "")

    async def sketch(
        self, recipe: Recipe, target: Format, size: Size, plate: bytes, *, logo: bytes = b"", mark: str = ""
    ) -> Finished:
        """As `finish`, but too many words are shown as small as they get: the doctor's line beside it says so."""
        return await self._finish(recipe, target, size, plate, logo, mark, "", strict=False)

    async def export(
        self,
        recipe: Recipe,
        target: Format,
        size: Size,
        plate: bytes,
        kind: FileType,
        *,
        logo: bytes = b"",
        mark: str = "",
        quick: bool = True,
    ) -> Finished:
        """The same picture as a file to keep: nothing is refused that was delivered before."""
        lane = QUICK if quick else SETS
        return await self._finish(recipe, target, size, plate, logo, mark, kind.value, strict=False, lane=lane)

    async def most_apart(self, pictures: Sequence[bytes], count: int) -> tuple[int, ...]:
        """Places of the `count` that differ most, in order."""
        places: tuple[int, ...] = await self._run(QUICK, "most_apart", tuple(pictures), count, timeout_s=30)
        return places

    async def sheet(self, pictures: Sequence[bytes]) -> bytes:
        """A numbered contact sheet (JPEG) of up to six pictures."""
        sheet: bytes = await self._run(QUICK, "sheet", tuple(pictures), timeout_s=30)
        return sheet

    async def feed(self, picture: bytes, title: str, channel: str) -> tuple[bytes, Size]:
        """How a picture looks in feeds: four sizes, dark and light (JPEG)."""
        feed, size = await self._run(QUICK, "feed", picture, title, channel, timeout_s=30)
        return feed, Size(*size)

    async def score(self, picture: bytes, layout: Json, recipe: Recipe, target: Format) -> tuple[Check, ...]:
        """What is measured on a finished picture; `layout` is the spec it was finished with."""
        checks = await self._run(QUICK, "score", picture, layout, to_record(recipe), target.id, timeout_s=15)
        return tuple(from_record(Check, check) for check in checks)

    @property
    def reads(self) -> bool:
        """Whether anything can be read here at all."""
        return extra.reads()

    async def reread(self, picture: bytes, words: str, width: int) -> float | None:
        """Share of the words that can be read in a picture shown `width` px wide, 0 to 1; None: nobody here can read
        them (the extra is not installed, or the script is not among what it knows). Raises WorkLost."""
        if not (extra.reads() and covered(words)):
            return None
        share: float = await self._crew.run(
            READING, f"{_PROOFREADER}:reread", picture, words, width, timeout_s=_READING_S
        )
        return share

    async def appraise(self, picture: bytes, octets: int) -> Appraisal:
        """What can be told of a picture from elsewhere, whose file had `octets` (0: unknown). Raises WorkLost."""
        lane = READING if extra.reads() else QUICK
        record = await self._crew.run(lane, f"{_APPRAISAL}:appraise", picture, octets, timeout_s=_READING_S)
        return from_record(Appraisal, record)

    async def identity_score(self, picture: bytes, selfies: Sequence[bytes]) -> dict[str, Json]:
        """How much the face of a picture looks like the selfies': `score` (0..1) and `likeness`
        (`core.vision.identity.Likeness`), or `missing` (`Reason`): the extra may not be installed."""
        if extra.models() is None:
            return {"missing": "not_installed"}  # known here: no need to stand in line behind a set
        scored: dict[str, Json] = await self._run(SETS, "identity_score", picture, tuple(selfies), timeout_s=30)
        return scored

    async def close(self) -> None:
        await self._crew.close()

    async def _finish(
        self,
        recipe: Recipe,
        target: Format,
        size: Size,
        plate: bytes,
        logo: bytes,
        mark: str,
        file_type: str,
        strict: bool = True,
        lane: str = QUICK,
    ) -> Finished:
        row = await self._run(
            lane,
            "finish",
            to_record(recipe),
            target.id,
            _pair(size),
            plate,
            logo,
            mark,
            file_type,
            strict,
            timeout_s=60 if file_type else 30,  # the archive of a picture in 4K takes seven on an idle machine
        )
        return Finished(**{**row, "advice": row["advice"] and from_record(Advice, row["advice"])})

    async def _run(self, lane: str, function: str, *arguments: Any, timeout_s: float) -> Any:
        try:
            return await self._crew.run(lane, f"{_CRAFT}:{function}", *arguments, timeout_s=timeout_s)
        except WorkLost:
            # A child can be killed for what another task of the machine did; what kills two is the task itself.
            return await self._crew.run(lane, f"{_CRAFT}:{function}", *arguments, timeout_s=timeout_s)


def _pair(size: Size) -> tuple[int, int]:
    return size.width, size.height
