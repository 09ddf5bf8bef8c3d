"""Photoshop's notation for what a text layer says and how it is set ("EngineData"): nested marks, text in UTF-16."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

Value: TypeAlias = "bool | int | float | str | Mapping[str, Value] | Sequence[Value]"


def dumps(value: Mapping[str, Value]) -> bytes:
    """Floats are written with a point and ints without: Photoshop tells lengths from counts by that."""
    return b"\n\n" + _block(value, 0)


def _block(value: Mapping[str, Value], depth: int) -> bytes:
    tab = b"\t" * depth
    rows = b"".join(tab + b"\t/" + name.encode() + _after(item, depth + 1) + b"\n" for name, item in value.items())
    return tab + b"<<\n" + rows + tab + b">>"


def _after(value: Value, depth: int) -> bytes:
    return b"\n" + _block(value, depth) if isinstance(value, Mapping) else b" " + _plain(value, depth)


def _plain(value: Value, depth: int) -> bytes:
    match value:
        case bool():
            return b"true" if value else b"false"
        case int():
            return str(value).encode()
        case float():
            return f"{value:.5f}".rstrip("0").encode() + (b"0" if value == int(value) else b"")
        case str():
            return b"(" + _escaped(b"\xfe\xff" + value.encode("utf-16-be")) + b")"
        case Mapping():
            return _block(value, depth)
        case _ if any(isinstance(item, Mapping) for item in value):
            rows = b"".join(_plain(item, depth + 1) + b"\n" for item in value)
            return b"[\n" + rows + b"\t" * depth + b"]"
        case _:
            return b"[ " + b"".join(_plain(item, depth) + b" " for item in value) + b"]"


def _escaped(text: bytes) -> bytes:
    return text.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
