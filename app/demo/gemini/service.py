"""The service: routes of the Developer API and of Enterprise, on loopback."""

from __future__ import annotations

import asyncio
import itertools
import json
import re
from collections import deque
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from typing import Any

from aiohttp import web

from app.demo.gemini import answer, imagen, reader
from app.demo.gemini.batch import Batch, Batches
from app.demo.gemini.case import ANSWERS, GATEWAY_PAGE, Case, bad_key, not_found, refusal
from app.demo.gemini.easel import Easel
from app.demo.gemini.model import IMAGEN_MODELS, MODELS, READERS, Model
from app.demo.gemini.upload import Uploads
from app.demo.gemini.wire import Call, Json, Refusal, camel

LARGEST_BODY = 160_000_000
MODEL_PATH = re.compile(
    r"/(?P<version>v1|v1beta|v1beta1)/(?P<place>(?:projects/[^/]+/locations/[^/]+/)?publishers/google/)?"
    r"models(?:/(?P<model>[^/:]+)(?::(?P<verb>\w+))?)?"
)

Observer = Callable[[Call], None]
CaseOf = Callable[[Call], Case | None]


@dataclass
class GeminiStandIn:
    """`async with GeminiStandIn() as service:` listens on 127.0.0.1 until the block ends."""

    delay_s: float = 0.0
    """How long a picture takes, beside the drawing."""
    repeat: bool = False
    """Draw once for each stage and hand that picture out again: for measuring who asks."""
    retry_delay: str = "34s"
    """How long it asks to wait when it is busy."""
    key: str = ""
    """Empty: every key is good."""
    case: CaseOf = lambda _: None
    """What goes wrong with a call."""
    observers: list[Observer] = field(default_factory=list)
    dead: set[str] = field(default_factory=set)
    """Models that answer 404."""
    calls: list[Call] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    """What was refused without having been asked for: mistakes of the caller."""
    port: int = 0
    """0: whichever is free."""
    base_url: str = ""

    def __post_init__(self) -> None:
        self._uploads = Uploads()
        self._batches = Batches(self._in_batch)
        self._next: deque[Case] = deque()
        self._bodies: deque[Json] = deque()
        self._easel = Easel(repeat=self.repeat)
        self._numbers = itertools.count()
        self._stack = AsyncExitStack()

    @property
    def files(self) -> dict[str, bytes]:
        """Uploads by id."""
        return self._uploads.files

    @property
    def batches(self) -> dict[str, Batch]:
        return self._batches.rows

    @property
    def batch_looks(self) -> int:
        """Polls until a batch is done."""
        return self._batches.looks

    @batch_looks.setter
    def batch_looks(self, looks: int) -> None:
        self._batches.looks = looks

    async def __aenter__(self) -> GeminiStandIn:
        application = web.Application(client_max_size=LARGEST_BODY, middlewares=[self._guard])
        application.add_routes([*self._uploads.routes(), *self._batches.routes()])
        application.router.add_route("*", "/{path:.*}", self._about_a_model)
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        self._stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, "127.0.0.1", self.port).start()
        host, port = runner.addresses[0][:2]
        self.base_url = f"http://{host}:{port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    def next(self, *cases: Case) -> None:
        """The coming calls go wrong this way, one after the other."""
        self._next.extend(cases)

    def answer_with(self, body: Json) -> None:
        """The next call is answered with exactly this: how recorded answers are played again."""
        self._bodies.append(body)

    @web.middleware
    async def _guard(self, request: web.Request, handler: Any) -> web.StreamResponse:
        try:
            self._authorise(request)
            response: web.StreamResponse = await handler(request)
        except Refusal as refused:
            return web.json_response(refused.body, status=refused.code)
        return response

    def _authorise(self, request: web.Request) -> None:
        if "upload_id" in request.query:
            return  # the address itself is the permission
        key = request.headers.get("x-goog-api-key", "")
        if not key and "Authorization" not in request.headers:
            raise Refusal(401, "UNAUTHENTICATED", "Request is missing required authentication credential.")
        if self.key and key != self.key:
            raise bad_key()

    async def _about_a_model(self, request: web.Request) -> web.StreamResponse:
        found = MODEL_PATH.fullmatch(request.path)
        if found is None:
            return web.Response(status=404, text="<html>404</html>", content_type="text/html")
        call = Call(
            method=request.method,
            path=request.path,
            version=found["version"],
            enterprise=bool(found["place"]),
            model=found["model"] or "",
            verb=found["verb"] or "",
            body=camel(await request.json()) if request.can_read_body else {},
        )
        if call.method == "GET":
            return web.json_response(self._models(call))
        self.calls.append(call)
        case = self._heard(call)
        if self._bodies:
            return web.json_response(self._bodies.popleft())
        if case is not None:
            self._refuse(case, call)
            if (broken := await _broken(case, call, request)) is not None:
                return broken
        return await self._answered(call, case, request)

    def _refuse(self, case: Case, call: Call) -> None:
        """Raises Refusal where the case is one."""
        if (refused := refusal(case, call.model, self.retry_delay)) is not None:
            raise refused

    def _heard(self, call: Call) -> Case | None:
        for observer in self.observers:
            observer(call)
        return self.case(call) or (self._next.popleft() if self._next else None)

    def _models(self, call: Call) -> Json:
        """The list, or one of it."""
        known = {row.id: row.label for row in MODELS.values()} | {name: name for name in READERS}
        if call.enterprise:
            known |= {name: name for name in IMAGEN_MODELS}
        prefix = "publishers/google/models/" if call.enterprise else "models/"
        rows = {
            name: {
                "name": prefix + name,
                "displayName": label,
                "version": "1",
                "inputTokenLimit": 131072,
                "outputTokenLimit": 32768,
                "supportedGenerationMethods": ["generateContent", "countTokens", "batchGenerateContent"],
            }
            for name, label in known.items()
            if name not in self.dead
        }
        if not call.model:
            return {"publisherModels" if call.enterprise else "models": list(rows.values())}
        if call.model not in rows:
            raise not_found(call.model)
        return rows[call.model]

    async def _answered(self, call: Call, case: Case | None, request: web.Request) -> web.StreamResponse:
        if call.verb == "streamGenerateContent":
            return await self._streamed(call, case, request)
        body = await self._body(call, case)
        if call.verb not in ("countTokens", "batchGenerateContent"):
            await asyncio.sleep(self.delay_s)
        return web.json_response(body)

    async def _in_batch(self, call: Call) -> Json:
        case = self._heard(call)
        if case is None:
            return await self._body(call, None)
        self._refuse(case, call)
        return ANSWERS[case] if case in ANSWERS else await self._body(call, case)

    async def _body(self, call: Call, case: Case | None) -> Json:
        """Raises Refusal, and remembers it when nobody asked for it."""
        if call.model in self.dead:
            raise not_found(call.model)
        try:
            return await self._of_model(call, case)
        except Refusal as refused:
            self.refusals.append(str(refused))
            raise

    async def _of_model(self, call: Call, case: Case | None) -> Json:
        if call.verb == "predict" and call.enterprise and call.model in IMAGEN_MODELS:
            return await imagen.predict(call)
        if call.model in READERS and call.verb == "generateContent":
            return reader.generate(call, next(self._numbers))
        match MODELS.get(call.model), call.verb:
            case Model() as model, "generateContent":
                return await answer.generate(call, model, self.files, case, next(self._numbers), self._easel)
            case Model(), "countTokens":
                return {"totalTokens": answer.prompt_tokens(call)[0]}
            case Model(), "batchGenerateContent" if not call.enterprise:
                return self._batches.create(call)
        raise not_found(call.model)

    async def _streamed(self, call: Call, case: Case | None, request: web.Request) -> web.StreamResponse:
        """Part after part over the time a picture takes; the finish reason and the usage come last."""
        whole = await self._body(replace(call, verb="generateContent"), case)
        candidate = whole["candidates"][0]
        parts = candidate.get("content", {}).get("parts", [])
        chunks = [
            {"candidates": [{"content": {"role": "model", "parts": [part]}, "index": 0}], "modelVersion": call.model}
            for part in parts
        ]
        last = {**whole, "candidates": [{**candidate, "content": {"role": "model", "parts": []}}]}
        pause_s = self.delay_s / (len(chunks) or 1)
        if case is Case.BREAKS_OFF:
            response = await _streaming(request, chunks[:1], pause_s)
            _hang_up(request)
            return response
        return await _streaming(request, [*chunks, last], pause_s)


async def _broken(case: Case, call: Call, request: web.Request) -> web.StreamResponse | None:
    """The answer to a call that goes wrong. None: the case is one of pictures."""
    if case in ANSWERS:
        if call.verb == "streamGenerateContent":
            return await _streaming(request, [ANSWERS[case]])
        return web.json_response(ANSWERS[case])
    match case:
        case Case.BAD_GATEWAY:
            return web.Response(status=502, text=GATEWAY_PAGE, content_type="text/html")
        case Case.SILENCE:
            await asyncio.sleep(3600)
        case Case.HANG_UP:
            _hang_up(request)
        case Case.TRUNCATED_BODY:
            response = web.StreamResponse(headers={"Content-Type": "application/json", "Content-Length": "9999"})
            await response.prepare(request)
            await response.write(b'{"candidates": [{"content"')
            _hang_up(request)
            return response
    return None


def _hang_up(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.close()


async def _streaming(request: web.Request, chunks: list[Json], pause_s: float = 0.0) -> web.StreamResponse:
    """A stream with these pieces in it; it ends as the handler does."""
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)
    for chunk in chunks:
        await response.write(f"data: {json.dumps(chunk)}\r\n\r\n".encode())
        await asyncio.sleep(pause_s)
    return response
