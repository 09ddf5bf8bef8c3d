"""Frozen values to JSON records and back, driven by their type hints.

One codec serves sessions, views, briefs and recipes. Supported: None, bool, int, float, str, StrEnum, tuple[X, ...],
dict[str, X], dataclasses, and unions; a union of dataclasses is told apart by the class name under "_".
Unknown keys are ignored and missing ones take the field's default, so that a record of an older release still reads.
What a class needs is looked up once: every press writes and reads some hundred values.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass
from enum import Enum
from functools import cache
from operator import attrgetter
from typing import Any, TypeVar

Json = Any
T = TypeVar("T")
TAG = "_"


class RecordError(ValueError):
    """The record does not fit the type."""


def to_record(value: object) -> Json:
    """JSON-ready form of a value. Every field is written, so a record keeps its meaning when a default changes."""
    return _WRITERS[type(value)](value)


def from_record(kind: type[T], record: Json) -> T:
    """The value of `kind` (a class or a union of classes) that `record` describes. Raises RecordError."""
    untyped: Any = kind
    value: T = _reader(untyped)(record)
    return value


class _Writers(dict[type, Callable[[Any], Json]]):
    """Type of a value -> its writer, made when the type is first met."""

    def __missing__(self, kind: type) -> Callable[[Any], Json]:
        self[kind] = writer = _writer(kind)
        return writer


_WRITERS = _Writers()
_PLAIN = frozenset((str, int, bool, float, type(None)))


def _writer(kind: Any) -> Callable[[Any], Json]:
    if issubclass(kind, Enum):
        return attrgetter("value")
    if kind is type(None) or issubclass(kind, (bool, int, float, str)):
        return lambda value: value
    if issubclass(kind, (tuple, list)):  # lists come from records inside records
        return lambda value: [_WRITERS[type(item)](item) for item in value]
    if issubclass(kind, dict):
        return lambda value: {key: _WRITERS[type(item)](item) for key, item in value.items()}
    if is_dataclass(kind):
        return _dataclass_writer(kind)
    raise RecordError(f"{kind.__name__} has no record form")


def _dataclass_writer(kind: Any) -> Callable[[Any], Json]:
    tag, names = kind.__name__, tuple(_fields(kind))

    def write(value: Any) -> Json:
        record = {TAG: tag}
        for name in names:
            item = getattr(value, name)
            of = type(item)
            record[name] = item if of in _PLAIN else _WRITERS[of](item)
        return record

    return write


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
        return lambda record: tuple([item(one) for one in _expect(record, list)])
    if origin is dict:
        item = _reader(typing.get_args(kind)[1])
        return lambda record: {str(key): item(one) for key, one in _expect(record, dict).items()}
    if is_dataclass(kind):
        return _dataclass_reader(kind)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return lambda record: _enum(kind, record)
    return _scalar_reader(kind)


def _union_reader(members: tuple[Any, ...]) -> Callable[[Json], Any]:
    classes = {
        member.__name__: _reader(member) for member in members if isinstance(member, type) and is_dataclass(member)
    }
    scalars = [_reader(member) for member in members if not is_dataclass(member) and member is not type(None)]
    optional = type(None) in members

    def read(record: Json) -> Any:
        if record is None and optional:
            return None
        if isinstance(record, dict) and record.get(TAG) in classes:
            return classes[record[TAG]](record)
        for member in scalars:
            try:
                return member(record)
            except RecordError:
                continue
        raise RecordError(f"{record!r} fits none of {members}")

    return read


def _dataclass_reader(kind: Any) -> Callable[[Json], Any]:
    required = {name for name, needed in _fields(kind).items() if needed}

    @cache
    def readers() -> dict[str, Callable[[Json], Any]]:  # only when the first record comes: a class may hold itself
        hints = typing.get_type_hints(kind)
        return {name: _reader(hints[name]) for name in _fields(kind)}

    def read(record: Json) -> Any:
        row = _expect(record, dict)
        if missing := required - row.keys():
            raise RecordError(f"{kind.__name__} lacks {', '.join(sorted(missing))}")
        return kind(**{name: read_field(row[name]) for name, read_field in readers().items() if name in row})

    return read


def _scalar_reader(kind: type) -> Callable[[Json], Any]:
    def read(record: Json) -> Any:
        if type(record) is kind:
            return record
        if kind is float and type(record) is int:
            return float(record)
        raise RecordError(f"{record!r} is not {kind.__name__}")

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
