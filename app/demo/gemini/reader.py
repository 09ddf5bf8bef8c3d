"""Answers of the text models: made from the words of the question, in the shape the schema asks for."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from itertools import cycle

from app.demo.gemini.answer import prompt_tokens
from app.demo.gemini.wire import Call, Json

ALT = "alt"
"""The field of a form that describes a picture."""
_WORD = re.compile(r"[^\W\d_]{3,}")


def generate(call: Call, number: int) -> Json:
    """The body of generateContent."""
    said = _answer(call)
    prompt, details = prompt_tokens(call)
    return {
        "candidates": [{"content": {"role": "model", "parts": [{"text": said}]}, "finishReason": "STOP", "index": 0}],
        "usageMetadata": {
            "promptTokenCount": prompt,
            "candidatesTokenCount": len(said) // 4,
            "totalTokenCount": prompt + len(said) // 4,
            "promptTokensDetails": details,
        },
        "modelVersion": call.model,
        "responseId": f"stand-in-{number}",
    }


def _answer(call: Call) -> str:
    config = call.config
    schema = config.get("responseJsonSchema") or config.get("responseSchema")
    words = _data(call.words)
    if schema is None:
        return f"A thumbnail about {' '.join(words[:6])}."
    return json.dumps(_made(schema, words, call.words.lower()), ensure_ascii=False)


def _data(text: str) -> list[str]:
    """The words that stand in the data field if there is one: the last delimited part."""
    inside = text.rpartition("<data>")[2].partition("</data>")[0]
    with suppress(ValueError):  # no data: all that was said
        inside = " ".join(map(str, json.loads(inside).values()))
    return _WORD.findall(inside) or ["Something"]


def _field(name: str, schema: Json, words: list[str], said: str) -> Json:
    if name == ALT:
        return f"A thumbnail about {' '.join(words[:12])}, as far as a stand-in can tell without looking."
    return _made(schema, words, said)


def _made(schema: Json, words: list[str], said: str) -> Json:
    kind = str(schema.get("type", "string")).lower()
    if options := schema.get("enum"):
        return next((option for option in options if str(option).replace("_", " ") in said), options[0])
    if kind == "object":
        return {name: _field(name, row, words, said) for name, row in schema.get("properties", {}).items()}
    if kind == "array":
        count = schema.get("minItems", 1)
        shifted = [words[index % len(words) :] + words[: index % len(words)] for index in range(count)]
        return [_made(schema["items"], row, said) for row in shifted]
    if kind in ("integer", "number"):
        return schema.get("minimum", 0)
    if kind == "boolean":
        return False
    limit = schema.get("maxLength", 200)
    count = 4 if limit < 100 else 12
    return " ".join(word for word, _ in zip(cycle(words), range(min(count, len(words))), strict=False))[:limit].strip()
