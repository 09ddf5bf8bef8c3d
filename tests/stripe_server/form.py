"""Stripe's form encoding: `line_items[0][price]=price_1` is a list of one object."""

import re
from typing import Any
from urllib.parse import parse_qsl

_KEY = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
_PART = re.compile(r"\[([^\[\]]*)\]")


def parse(body: str) -> dict[str, Any]:
    """Objects, lists and strings. Raises ValueError for a key that names nothing, or two things at once."""
    found: dict[str, Any] = {}
    for key, value in parse_qsl(body, keep_blank_values=True, strict_parsing=bool(body)):
        match = _KEY.fullmatch(key)
        if match is None:
            raise ValueError(f"key {key!r} is not well bracketed")
        *way, last = [match[1], *_PART.findall(match[2])]
        at = found
        for part in way:
            at = at.setdefault(part, {})
            if not isinstance(at, dict):
                raise ValueError(f"key {key!r} goes on below a value")
        if last in at:
            raise ValueError(f"key {key!r} stands there twice")
        at[last] = value
    return {name: _lists(value) for name, value in found.items()}


def _lists(value: Any) -> Any:
    """Objects whose keys count from 0 are lists."""
    if not isinstance(value, dict):
        return value
    inner = {name: _lists(one) for name, one in value.items()}
    return list(inner.values()) if list(inner) == [str(n) for n in range(len(inner))] else inner
