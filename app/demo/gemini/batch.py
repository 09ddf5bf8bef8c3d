"""The Batch API: a batch is done after some polls, its answers drawn by then."""

from __future__ import annotations

import itertools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from aiohttp import web

from app.demo.gemini.wire import Call, Json, Refusal

PENDING, SUCCEEDED, CANCELLED = "BATCH_STATE_PENDING", "BATCH_STATE_SUCCEEDED", "BATCH_STATE_CANCELLED"


@dataclass(slots=True)
class Batch:
    name: str
    model: str
    label: str
    requests: list[Json]
    looks: int = 0
    """How often it was polled."""
    state: str = PENDING
    responses: list[Json] = field(default_factory=list)

    def record(self) -> Json:
        metadata: Json = {
            "@type": "type.googleapis.com/google.ai.generativelanguage.v1main.GenerateContentBatch",
            "name": f"batches/{self.name}",
            "model": f"models/{self.model}",
            "displayName": self.label,
            "batchStats": {"requestCount": str(len(self.requests))},
            "state": self.state,
        }
        record: Json = {"name": f"batches/{self.name}", "metadata": metadata, "done": self.state != PENDING}
        if self.state == SUCCEEDED:
            metadata["output"] = {"inlinedResponses": {"inlinedResponses": self.responses}}
            record["response"] = {"inlinedResponses": {"inlinedResponses": self.responses}}
        return record


@dataclass
class Batches:
    answer: Callable[[Call], Awaitable[Json]]
    """The body of one request's answer. Raises Refusal."""
    looks: int = 2
    """Polls until a batch is done."""
    rows: dict[str, Batch] = field(default_factory=dict)
    _numbers: itertools.count[int] = field(default_factory=itertools.count)

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/{version}/batches", self._list, allow_head=False),
            web.get("/{version}/batches/{id}", self._get, allow_head=False),
            web.post("/{version}/batches/{id}:cancel", self._cancel),
            web.delete("/{version}/batches/{id}", self._delete),
        ]

    def create(self, call: Call) -> Json:
        described = call.body["batch"]
        rows = described["inputConfig"]["requests"]["requests"]
        batch = Batch(f"b{next(self._numbers)}", call.model, described.get("displayName", ""), rows)
        self.rows[batch.name] = batch
        return batch.record()

    async def _list(self, _: web.Request) -> web.Response:
        """Newest first."""
        return web.json_response({"operations": [row.record() for row in reversed(self.rows.values())]})

    async def _get(self, request: web.Request) -> web.Response:
        batch = self._found(request)
        batch.looks += 1
        if batch.state == PENDING and batch.looks >= self.looks:
            batch.responses = [await self._response(batch, row) for row in batch.requests]
            batch.state = SUCCEEDED
        return web.json_response(batch.record())

    async def _cancel(self, request: web.Request) -> web.Response:
        self._found(request).state = CANCELLED
        return web.json_response({})

    async def _delete(self, request: web.Request) -> web.Response:
        del self.rows[self._found(request).name]
        return web.json_response({})

    def _found(self, request: web.Request) -> Batch:
        batch = self.rows.get(request.match_info["id"])
        if batch is None:
            raise Refusal(404, "NOT_FOUND", "Requested entity was not found.")
        return batch

    async def _response(self, batch: Batch, row: Json) -> Json:
        kept = {"metadata": row.get("metadata", {})}
        call = Call("POST", "", "v1", False, batch.model, "generateContent", row["request"])
        try:
            return {**kept, "response": await self.answer(call)}
        except Refusal as refused:
            return {**kept, "error": {"code": refused.code, "message": str(refused)}}
