"""The service: routes of the Developer API and of Enterprise, on loopback."""

from __future__ import annotations

import asyncio
import base64
import itertools
import json
import re
from collections import deque
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from app.demo.gemini import paint, reader, rule
from app.demo.gemini.case import ANSWERS, GATEWAY_PAGE, Case, bad_key, finished, not_found, refusal
from app.demo.gemini.model import IMAGEN, IMAGEN_MODELS, MODELS, READERS, SCALES, Model
from app.demo.gemini.paint import Scene
from app.demo.gemini.wire import Call, Json, Refusal, bad, camel, decode

LARGEST_BODY = 160_000_000
MODEL_PATH = re.compile(
    r"/(?P<version>v1|v1beta|v1beta1)/(?P<place>(?:projects/[^/]+/locations/[^/]+/)?publishers/google/)?"
    r"models(?:/(?P<model>[^/:]+)(?::(?P<verb>\w+))?)?"
)
LABEL = re.compile(r"Image \d+: ([A-Z]+)")
"""The line before a reference that says what it is."""
FILE_URI = "https://generativelanguage.googleapis.com/v1beta/files/"
TEXT_IN_IMAGE, THOUGHTS = 1120, 200
"""Tokens a reference counts as, and what thinking takes."""

Observer = Callable[[Call], None]
CaseOf = Callable[[Call], Case | None]


@dataclass(slots=True)
class Batch:
    name: str
    model: Model
    label: str
    requests: list[Json]
    looks: int = 0
    """How often it was polled."""
    state: str = "BATCH_STATE_PENDING"
    responses: list[Json] = field(default_factory=list)


