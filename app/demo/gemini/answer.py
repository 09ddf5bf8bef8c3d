"""What the service answers: a picture in parts, with its tokens."""

from __future__ import annotations

import asyncio
import base64
import re
from collections.abc import Mapping

from app.demo.gemini import paint, rule, search
from app.demo.gemini.case import Case, finished
from app.demo.gemini.easel import Easel
from app.demo.gemini.model import SCALES, Model
from app.demo.gemini.paint import Pixels, Scene
from app.demo.gemini.wire import Call, Json, decode

LABEL = re.compile(r"Image \d+: ([A-Z]+)")
"""The line before a reference that says what it is."""
REFERENCE_TOKENS, THOUGHTS = 1120, 200
"""Tokens a reference counts as, and what thinking takes."""
TINY, DRAFT = (128, 72), (256, 144)


async def generate(
    call: Call, model: Model, files: Mapping[str, bytes], case: Case | None, number: int, easel: Easel
) -> Json:
    """The body of generateContent. Raises Refusal."""
    try:
        rule.check(call, model, files)
    except rule.SignatureMissing:
        return finished("MISSING_THOUGHT_SIGNATURE")
    size = (256, 64) if case is Case.WRONG_SIZE else _pixels(call, model)
    scene = _scene(call, size, files)
    drawn = await easel.paint(scene)
    if case is Case.BROKEN_PICTURE:
        drawn = b"this is no picture at all"
    if case is Case.HALF_A_PICTURE:
        drawn = drawn[: len(drawn) // 2]
    parts = _parts(call, model, drawn, await asyncio.to_thread(paint.told, scene))
    if case is Case.UNMARKED_DRAFT:
        parts.insert(0, _inline(paint.reduced(drawn, TINY)))
    return _body(call, model, parts, number)


def scaled(pixels: Pixels, size: str) -> Pixels:
    return round(pixels[0] * SCALES[size]), round(pixels[1] * SCALES[size])


def prompt_tokens(call: Call) -> tuple[int, list[Json]]:
    """In all, and by modality."""
    text = sum(len(part["text"]) // 4 + 1 for part in call.parts() if "text" in part)
    pictures = REFERENCE_TOKENS * sum("inlineData" in part or "fileData" in part for part in call.parts())
    details = [{"modality": "TEXT", "tokenCount": text}]
    if pictures:
        details.append({"modality": "IMAGE", "tokenCount": pictures})
    return text + pictures, details


def _scene(call: Call, size: Pixels, files: Mapping[str, bytes]) -> Scene:
    """What the last turn asks for, on the last picture of the conversation if there is one."""
    history = [part for part in call.parts("model") if "inlineData" in part and not part.get("thought")]
    base = decode(history[-1]["inlineData"]["data"]) if history else None
    person, others, role = None, [], ""
    for part in call.last_turn:
        if "text" in part:
            role = found[1] if (found := LABEL.match(part["text"])) else role
        elif (data := _picture(part, files)) is None:
            continue
        elif role == "CANVAS":
            base = base or data
        elif role in ("PERSON", "") and person is None:
            person = data
        else:
            others.append(data)
    words = "\n".join(part["text"] for part in call.last_turn if "text" in part)
    return Scene(words, call.config.get("seed", 0), size, base, person, tuple(others))


def _picture(part: Json, files: Mapping[str, bytes]) -> bytes | None:
    """None: a video."""
    if "inlineData" in part:
        return decode(part["inlineData"]["data"])
    uri = part["fileData"]["fileUri"]
    return None if uri.startswith(rule.YOUTUBE) else files[uri.rpartition("/")[2]]


def _inline(data: bytes) -> Json:
    return {"inlineData": {"mimeType": "image/jpeg", "data": base64.b64encode(data).decode()}}


def _pixels(call: Call, model: Model) -> Pixels:
    config = call.config.get("imageConfig") or {}
    pixels = model.pixels[config.get("aspectRatio", "1:1")]
    return scaled(pixels, config.get("imageSize", "1K")) if model.sizes else pixels


def _parts(call: Call, model: Model, drawn: bytes, told: str) -> list[Json]:
    """Thoughts when they were asked for or always come, a line of text when text was asked for, and the picture; signed
    if the model signs."""
    parts: list[Json] = []
    asked = (call.config.get("thinkingConfig") or {}).get("includeThoughts")
    if asked:
        parts.append({"text": "Planning the layout", "thought": True})
    if asked or model.interim:
        parts.append({**_inline(paint.reduced(drawn, DRAFT)), "thought": True})
    made = [_inline(drawn)]
    if "TEXT" in (call.config.get("responseModalities") or ("TEXT",)):
        made.insert(0, {"text": told})
    return [*parts, *({**part, "thoughtSignature": rule.sign(part)} if model.thinks else part for part in made)]


def _body(call: Call, model: Model, parts: list[Json], number: int) -> Json:
    prompt, details = prompt_tokens(call)
    image = model.tokens[(call.config.get("imageConfig") or {}).get("imageSize", "1K") if model.sizes else ""]
    said = sum(len(part["text"].split()) for part in parts if "text" in part and not part.get("thought"))
    thoughts = THOUGHTS if model.thinks else 0
    made = [{"modality": "IMAGE", "tokenCount": image}]
    if said:
        made.append({"modality": "TEXT", "tokenCount": said})
    candidate: Json = {"content": {"role": "model", "parts": parts}, "finishReason": "STOP", "index": 0}
    if call.body.get("tools"):
        candidate["groundingMetadata"] = search.grounding(call.words)
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
        "responseId": f"stand-in-{number}",
    }
