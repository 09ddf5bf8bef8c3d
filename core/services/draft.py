"""A first draft: what a model shows of its thinking, in the status message until the first picture is finished."""

from __future__ import annotations

import asyncio

import structlog

from core.conversation import present
from core.domain.job import Stage
from core.providers.base import Original
from core.services.drawing import Drawing
from core.services.failing import Expected
from core.services.finishing import Assignment
from core.store.error import StoreError
from core.store.work import Work
from core.workshop.refusal import PictureRefused
from core.workshop.workshop import Workshop

log = structlog.get_logger(__name__)


class FirstDraft:
    """Of one attempt at a job: shown once, whichever variant's it is, and not any more once it is over. It is nobody's
    variant, costs nothing, and the store deletes it as the job ends; one that cannot be shown is left out."""

    def __init__(self, it: Assignment, work: Work, drawing: Drawing, workshop: Workshop) -> None:
        self._it = it
        self._work = work
        self._drawing = drawing
        self._workshop = workshop
        self._showing: asyncio.Task[None] | None = None
        self._over = False

    def take(self, draft: Original) -> None:
        if self._showing is None and not self._over:
            self._showing = asyncio.create_task(self._show(draft))

    async def over(self) -> None:
        """A finished picture takes its place, or the job ends. Afterwards nothing of it is under way."""
        self._over = True
        if self._showing is not None:
            self._showing.cancel()
            await asyncio.gather(self._showing, return_exceptions=True)

    async def _show(self, draft: Original) -> None:
        it = self._it
        try:
            file = await self._drawing.keep(await self._workshop.reduce(draft.data), "draft", "image/jpeg")
            view = present.draft_shown(
                it.voice, it.facts(stage=Stage.DRAWING), asset=file.id, total=it.order.brief.variants
            )
            await self._work.show_draft(it.job.id, file.record, [it.post(f"draft:{it.job.attempts}", view)])
            log.info("draft.shown")
        except (*Expected, PictureRefused, StoreError) as error:
            log.warning("draft.not_shown", error=repr(error))