@dataclass
class GeminiStandIn:
    """`async with GeminiStandIn() as service:` listens on 127.0.0.1 until the block ends."""

    delay_s: float = 0.0
    """How long a picture takes."""
    batch_looks: int = 2
    """Polls until a batch is done."""
    key: str = ""
    """Empty: every key is good."""
    case: CaseOf = lambda _: None
    observers: list[Observer] = field(default_factory=list)
    dead: set[str] = field(default_factory=set)
    """Models that answer 404."""
    calls: list[Call] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    batches: dict[str, Batch] = field(default_factory=dict)
    refusals: list[str] = field(default_factory=list)
    """What was refused without having been asked for: mistakes of the caller."""
    base_url: str = ""
    _next: deque[Case] = field(default_factory=deque)
    _bodies: deque[Json] = field(default_factory=deque)
    _numbers: itertools.count[int] = field(default_factory=itertools.count)
    _types: dict[str, str] = field(default_factory=dict)
    _stack: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def __aenter__(self) -> GeminiStandIn:
        runner = web.AppRunner(self._application(), access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        self._stack.push_async_callback(runner.cleanup)
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
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

    def _application(self) -> web.Application:
        application = web.Application(client_max_size=LARGEST_BODY, middlewares=[self._guard])
        application.router.add_post("/upload/{version}/files", self._upload)
        application.router.add_get("/{version}/files", self._list_files)
        application.router.add_get("/{version}/files/{id}", self._get_file)
        application.router.add_delete("/{version}/files/{id}", self._delete_file)
        application.router.add_get("/{version}/batches/{id}", self._get_batch)
        application.router.add_post("/{version}/batches/{id}:cancel", self._cancel_batch)
        application.router.add_delete("/{version}/batches/{id}", self._delete_batch)
        application.router.add_route("*", "/{path:.*}", self._model_call)
        return application

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

    # Models

    async def _model_call(self, request: web.Request) -> web.StreamResponse:
        found = MODEL_PATH.fullmatch(request.path)
        if found is None:
            return web.Response(status=404, text="<html>404</html>", content_type="text/html")
        body = camel(await request.json()) if request.can_read_body else {}
        call = Call(
            method=request.method,
            path=request.path,
            version=found["version"],
            enterprise=bool(found["place"]),
            model=found["model"] or "",
            verb=found["verb"] or "",
            body=body,
        )
        if call.method == "GET":
            return self._models(call)
        self.calls.append(call)
        for observer in self.observers:
            observer(call)
        if self._bodies:
            return web.json_response(self._bodies.popleft())
        case = self.case(call) or (self._next.popleft() if self._next else None)
        if case is not None and (answered := await self._gone_wrong(case, call, request)) is not None:
            return answered
        try:
            return await self._answered(call, case, request)
        except Refusal as refused:
            if call.model not in self.dead:
                self.refusals.append(str(refused))
            raise

    def _models(self, call: Call) -> web.Response:
        known = {**{name: row.label for name, row in MODELS.items()}, **{name: name for name in READERS}}
        if call.enterprise:
            known |= {name: name for name in IMAGEN_MODELS}
        prefix = "publishers/google/models/" if call.enterprise else "models/"
        rows = [
            {
                "name": prefix + name,
                "displayName": label,
                "version": "1",
                "inputTokenLimit": 131072,
                "outputTokenLimit": 32768,
                "supportedGenerationMethods": ["generateContent", "countTokens", "batchGenerateContent"],
            }
            for name, label in known.items()
            if name not in self.dead
        ]
        if not call.model:
            return web.json_response({"publisherModels" if call.enterprise else "models": rows})
        row = next((row for row in rows if row["name"] == prefix + call.model), None)
        if row is None:
            raise not_found(call.model)
        return web.json_response(row)

    async def _gone_wrong(self, case: Case, call: Call, request: web.Request) -> web.StreamResponse | None:
        """None: the case is one of pictures, and the answer goes on."""
        if (refused := refusal(case, call.model)) is not None:
            raise refused
        if case is not None and case in ANSWERS:
            if call.verb == "streamGenerateContent":
                return await self._stream(request, [ANSWERS[case]])
            return web.json_response(ANSWERS[case])
        match case:
            case Case.BAD_GATEWAY:
                return web.Response(status=502, text=GATEWAY_PAGE, content_type="text/html")
            case Case.SILENCE:
                await asyncio.sleep(3600)
            case Case.HANG_UP:
                assert request.transport is not None
                request.transport.close()
            case Case.TRUNCATED_BODY:
                response = web.StreamResponse(headers={"Content-Type": "application/json", "Content-Length": "9999"})
                await response.prepare(request)
                await response.write(b'{"candidates": [{"content"')
                assert request.transport is not None
                request.transport.close()
                return response
        return None

    async def _answered(self, call: Call, case: Case | None, request: web.Request) -> web.StreamResponse:
        if call.model in self.dead:
            raise not_found(call.model)
        if call.verb == "predict":
            return web.json_response(await self._imagen(call))
        if call.model in READERS:
            await asyncio.sleep(self.delay_s)
            return web.json_response(self._read(call))
        if (model := MODELS.get(call.model)) is None:
            raise not_found(call.model)
        match call.verb:
            case "generateContent":
                return web.json_response(await self._generate(call, model, case))
            case "streamGenerateContent":
                return await self._streamed(call, model, request)
            case "countTokens":
                return web.json_response({"totalTokens": _prompt_tokens(call)[0]})
            case "batchGenerateContent" if not call.enterprise:
                return web.json_response(self._new_batch(call, model))
        raise not_found(call.model)

    async def _generate(self, call: Call, model: Model, case: Case | None = None) -> Json:
        try:
            rule.check(call, model, self.files)
        except rule.SignatureMissing:
            return finished("MISSING_THOUGHT_SIGNATURE")
        size = _pixels(call, model) if case is not Case.WRONG_SIZE else (256, 64)
        drawn, _ = await asyncio.gather(
            asyncio.to_thread(paint.paint, self._scene(call, size)), asyncio.sleep(self.delay_s)
        )
        if case is Case.BROKEN_PICTURE:
            drawn = b"this is no picture at all"
        if case is Case.HALF_A_PICTURE:
            drawn = drawn[: len(drawn) // 2]
        parts = _parts(call, model, drawn)
        if case is Case.UNMARKED_DRAFT:
            parts.insert(0, _inline(await asyncio.to_thread(paint.reduced, drawn, (128, 72))))
        return self._response(call, model, parts)

    def _scene(self, call: Call, size: tuple[int, int]) -> Scene:
        """What the last turn asks for, on the last picture of the conversation if there is one."""
        history = [part for part in call.parts("model") if "inlineData" in part and not part.get("thought")]
        base = self._bytes(history[-1]) if history else None
        person, others, role = None, [], ""
        for part in call.last_turn:
            if "text" in part:
                role = found[1] if (found := LABEL.match(part["text"])) else role
            elif "inlineData" in part or _uploaded(part):
                data = self._bytes(part)
                if role == "CANVAS":
                    base = base or data
                elif role in ("PERSON", "") and person is None:
                    person = data
                else:
                    others.append(data)
        words = "\n".join(part["text"] for part in call.last_turn if "text" in part)
        return Scene(words, call.config.get("seed", 0), size, base, person, tuple(others))

    def _bytes(self, part: Json) -> bytes:
        if "inlineData" in part:
            return decode(part["inlineData"]["data"])
        return self.files[part["fileData"]["fileUri"].rpartition("/")[2]]

    def _response(self, call: Call, model: Model, parts: list[Json]) -> Json:
        prompt, details = _prompt_tokens(call)
        image = model.tokens[(call.config.get("imageConfig") or {}).get("imageSize", "1K") if model.sizes else ""]
        said = sum(len(part["text"].split()) for part in parts if "text" in part and not part.get("thought"))
        thoughts = THOUGHTS if model.thinks else 0
        made = [{"modality": "IMAGE", "tokenCount": image}]
        if said:
            made.append({"modality": "TEXT", "tokenCount": said})
        candidate: Json = {"content": {"role": "model", "parts": parts}, "finishReason": "STOP", "index": 0}
        if call.body.get("tools"):
            candidate["groundingMetadata"] = _grounding(call)
        return {
            "candidates": [candidate],
            "usageMetadata": {
                "promptTokenCount": prompt,
                "candidatesTokenCount": image + said,
                "thoughtsTokenCount": thoughts,
                "totalTokenCount": prompt + image + said + thoughts,
                "promptTokensDetails": details,
                "candidatesTokensDetails": made,
            },
            "modelVersion": model.id,
            "responseId": f"stand-in-{next(self._numbers)}",
        }

    async def _streamed(self, call: Call, model: Model, request: web.Request) -> web.StreamResponse:
        """Thoughts at once, the draft after a third of the time, then the picture, and the usage last."""
        whole = await self._generate(Call(**{**_fields(call), "verb": "generateContent"}), model)
        candidate = whole["candidates"][0]
        parts = candidate.get("content", {}).get("parts", [])
        chunks = [
            {"candidates": [{"content": {"role": "model", "parts": [part]}, "index": 0}], "modelVersion": model.id}
            for part in parts
        ]
        whole["candidates"] = [{**candidate, "content": {"role": "model", "parts": []}}]
        return await self._stream(request, [*chunks, whole])

    async def _stream(self, request: web.Request, chunks: list[Json]) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        for chunk in chunks:
            await response.write(f"data: {json.dumps(chunk)}\r\n\r\n".encode())
            await asyncio.sleep(self.delay_s / 4)
        await response.write_eof()
        return response

    def _read(self, call: Call) -> Json:
        for part in call.parts("user"):
            if "fileData" in part and not part["fileData"].get("fileUri", "").startswith(rule.YOUTUBE):
                self._bytes(part)
        words = reader.answer(call)
        prompt, details = _prompt_tokens(call)
        return {
            "candidates": [{"content": {"role": "model", "parts": [{"text": words}]}, "finishReason": "STOP"}],
            "usageMetadata": {
                "promptTokenCount": prompt,
                "candidatesTokenCount": len(words) // 4,
                "totalTokenCount": prompt + len(words) // 4,
                "promptTokensDetails": details,
            },
            "modelVersion": call.model,
            "responseId": f"stand-in-{next(self._numbers)}",
        }

    async def _imagen(self, call: Call) -> Json:
        if not call.enterprise or call.model not in IMAGEN_MODELS:
            raise not_found(call.model)
        instance, parameters = call.body["instances"][0], call.body.get("parameters") or {}
        if parameters.get("mode") == "upscale":
            factor = int(parameters["upscaleConfig"]["upscaleFactor"][1:])
            drawn = await asyncio.to_thread(paint.enlarged, decode(instance["image"]["bytesBase64Encoded"]), factor)
        else:
            if "seed" in parameters and parameters.get("addWatermark", True):
                raise bad("seed is not supported when addWatermark is enabled")
            ratio, size = parameters.get("aspectRatio", "1:1"), parameters.get("sampleImageSize", "1K")
            if ratio not in IMAGEN or size not in ("1K", "2K"):
                raise bad(f"{ratio} {size}")
            pixels = _scaled(IMAGEN[ratio], size)
            base, person = None, None
            for row in instance.get("referenceImages", ()):
                data = decode(row["referenceImage"]["bytesBase64Encoded"])
                if row["referenceType"] == "REFERENCE_TYPE_SUBJECT":
                    person = data
                else:
                    base = data
            scene = Scene(instance["prompt"], parameters.get("seed", 0), pixels, base, person)
            drawn = await asyncio.to_thread(paint.paint, scene)
        drawn = await asyncio.to_thread(paint.png, drawn)
        await asyncio.sleep(self.delay_s)
        return {"predictions": [{"mimeType": "image/png", "bytesBase64Encoded": base64.b64encode(drawn).decode()}]}

    # Files

    async def _upload(self, request: web.Request) -> web.Response:
        command = request.headers.get("X-Goog-Upload-Command", "")
        if command == "start":
            described = camel(await request.json())["file"]
            name = f"f{next(self._numbers)}"
            self._types[name] = described["mimeType"]
            query = f"upload_id={name}&upload_protocol=resumable"
            url = f"{self.base_url}/upload/{request.match_info['version']}/files?{query}"
            headers = {"X-Goog-Upload-URL": url, "X-Goog-Upload-Status": "active"}
            return web.json_response({}, headers=headers)
        name = request.query.get("upload_id", "")
        if name not in self._types or "finalize" not in command:
            raise bad("upload")
        self.files[name] = await request.read()
        return web.json_response({"file": self._file(name)}, headers={"X-Goog-Upload-Status": "final"})

    def _file(self, name: str) -> Json:
        if name not in self.files:
            raise Refusal(403, "PERMISSION_DENIED", "You do not have permission to access the File.")
        return {
            "name": f"files/{name}",
            "mimeType": self._types[name],
            "sizeBytes": str(len(self.files[name])),
            "uri": FILE_URI + name,
            "state": "ACTIVE",
            "source": "UPLOADED",
        }

    async def _list_files(self, _: web.Request) -> web.Response:
        return web.json_response({"files": [self._file(name) for name in self.files]})

    async def _get_file(self, request: web.Request) -> web.Response:
        return web.json_response(self._file(request.match_info["id"]))

    async def _delete_file(self, request: web.Request) -> web.Response:
        self._file(request.match_info["id"])
        del self.files[request.match_info["id"]]
        return web.json_response({})

    # Batches

    def _new_batch(self, call: Call, model: Model) -> Json:
        described = call.body["batch"]
        rows = described["inputConfig"]["requests"]["requests"]
        batch = Batch(f"b{next(self._numbers)}", model, described.get("displayName", ""), rows)
        self.batches[batch.name] = batch
        return _batch_record(batch)

    def _batch(self, request: web.Request) -> Batch:
        batch = self.batches.get(request.match_info["id"])
        if batch is None:
            raise Refusal(404, "NOT_FOUND", "Requested entity was not found.")
        return batch

    async def _get_batch(self, request: web.Request) -> web.Response:
        batch = self._batch(request)
        batch.looks += 1
        if batch.state == "BATCH_STATE_PENDING" and batch.looks >= self.batch_looks:
            batch.responses = [await self._batch_answer(batch, row) for row in batch.requests]
            batch.state = "BATCH_STATE_SUCCEEDED"
        return web.json_response(_batch_record(batch))

    async def _batch_answer(self, batch: Batch, row: Json) -> Json:
        call = Call("POST", "", "v1", False, batch.model.id, "generateContent", row["request"])
        for observer in self.observers:
            observer(call)
        case = self.case(call) or (self._next.popleft() if self._next else None)
        kept = {"metadata": row.get("metadata", {})}
        if case is not None and case in ANSWERS:
            return {**kept, "response": ANSWERS[case]}
        try:
            if case is not None and (refused := refusal(case, call.model)) is not None:
                raise refused
            return {**kept, "response": await self._generate(call, batch.model, case)}
        except Refusal as refused:
            if case is None:
                self.refusals.append(str(refused))
            return {**kept, "error": {"code": refused.code, "message": str(refused)}}

    async def _cancel_batch(self, request: web.Request) -> web.Response:
        self._batch(request).state = "BATCH_STATE_CANCELLED"
        return web.json_response({})

    async def _delete_batch(self, request: web.Request) -> web.Response:
        del self.batches[self._batch(request).name]
        return web.json_response({})


def _fields(call: Call) -> dict[str, Any]:
    return {name: getattr(call, name) for name in call.__slots__}


def _uploaded(part: Json) -> bool:
    return "fileData" in part and not part["fileData"]["fileUri"].startswith(rule.YOUTUBE)


def _inline(data: bytes) -> Json:
    return {"inlineData": {"mimeType": "image/jpeg", "data": base64.b64encode(data).decode()}}


def _scaled(pixels: tuple[int, int], size: str) -> tuple[int, int]:
    return round(pixels[0] * SCALES[size]), round(pixels[1] * SCALES[size])


def _pixels(call: Call, model: Model) -> tuple[int, int]:
    config = call.config.get("imageConfig") or {}
    pixels = model.pixels[config.get("aspectRatio", "1:1")]
    return _scaled(pixels, config.get("imageSize", "1K")) if model.sizes else pixels


def _parts(call: Call, model: Model, drawn: bytes) -> list[Json]:
    """Thoughts when they were asked for, a line of text when text was, and the picture; signed if the model signs."""
    parts: list[Json] = []
    if (call.config.get("thinkingConfig") or {}).get("includeThoughts"):
        parts.append({"text": "Planning the layout", "thought": True})
        parts.append({**_inline(paint.reduced(drawn, (256, 144))), "thought": True})
    made = [_inline(drawn)]
    if "TEXT" in (call.config.get("responseModalities") or ("TEXT",)):
        made.insert(0, {"text": "A stand-in's picture: " + " ".join(call.words.split()[:8])})
    return [*parts, *({**part, "thoughtSignature": rule.sign(part)} if model.thinks else part for part in made)]


def _prompt_tokens(call: Call) -> tuple[int, list[Json]]:
    text = sum(len(part["text"]) // 4 + 1 for part in call.parts() if "text" in part)
    pictures = TEXT_IN_IMAGE * sum("inlineData" in part or "fileData" in part for part in call.parts())
    details = [{"modality": "TEXT", "tokenCount": text}]
    if pictures:
        details.append({"modality": "IMAGE", "tokenCount": pictures})
    return text + pictures, details


def _grounding(call: Call) -> Json:
    query = " ".join(call.words.split()[:4])
    return {
        "webSearchQueries": [query],
        "searchEntryPoint": {"renderedContent": '<div class="container"><a class="chip">stand-in search</a></div>'},
        "groundingChunks": [{"web": {"uri": "https://example.com/", "title": "example.com"}}],
    }


def _batch_record(batch: Batch) -> Json:
    done = batch.state in ("BATCH_STATE_SUCCEEDED", "BATCH_STATE_CANCELLED")
    metadata: Json = {
        "@type": "type.googleapis.com/google.ai.generativelanguage.v1main.GenerateContentBatch",
        "name": f"batches/{batch.name}",
        "model": f"models/{batch.model.id}",
        "displayName": batch.label,
        "batchStats": {"requestCount": str(len(batch.requests))},
        "state": batch.state,
    }
    record: Json = {"name": f"batches/{batch.name}", "metadata": metadata, "done": done}
    if batch.state == "BATCH_STATE_SUCCEEDED":
        metadata["output"] = {"inlinedResponses": {"inlinedResponses": batch.responses}}
        record["response"] = {"inlinedResponses": {"inlinedResponses": batch.responses}}
    return record
