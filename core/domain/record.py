"""Frozen values to JSON records and back, driven by their type hints.

One codec serves sessions, views, briefs and recipes. Supported: None, bool, int, float, str, StrEnum, tuple[X, ...],
dict[str, X], dataclasses, and unions; a union of dataclasses is told apart by the class name under "_".
Unknown keys are ignored and missing ones take the field's default, so that a record of an older release still reads.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass
from enum import Enum
from functools import cache
from typing import Any, TypeVar

Json = Any
T = TypeVar("T")
TAG = "_"


class RecordError(ValueError):
    """The record does not fit the type."""


def to_record(value: object) -> Json:
    """JSON-ready form of a value. Every field is written, so a record keeps its meaning when a default changes."""
    if isinstance(value, Enum):
        return value.value
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, (tuple, list)):  # lists come from records inside records
        return [to_record(item) for item in value]
    if isinstance(value, dict):
        return {key: to_record(item) for key, item in value.items()}
    if is_dataclass(value):
        kind: Any = type(value)
        return {TAG: kind.__name__, **{name: to_record(getattr(value, name)) for name in _fields(kind)}}
    raise RecordError(f"{type(value).__name__} has no record form")


def from_record(kind: type[T], record: Json) -> T:
    """The value of `kind` (a class or a union of classes) that `record` describes. Raises RecordError."""
    untyped: Any = kind
    value: T = _reader(untyped)(record)
    return value


@cache
def _fields(kind: Any) -> dict[str, bool]:
    """Field name -> whether a record must have it."""
    return {row.name: row.default is MISSING and row.default_factory is MISSING for row in fields(kind)}


@cache
def _reader(kind: Any) -> Callable[[Json], Any]:
    origin = typing.get_origin(kind)
    if kind is Any or kind is object:
        return lambda record: record
    if origin in (typing.Union, types.UnionType):
        return _union_reader(typing.get_args(kind))
    if origin is tuple:
        item = _reader(typing.get_args(kind)[0])
        return lambda record: tuple(item(one) for one in _expect(record, list))
    if origin is dict:
        item = _reader(typing.get_args(kind)[1])
        return lambda record: {str(key): item(one) for key, one in _expect(record, dict).items()}
    if is_dataclass(kind):
        return _dataclass_reader(kind)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return lambda record: _enum(kind, record)
    return _scalar_reader(kind)


def _union_reader(members: tuple[Any, ...]) -> Callable[[Json], Any]:
    classes = {member.__name__: member for member in members if isinstance(member, type) and is_dataclass(member)}
    scalars = [member for member in members if not is_dataclass(member) and member is not type(None)]

    def read(record: Json) -> Any:
        if record is None and type(None) in members:
            return None
        if isinstance(record, dict) and record.get(TAG) in classes:
            return _reader(classes[record[TAG]])(record)
        for member in scalars:
            try:
                return _reader(member)(record)
            except RecordError:
                continue
        raise RecordError(f"{record!r} fits none of {members}")

    return read


def _dataclass_reader(kind: Any) -> Callable[[Json], Any]:
    hints = typing.get_type_hints(kind)
    required = {name for name, needed in _fields(kind).items() if needed}

    def read(record: Json) -> Any:
        row = _expect(record, dict)
        if missing := required - row.keys():
            raise RecordError(f"{kind.__name__} lacks {', '.join(sorted(missing))}")
        return kind(**{name: _reader(hints[name])(row[name]) for name in _fields(kind) if name in row})

    return read


def _scalar_reader(kind: type) -> Callable[[Json], Any]:
    def read(record: Json) -> Any:
        if kind is float and type(record) is int:
            return float(record)
        if type(record) is not kind and not (kind is type(None) and record is None):
            raise RecordError(f"{record!r} is not {kind.__name__}")
        return record

    return read


def _enum(kind: type[Enum], record: Json) -> Enum:
    try:
        return kind(record)
    except ValueError as error:
        raise RecordError(str(error)) from error


def _expect(record: Json, kind: type) -> Any:
    if not isinstance(record, kind):
        raise RecordError(f"{record!r} is not a {kind.__name__}")
    return record
