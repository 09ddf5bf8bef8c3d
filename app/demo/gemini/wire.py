"""A request as it came over the wire, in one spelling."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Json = Any
_SNAKE = re.compile(r"_([a-z0-9])")
FREE_FORM = frozenset({"responseSchema", "responseJsonSchema", "metadata", "labels"})
"""Below these, keys are data."""


def camel(value: Json) -> Json:
    """The SDK sends camelCase on top and snake_case inside; the service takes both."""
    if isinstance(value, dict):
        renamed = ((_SNAKE.sub(lambda found: found[1].upper(), key), item) for key, item in value.items())
        return {key: item if key in FREE_FORM else camel(item) for key, item in renamed}
    if isinstance(value, list):
        return [camel(item) for item in value]
    return value


class Refusal(Exception):
    """The error body the service answers with."""

    def __init__(self, code: int, status: str, message: str, details: list[Json] | None = None) -> None:
        super().__init__(f"{code} {status}: {message}")
        self.code = code
        self.body = {"error": {"code": code, "message": message, "status": status}}
        if details:
            self.body["error"]["details"] = details


def bad(message: str) -> Refusal:
    return Refusal(400, "INVALID_ARGUMENT", message)


@dataclass(frozen=True, slots=True)
class Call:
    """One call about a model."""

    method: str
    path: str
    version: str
    enterprise: bool
    model: str
    verb: str
    """generateContent, streamGenerateContent, countTokens, batchGenerateContent, predict; empty: the model itself."""
    body: Json

    @property
    def config(self) -> Json:
        return self.body.get("generationConfig") or {}

    def parts(self, role: str | None = None) -> Iterator[Json]:
        for turn in self.body.get("contents") or ():
            if role is None or turn.get("role", "user") == role:
                yield from turn.get("parts") or ()

    @property
    def words(self) -> str:
        return "\n".join(part["text"] for part in self.parts("user") if "text" in part)

    @property
    def last_turn(self) -> list[Json]:
        turns = self.body.get("contents") or [{}]
        return list(turns[-1].get("parts") or ())


def decode(data: str) -> bytes:
    """Raises Refusal for what is no base64; the SDK uses the URL-safe alphabet, recordings the usual one."""
    try:
        return base64.b64decode(data.translate(str.maketrans("-_", "+/")), validate=True)
    except (binascii.Error, ValueError) as error:
        raise bad("Base64 decoding failed") from error
