"""Components of messages and modals: walked, counted, read."""

from collections.abc import Iterable, Iterator
from typing import Any

ROW, BUTTON, SELECT, TEXT_INPUT, SECTION, TEXT, THUMBNAIL, GALLERY, FILE, SEPARATOR, CONTAINER, LABEL, UPLOAD = (
    1, 2, 3, 4, 9, 10, 11, 12, 13, 14, 17, 18, 19
)  # fmt: skip
RADIO, CHECKBOXES, CHECKBOX = 21, 22, 23
CLASSIC = frozenset({ROW, BUTTON, SELECT, 5, 6, 7, 8})
"""Kinds that a message without IS_COMPONENTS_V2 may have."""


def walk(components: Iterable[Any]) -> Iterator[dict[str, Any]]:
    """Every component, parents before children."""
    for one in components:
        if not isinstance(one, dict):
            continue
        yield one
        inner = one.get("components")
        yield from walk(inner if isinstance(inner, list) else ())
        yield from walk(part for name in ("accessory", "component") if (part := one.get(name)))


def words(components: Iterable[Any]) -> str:
    """All text there is to read, buttons aside."""
    return "\n".join(str(one.get("content", "")) for one in walk(components) if one.get("type") == TEXT)


def media(components: Iterable[Any]) -> Iterator[str]:
    """Every address of a picture or file."""
    for one in walk(components):
        match one.get("type"):
            case 12:
                yield from (item["media"]["url"] for item in one.get("items", ()))
            case 11:
                yield one["media"]["url"]
            case 13:
                yield one["file"]["url"]


def tokens(components: Iterable[Any]) -> Iterator[str]:
    """custom_ids in order."""
    return (str(one["custom_id"]) for one in walk(components) if one.get("custom_id") is not None)
