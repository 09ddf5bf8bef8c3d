"""Many pictures overnight at a reduced price: submitted, polled by name (also after a restart), fetched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from google import genai
from google.genai import errors, types

from core.domain.model import Capability
from core.providers.base import Painted, PaintRequest
from core.providers.batch import BatchState
from core.providers.error import BadRequest, Faulty, Forbidden, NoPicture, ProviderError, ServerFault
from core.providers.gemini import answer, upload
from core.providers.gemini.client import within
from core.providers.gemini.fault import each, translated
from core.providers.gemini.provider import GeminiProvider
from core.providers.gemini.request import addressed
from core.providers.gemini.upload import Shelf

CALL_S = 120.0
PAGE = 100
"""Batches asked for at a time."""
INLINE_BYTES = 18_000_000
"""A batch sent inline may weigh 20 MB as JSON, in which pictures grow by a third; share references to stay below."""


STATES: Mapping[str, BatchState] = {
    "UNSPECIFIED": BatchState.WAITING,
    "QUEUED": BatchState.WAITING,
    "PENDING": BatchState.WAITING,
    "RUNNING": BatchState.RUNNING,
    "UPDATING": BatchState.RUNNING,
    "PAUSED": BatchState.RUNNING,
    "CANCELLING": BatchState.RUNNING,
    "SUCCEEDED": BatchState.DONE,
    "PARTIALLY_SUCCEEDED": BatchState.DONE,
    "FAILED": BatchState.FAILED,
    "CANCELLED": BatchState.CANCELLED,
    "EXPIRED": BatchState.EXPIRED,
}


class GeminiBatches:
    def __init__(self, client: genai.Client, provider: GeminiProvider) -> None:
        self._client = client
        self._provider = provider

    def shelf(self, requests: Sequence[PaintRequest]) -> Shelf:
        return self._provider.shelf(row for request in requests for row in addressed(request)[1].references)

    async def submit(self, requests: Sequence[PaintRequest], label: str) -> str:
        specs = {addressed(request)[0] for request in requests}
        if len(specs) != 1:
            raise ValueError("a batch has one model")
        (spec,) = specs
        if not spec.can(Capability.BATCH):
            raise BadRequest(f"{spec.id} takes no batches")
        if self._client.vertexai:
            raise BadRequest("Enterprise batches need a storage bucket")
        asked = [self._request(request, index) for index, request in enumerate(requests)]
        weight = sum(_weight(row) for row in asked)
        if weight > INLINE_BYTES:
            raise BadRequest(f"{weight} bytes are too much for one batch")
        with translated():
            job = await self._client.aio.batches.create(
                model=spec.id,
                src=asked,
                config=types.CreateBatchJobConfig(display_name=label, http_options=within(CALL_S)),
            )
        if not job.name:
            raise ServerFault("a batch without a name")
        return job.name

    async def find(self, label: str) -> str:
        with translated():
            rows = await self._client.aio.batches.list(
                config=types.ListBatchJobsConfig(page_size=PAGE, http_options=within(CALL_S))
            )
        async for row in each(rows):
            if row.display_name == label and row.name:
                return row.name
        return ""

    async def poll(self, name: str) -> BatchState:
        try:
            return _state(await self._get(name))
        except ProviderError as error:
            if _gone(error):
                return BatchState.GONE
            raise

    async def discard(self, name: str, shared: Sequence[str]) -> None:
        if name and (state := await self.poll(name)) is not BatchState.GONE:
            if not state.ended:
                await self.cancel(name)
            await self.delete(name)
        await upload.delete(self._client, shared)

    async def cancel(self, name: str) -> None:
        with translated():
            await self._client.aio.batches.cancel(
                name=name, config=types.CancelBatchJobConfig(http_options=within(CALL_S))
            )

    async def delete(self, name: str) -> None:
        """Requests and answers are gone from the provider afterwards."""
        with translated():
            await self._client.aio.batches.delete(
                name=name, config=types.DeleteBatchJobConfig(http_options=within(CALL_S))
            )

    async def results(self, name: str, requests: Sequence[PaintRequest]) -> tuple[Painted | ProviderError, ...]:
        job = await self._get(name)
        if _state(job) is not BatchState.DONE:
            raise Faulty(f"{name} is {_state(job)}")
        rows = (job.dest.inlined_responses if job.dest else None) or []
        by_key = {(row.metadata or {}).get("key", str(index)): row for index, row in enumerate(rows)}
        return tuple(self._result(by_key.get(str(index)), request) for index, request in enumerate(requests))

    async def _get(self, name: str) -> types.BatchJob:
        with translated():
            return await self._client.aio.batches.get(
                name=name, config=types.GetBatchJobConfig(http_options=within(CALL_S))
            )

    def _request(self, request: PaintRequest, index: int) -> types.InlinedRequest:
        ask = self._provider.ask(request)
        # A call's deadline and a service tier are no part of a batch.
        config = ask.config.model_copy(update={"http_options": None, "service_tier": None})
        return types.InlinedRequest(contents=list(ask.contents), config=config, metadata={"key": str(index)})

    def _result(self, row: types.InlinedResponse | None, request: PaintRequest) -> Painted | ProviderError:
        if row is None:
            return NoPicture("the batch has no answer to this")
        if row.response is None:
            return _failure(row.error)
        spec, _ = addressed(request)
        try:
            return answer.painted(row.response, self._provider.ask(request), price=spec.batch_factor or 1.0)
        except ProviderError as error:
            return error


def _gone(error: ProviderError) -> bool:
    """Only the service's own word: a proxy, or a wrong base URL, answers 404 to everything."""
    cause = error.__cause__
    return isinstance(cause, errors.APIError) and (cause.code, cause.status) == (404, "NOT_FOUND")


def _state(job: types.BatchJob) -> BatchState:
    word = job.state.value if job.state else "UNSPECIFIED"
    return STATES.get(word.removeprefix("JOB_STATE_").removeprefix("BATCH_STATE_"), BatchState.RUNNING)


def _failure(error: types.JobError | None) -> ProviderError:
    """google.rpc codes: 3 argument, 5 not found, 7 permission, the rest the service's own trouble."""
    said = (error.message if error else None) or "no reason given"
    match error.code if error else None:
        case 3 | 400:
            return BadRequest(said)
        case 7 | 403:
            return Forbidden(said)
    return ServerFault(said)


def _weight(row: types.InlinedRequest) -> int:
    contents = row.contents if isinstance(row.contents, list) else []
    return sum(
        len(part.inline_data.data or b"") * 4 // 3
        for turn in contents
        if isinstance(turn, types.Content)
        for part in turn.parts or ()
        if part.inline_data
    )
