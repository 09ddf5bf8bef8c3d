"""Forms: what is asked in one window, and the JSON Discord opens it with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

from core.conversation.prose import ELLIPSIS, clip, line
from core.conversation.view import Option
from core.domain.record import Json

FIELDS = 5
UPLOADS = 10
WORDS_LENGTH = 4000
RADIO_OPTIONS, SELECT_OPTIONS = 10, 25
_TITLE_UNITS, _LABEL_UNITS, _HINT_UNITS, _OPTION_UNITS = 45, 45, 100, 100
_LABEL, _INPUT, _SELECT, _UPLOAD, _RADIO = 18, 4, 3, 19, 21
_ONE_LINE, _SEVERAL_LINES = 1, 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A field to type into; `value` stands in it from the start."""

    id: str
    label: str
    hint: str = ""
    value: str = ""
    lines: bool = False
    most: int = WORDS_LENGTH
    required: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Pictures:
    """Up to `most` files."""

    id: str
    label: str
    hint: str = ""
    most: int = UPLOADS
    required: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One of 2–25 options; its answer is the option's `value`."""

    id: str
    label: str
    options: tuple[Option, ...]
    hint: str = ""
    required: bool = True


Field = Words | Pictures | Choice


@dataclass(frozen=True, slots=True)
class Form:
    """`token` comes back with the answers, however much later, to whatever process."""

    token: str
    title: str
    fields: tuple[Field, ...]

    def payload(self) -> dict[str, Json]:
        """Raises ValueError for more fields than a form has room for."""
        if not 1 <= len(self.fields) <= FIELDS:
            raise ValueError(f"{len(self.fields)} fields, a form has 1-{FIELDS}")
        return {
            "custom_id": self.token,
            "title": clip(line(self.title), _TITLE_UNITS) or ELLIPSIS,
            "components": [_labelled(field) for field in self.fields],
        }


def _labelled(field: Field) -> Json:
    hint = clip(line(field.hint), _HINT_UNITS)
    label = {"type": _LABEL, "label": clip(line(field.label), _LABEL_UNITS) or ELLIPSIS, "component": _component(field)}
    return {**label, "description": hint} if hint else label


def _component(field: Field) -> Json:
    match field:
        case Words():
            typed = {"value": clip(field.value, field.most)} if field.value else {}
            style = _SEVERAL_LINES if field.lines else _ONE_LINE
            named = {"type": _INPUT, "custom_id": field.id, "style": style, "required": field.required}
            return {**named, "max_length": min(field.most, WORDS_LENGTH), **typed}
        case Pictures():
            low = 1 if field.required else 0
            named = {"type": _UPLOAD, "custom_id": field.id, "required": field.required}
            return {**named, "min_values": low, "max_values": field.most}
        case Choice():
            return _choice(field)
        case _:
            assert_never(field)


def _choice(field: Choice) -> Json:
    options = [_option(one) for one in field.options]
    named = {"custom_id": field.id, "required": field.required, "options": options}
    if len(options) <= RADIO_OPTIONS:
        return {"type": _RADIO, **named}
    return {"type": _SELECT, "min_values": 1 if field.required else 0, "max_values": 1, **named}


def _option(option: Option) -> Json:
    return {
        "label": clip(line(option.label), _OPTION_UNITS) or ELLIPSIS,
        "value": option.value,
        "default": option.chosen,
    }
