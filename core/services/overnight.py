"""Overnight: a set handed in as one batch, looked at now and then by whoever is free, finished when the provider is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import structlog

from core import failpoint
from core.conversation import present
from core.domain.job import Failure, JobKind, Recipe, Stage
from core.domain.model import Capability, Catalogue, ModelSpec
from core.domain.record import from_record
from core.providers.base import Painted, PaintRequest
from core.providers.batch import Batches, BatchState
from core.providers.error import Busy, Change, Down, PolicyRefusal, ProviderError, Unadopted
from core.routing.failover import Attempt, Drawn, Retire, RouteExhausted
from core.routing.route import Candidate, Reason, Route, plan
from core.services.album import Album
from core.services.deposit import Deposit
from core.services.drawing import Artwork, Drawing
from core.services.failing import Expected, failure_of, note
from core.services.finishing import Assignment, Finishing, Step
from core.services.painting import Painting, Wording
from core.services.seating import Seating
from core.services.sitting import Sitting
from core.store.error import BlobsUnavailable, Ended
from core.store.housekeeping import Housekeeping
from core.store.outbox import Post
from core.store.work import Work
from core.workshop.crew import WorkLost

log = structlog.get_logger(__name__)

TRIES = "tries"
"""Where a job's `provider_state` keeps how often a provider that does not answer was offered it."""
MOST_TRIES = 20
READINGS = "readings"
"""Where it keeps how often a batch that has ended was read without all its pictures being finished."""

Passing = (WorkLost, BlobsUnavailable)
"""Trouble of our own house. What was handed in lies at the provider, so that it is taken up again at the next look."""

LOST = {
    BatchState.FAILED: Failure.NIGHT_FAILED,
    BatchState.CANCELLED: Failure.NIGHT_FAILED,
    BatchState.GONE: Failure.NIGHT_FAILED,
    BatchState.EXPIRED: Failure.NIGHT_EXPIRED,
}


