"""Forms a text model fills in: the schema that is sent, and the check of what came back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, TypeVar

from core.domain.record import Json
from core.prompting.data import clean
from core.providers.error import Garbled

E = TypeVar("E", bound=StrEnum)


def text(longest: int) -> Json:
    return {"type": "string", "maxLength": longest}


def number() -> Json:
    return {"type": "number", "minimum": 0}


def choice(options: Iterable[str], *, optional: bool = False) -> Json:
    values = [str(option) for option in options]
    return {"type": "string", "enum": [*values, "unsaid"] if optional else values}


def several(items: Json, least: int, most: int) -> Json:
    return {"type": "array", "items": items, "minItems": least, "maxItems": most}


def form(**fields: Json) -> Json:
    return {"type": "object", "properties": fields, "required": list(fields), "additionalProperties": False}


class Filled:
    """An answer, read field by field; whatever does not fit the form raises Garbled. Models obey schemas mostly."""

    def __init__(self, answer: str) -> None:
        try:
            record = json.loads(answer)
        except json.JSONDecodeError as error:
            raise Garbled("the answer is no JSON") from error
        if not isinstance(record, dict):
            raise Garbled("the answer is no form")
        self._record: Mapping[str, Any] = record

    def text(self, name: str, longest: int, *, empty: bool = True) -> str:
        words = clean(self._field(name, str), longest)
        if not (words or empty):
            raise Garbled(f"{name} is empty")
        return words

    def texts(self, name: str, longest: int) -> tuple[str, ...]:
        rows = self._field(name, list)
        if not all(isinstance(row, str) for row in rows):
            raise Garbled(f"{name} holds something else than words")
        cleaned = (clean(row, longest) for row in rows)
        return tuple(dict.fromkeys(row for row in cleaned if row))

    def number(self, name: str) -> float:
        value = self._field(name, (int, float))
        if isinstance(value, bool) or not 0 <= value < 1_000_000:
            raise Garbled(f"{name} is no such number")
        return float(value)

    def choice(self, name: str, kind: type[E]) -> E:
        return _option(self._field(name, str), kind, name)

    def perhaps(self, name: str, kind: type[E]) -> E | None:
        value = self._field(name, str)
        return None if value == "unsaid" else _option(value, kind, name)

    def choices(self, name: str, kind: type[E]) -> tuple[E, ...]:
        return tuple(dict.fromkeys(_option(value, kind, name) for value in self._field(name, list)))

    def _field(self, name: str, kind: type[Any] | tuple[type[Any], ...]) -> Any:
        value = self._record.get(name)
        if not isinstance(value, kind):
            raise Garbled(f"{name} is {type(value).__name__}")
        return value


def _option(value: Any, kind: type[E], name: str) -> E:
    try:
        return kind(value)
    except ValueError as error:
        raise Garbled(f"{name} is none of {', '.join(kind)}") from error
