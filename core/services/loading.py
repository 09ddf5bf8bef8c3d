"""Loading the world: what the engine says an event needs, fetched before it runs."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from core.conversation import engine
from core.conversation.event import Event
from core.conversation.session import Session
from core.conversation.world import Need, World
from core.domain.job import SETS, JobKind
from core.services import facts
from core.store.asset import Assets
from core.store.error import Blocked, Unknown
from core.store.job import Jobs
from core.store.subscription import Subscriptions
from core.store.variant import Variants
from core.store.wallet import Wallets

GALLERY_PAGE = 6
JOBS_PAGE = 5
LISTED_KINDS = tuple(
    kind.value for kind in (*SETS, JobKind.CHANGE_VIBE, JobKind.REROLL, JobKind.EDIT_PROMPT, JobKind.EXPORT)
)

Changes = dict[str, Any]


class Loading:
    def __init__(
        self, variants: Variants, jobs: Jobs, assets: Assets, wallets: Wallets, subscriptions: Subscriptions
    ) -> None:
        self._variants = variants
        self._jobs = jobs
        self._assets = assets
        self._wallets = wallets
        self._subscriptions = subscriptions
        self._loaders: dict[Need, Callable[[str, Session, Event], Awaitable[Changes]]] = {
            Need.VARIANT: self._variant,
            Need.LATEST: self._latest,
            Need.JOB: self._job,
            Need.JOBS: self._job_page,
            Need.GALLERY: self._gallery_page,
            Need.BALANCE: self._balance,
            Need.LAST_SELFIES: self._last_selfies,
            Need.SUBSCRIPTIONS: self._plans,
        }

    async def fill(self, world: World, user_id: str, session: Session, event: Event) -> World:
        """The world with all this event needs of what is the person's wherever they are. Raises the store's errors."""
        needs = sorted(engine.needs(session, event) & self._loaders.keys())
        if not needs:
            return world
        parts = await asyncio.gather(*(self._loaders[need](user_id, session, event) for need in needs))
        changes: Changes = {}
        for part in parts:
            changes |= part
        return replace(world, **changes)

    async def _variant(self, user_id: str, session: Session, event: Event) -> Changes:
        return await self._named(user_id, engine.variant_of(session, event))

    async def _latest(self, user_id: str, session: Session, event: Event) -> Changes:
        found = await self._variants.gallery(user_id, limit=GALLERY_PAGE)
        shown = (item.variant.code for item in found.items if facts.variant(item.variant, item.job_code))
        return await self._named(user_id, code) if (code := next(shown, "")) else {}

    async def _named(self, user_id: str, code: str) -> Changes:
        try:
            stored, job = await self._variants.get(code, user_id)
        except Blocked:
            return {"foreign": True}
        except Unknown:
            return {}
        found = facts.variant(stored, job.code)
        kept = job.price if job.captured is None else job.captured
        return {"variant": found and replace(found, returned=job.price - kept)}

    async def _job(self, user_id: str, session: Session, event: Event) -> Changes:
        try:
            return {"job": facts.job(await self._jobs.get(engine.job_of(session, event), user_id))}
        except Blocked:
            return {"foreign": True}
        except Unknown:
            return {}

    async def _job_page(self, user_id: str, session: Session, event: Event) -> Changes:
        page = engine.page_of(event)
        listed = await self._jobs.page(user_id, offset=page * JOBS_PAGE, limit=JOBS_PAGE, kinds=LISTED_KINDS)
        return {"jobs": tuple(map(facts.job, listed.jobs)), **_pages(page, listed.total, JOBS_PAGE)}

    async def _gallery_page(self, user_id: str, session: Session, event: Event) -> Changes:
        page = engine.page_of(event)
        found = await self._variants.gallery(user_id, offset=page * GALLERY_PAGE, limit=GALLERY_PAGE)
        shown = (facts.variant(item.variant, item.job_code) for item in found.items)
        return {
            "gallery": tuple(row for row in shown if row is not None),
            **_pages(page, found.total, GALLERY_PAGE),
        }

    async def _balance(self, user_id: str, session: Session, event: Event) -> Changes:
        return {"movements": (await self._wallets.balance(user_id)).movements}

    async def _plans(self, user_id: str, session: Session, event: Event) -> Changes:
        return {"subscriptions": (await self._subscriptions.of(user_id))[1]}

    async def _last_selfies(self, user_id: str, session: Session, event: Event) -> Changes:
        found = await self._assets.latest_selfies(user_id)
        # A photo that shows nobody was an exhibit: it is nobody's selfie.
        return {"last_selfies": tuple(photo for photo in map(facts.photo, found) if photo.faces)}


def _pages(page: int, total: int, size: int) -> Changes:
    return {"page": page, "pages": max(1, -(-total // size))}