class Overnight:
    def __init__(
        self,
        work: Work,
        album: Album,
        drawing: Drawing,
        painting: Painting,
        finishing: Finishing,
        seating: Seating,
        catalogue: Callable[[], Catalogue],
        batches: Mapping[str, Batches],
        housekeeping: Housekeeping,
        retire: Retire,
        look_s: float,
    ) -> None:
        """`batches` by provider; `look_s`: how long a batch is left alone between two looks."""
        self._work = work
        self._album = album
        self._drawing = drawing
        self._painting = painting
        self._finishing = finishing
        self._seating = seating
        self._catalogue = catalogue
        self._batches = batches
        self._housekeeping = housekeeping
        self._retire = retire
        self._look_s = look_s

    def steps(self) -> dict[JobKind, Step]:
        return {JobKind.OVERNIGHT: self._set}

    async def _set(self, it: Assignment) -> None:
        night = Deposit.of(it.job)
        return await (self._look(it, night) if night.name else self._begin(it, night))

    # -- handing in ------------------------------------------------------------------------------------------------

    async def _begin(self, it: Assignment, night: Deposit) -> None:
        if night.model and night.provider not in self._batches:
            # Its key was taken away, and it may have a batch of this job: nobody else is asked meanwhile.
            return await self._set_aside(it, Stage.QUEUED)
        try:
            night = await self._handed_in(it, night)
        except (Down, Busy, *Passing) as error:
            tries = int(it.job.provider_state.get(TRIES, 0)) + 1
            log.warning("batch.postponed", tries=tries, error=repr(error))
            if tries >= MOST_TRIES:
                return await self._finishing.fail(it, Failure.PROVIDER_DOWN)
            await self._work.keep_provider_state(it.job.id, {TRIES: tries})
            return await self._set_aside(it, Stage.QUEUED)
        except RouteExhausted as error:
            return await self._finishing.fail(it, failure_of(error))
        except ProviderError as error:
            log.error("batch.refused", error=repr(error))
            return await self._finishing.fail(it, _why(error))
        return await self._park(it)

    async def _handed_in(self, it: Assignment, night: Deposit) -> Deposit:
        """Handed in once, whatever happens on the way. Raises ProviderError and RouteExhausted."""
        if night.model and (name := await self._batches[night.provider].find(it.job.id)):
            # An attempt that died between handing in and keeping the name left it under the job's id.
            return await self._named(it, replace(night, name=name))
        model = self._taker(it)
        batches = self._batches[model.provider]
        requests = await self._requests(it, model, await self._sitting(it))
        shelf = batches.shelf(requests)
        night = Deposit(provider=model.provider, model=model.id, shared=(*night.shared, *shelf.names))
        await self._keep(it, night)
        await shelf.fill()
        failpoint.reach("overnight.before_submit")
        try:
            name = await batches.submit([replace(one, shelf=shelf) for one in requests], it.job.id)
        except ProviderError as error:
            if error.change is Change.RETIRE:
                await self._retire(model)
            raise
        failpoint.reach("overnight.after_submit")
        log.info("batch.handed_in", batch=name, model=model.id)
        return await self._named(it, replace(night, name=name))

    async def _named(self, it: Assignment, night: Deposit) -> Deposit:
        try:
            await self._keep(it, night)
        except Ended:  # cancelled or gone meanwhile, and whoever cleared up after it may have been too early
            await self._batches[night.provider].discard(night.name, night.shared)
            raise
        failpoint.reach("overnight.after_name")
        return night

    def _taker(self, it: Assignment) -> ModelSpec:
        """The first model of the route that takes batches; one that rests now will have rested by tonight."""
        agreed = it.order.quote
        needs = frozenset({Capability.BATCH})
        for model in plan(it.order.brief, agreed.model, self._catalogue(), agreed=agreed, needs=needs):
            if model.batch_factor is not None and model.provider in self._batches:
                return model
        raise RouteExhausted((), None)

    def _asked(self, night: Deposit) -> ModelSpec | None:
        """Who was asked, even if nobody may be by now; None: no catalogue knows it any more."""
        catalogue = self._catalogue()
        return next((row for row in (*catalogue.models, *catalogue.known) if row.id == night.model), None)

    async def _sitting(self, it: Assignment) -> Sitting:
        return await self._seating.sitting(it.order.brief)

    async def _requests(self, it: Assignment, model: ModelSpec, sitting: Sitting) -> list[PaintRequest]:
        """One per variant; the same when they are made again to read the answers."""
        return [
            await self._painting.request(
                model, self._recipe(it, model, position), sitting, Wording(), self._catalogue()
            )
            for position in range(it.order.brief.variants)
        ]

    def _recipe(self, it: Assignment, model: ModelSpec, position: int) -> Recipe:
        return replace(self._finishing.recipe(it, position), model=model.id, origin=model.origin)

    # -- waiting ---------------------------------------------------------------------------------------------------

    async def _look(self, it: Assignment, night: Deposit) -> None:
        batches = self._batches.get(night.provider)
        if batches is None:  # its key was taken away; it may come back before the credits' time is up
            return await self._park(it)
        try:
            state = await batches.poll(night.name)
            if not state.ended:
                return await self._park(it)
            log.info("batch.ended", batch=night.name, state=state.value)
            if state in LOST:
                return await self._finishing.fail(it, LOST[state])
            model = self._asked(night)
            if model is None:
                return await self._finishing.fail(it, Failure.NIGHT_FAILED)
            sitting = await self._sitting(it)
            requests = await self._requests(it, model, sitting)
            answers = await batches.results(night.name, requests)
        except (ProviderError, *Passing) as error:
            # What was handed in still lies there: the credits' time is the only bound.
            log.warning("batch.unreadable", batch=night.name, error=repr(error))
            return await self._park(it)
        return await self._deliver(it, requests, answers, sitting)

    async def _park(self, it: Assignment) -> None:
        """Once it is handed in."""
        waiting = present.progress(it.voice, it.facts(stage=Stage.OVERNIGHT), done=0, total=it.order.brief.variants)
        # The same message each time: it is sent once.
        await self._set_aside(it, Stage.OVERNIGHT, it.post("night", waiting))

    async def _set_aside(self, it: Assignment, stage: Stage, *posts: Post) -> None:
        if await self._work.park(it.job.id, stage, seconds=self._look_s, outbox=posts):
            await self._finishing.cancel(it)

    async def _keep(self, it: Assignment, night: Deposit) -> None:
        await self._work.keep_provider_state(it.job.id, night.record())

    # -- delivering ------------------------------------------------------------------------------------------------

    async def _deliver(
        self,
        it: Assignment,
        requests: Sequence[PaintRequest],
        answers: Sequence[Painted | ProviderError],
        sitting: Sitting,
    ) -> None:
        """What came back becomes variants, as in a set; what did not is given back. What only our own trouble has kept
        from being finished is read again at a later look."""
        it.fruitless.clear()  # an attempt at reading that broke off has told of the same answers
        done = {row.position: row for row in it.job.delivered}
        prices = [int(row.facts.get("price", 0)) for row in done.values()]
        ready = await self._finishing.delivered(it.job)
        failure, again = Failure.NIGHT_FAILED, int(it.job.provider_state.get(READINGS, 0)) + 1 < MOST_TRIES
        waits = False
        for request, answer in zip(requests, answers, strict=True):
            position = request.recipe.position
            if position in done:
                continue
            try:
                artwork = await self._artwork(it, request, answer, sitting)
            except (ProviderError, *Expected) as error:
                why = _why(error)
                note("variant.failed", why, error, position=position)
                if again and isinstance(error, (Unadopted, *Passing)):
                    waits = True
                    continue
                failure = why
                it.fruitless.append(_in_vain(request, answer, error))
                continue
            prices.append(artwork.price(it.order.quote.work))
            ready = (*ready, await self._finishing.keep(it, position, artwork, prices, ready))
            failpoint.reach("overnight.after_variant")
            if await self._work.report_stage(it.job.id, Stage.FINISHING):
                return await self._finishing.cancel(it)
        if waits:
            await self._work.keep_provider_state(it.job.id, {READINGS: it.job.provider_state.get(READINGS, 0) + 1})
            return await self._park(it)
        if not ready:
            return await self._finishing.fail(it, failure)
        return await self._finishing.close(it, sorted(ready, key=lambda row: row.position), prices)

    async def _artwork(
        self, it: Assignment, request: PaintRequest, answer: Painted | ProviderError, sitting: Sitting
    ) -> Artwork:
        if isinstance(answer, ProviderError):
            raise answer
        model = request.model
        assert model is not None
        painted = await self._painting.adopted(answer, request, self._catalogue())
        cost = painted.usage.cost_micro_usd if painted.usage else 0
        reason = Reason.WANTED if model.id == it.order.quote.model else Reason.SAME_ROLE
        route = Route((Candidate(model, reason, request.recipe.brief),))
        drawn = Drawn(painted, model, (Attempt(model.id, "", cost_micro_usd=cost, provider=model.provider),))
        extra, logo = it.order.brief.extra_formats, await self._album.logo(it.order.brief)
        factor = model.batch_factor or 1.0
        return await self._drawing.finish(
            request.recipe, route, drawn, sitting, logo=logo, extra_formats=extra, factor=factor
        )

    # -- clearing up -----------------------------------------------------------------------------------------------

    async def discard(self) -> None:
        """What jobs that have ended, however they did, left at a provider: batches are stopped, all is deleted."""
        for doomed in await self._housekeeping.doomed_batches():
            left = from_record(Deposit, doomed.state)
            batches = self._batches.get(left.provider)
            if batches is None:
                continue
            try:
                name = left.name or (await batches.find(doomed.job_id) if left.model else "")
                await batches.discard(name, left.shared)
            except ProviderError as error:
                log.warning("batch.not_discarded", job_id=doomed.job_id, error=repr(error))
                continue
            await self._housekeeping.batch_discarded(doomed.job_id)


def _in_vain(request: PaintRequest, answer: Painted | ProviderError, error: Exception) -> Attempt:
    """What was asked for and is not delivered: billed as the answer says, if it is one."""
    assert request.model is not None
    usage = answer.usage if isinstance(answer, Painted) else None
    cost = answer.cost_micro_usd if isinstance(answer, ProviderError) else usage.cost_micro_usd if usage else 0
    reason = error.reason.value if isinstance(error, ProviderError) else ""
    model = request.model
    return Attempt(model.id, type(error).__name__, reason, cost_micro_usd=cost, provider=model.provider)


def _why(error: BaseException) -> Failure:
    match error:
        case PolicyRefusal():
            return Failure.REFUSED_BY_POLICY
        case ProviderError():
            return Failure.NIGHT_FAILED
        case _:
            return failure_of(error)
