"""Judging: the score of one of our variants, or of a picture from elsewhere."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import structlog

from core.conversation import report
from core.domain import format as formats
from core.domain.job import JobKind, JobStatus
from core.domain.model import Catalogue
from core.domain.recall import covered
from core.domain.score import small_width, with_recall
from core.services import facts
from core.services.album import Album
from core.services.finishing import Assignment, Step, end
from core.services.painting import typed
from core.services.target import Targets, facts_of
from core.services.uploading import SENT_OCTETS
from core.store.work import Work
from core.workshop.crew import WorkLost
from core.workshop.workshop import Workshop

log = structlog.get_logger(__name__)


class Judging:
    def __init__(
        self, work: Work, album: Album, workshop: Workshop, targets: Targets, catalogue: Callable[[], Catalogue]
    ) -> None:
        self._work = work
        self._album = album
        self._workshop = workshop
        self._targets = targets
        self._catalogue = catalogue

    def steps(self) -> dict[JobKind, Step]:
        return {JobKind.SCORE: self._judge}

    async def _judge(self, it: Assignment) -> None:
        """One of ours by what is known of it, a picture from elsewhere by looking."""
        elsewhere = it.order.options.get("asset")
        await (self._appraise(it, str(elsewhere)) if elsewhere else self._score(it))

    async def _score(self, it: Assignment) -> None:
        """Measured on the file that is shown, against the layout it was set from."""
        target = await self._targets.find(it)
        shown, brief = facts_of(target), target.recipe.brief
        picture, shape = await self._album.load(shown.picture), formats.find(brief.format)
        layout = target.shown.spec[brief.format]
        said = facts.said(layout)
        checks, read = await asyncio.gather(
            self._workshop.score(picture, layout, typed(target.recipe, self._catalogue()), shape),
            self._reread(picture, said, small_width(shape.family, shape.size(brief.quality).width)),
        )
        known = it.facts(status=JobStatus.DONE, variants=[shown.code])
        view = report.own(
            it.voice,
            known,
            shown,
            with_recall(checks, read),
            catalogue=self._catalogue(),
            unread=self._workshop.reads and bool(said) and not covered(said),
        )
        await end(self._work, it, JobStatus.DONE, view)

    async def _appraise(self, it: Assignment, asset: str) -> None:
        """Raises WorkLost: without the measuring there is nothing to say."""
        picture = await self._album.load(asset)
        stored = await self._album.assets.get(asset)
        found = await self._workshop.appraise(picture, int(stored.facts.get(SENT_OCTETS, 0)))
        known = it.facts(status=JobStatus.DONE)
        await end(self._work, it, JobStatus.DONE, report.elsewhere(it.voice, known, found))

    async def _reread(self, picture: bytes, words: str, width: int) -> float | None:
        """What is left out where it cannot be had: everything else is known without it."""
        try:
            return await self._workshop.reread(picture, words, width)
        except WorkLost as lost:
            log.warning("score.not_reread", reason=str(lost))
            return None
