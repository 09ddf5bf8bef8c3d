"""Texts: every sentence people read, by key and language, from the locale files beside this module."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

LOCALES = Path(__file__).with_name("locales")
FALLBACK = "en"


def _one_other(number: int) -> str:
    return "one" if number == 1 else "other"


def _one_few_many(number: int) -> str:
    if number % 10 == 1 and number % 100 != 11:
        return "one"
    return "few" if number % 10 in (2, 3, 4) and number % 100 not in (12, 13, 14) else "many"


PLURALS: dict[str, Callable[[int], str]] = {"one_other": _one_other, "one_few_many": _one_few_many}
"""Plural rules by the name a locale file gives under `locale.plural`; each returns the ending of the key."""


@dataclass(frozen=True, slots=True)
class Speaker:
    """One language's sentences."""

    language: str
    table: Mapping[str, str]
    plural: Callable[[int], str]

    def say(self, key: str, **values: object) -> str:
        """The sentence of a key with its placeholders filled; one that counts is chosen by `n`. Raises KeyError."""
        template = self.table.get(key)
        if template is None:
            number = values.get("n")
            if not isinstance(number, int):
                raise KeyError(key)
            template = self.table[f"{key}.{self.plural(number)}"]
        return template.format_map(values)


@cache
def languages() -> tuple[str, ...]:
    """Languages there is a locale file for."""
    return tuple(sorted(path.stem for path in LOCALES.glob("*.toml")))


def speaker(language: str) -> Speaker:
    """The speaker of a language tag: the tag itself, else its base language, else English."""
    tag = language.lower().replace("_", "-")
    known = languages()
    return _load(next((name for name in (tag, tag.partition("-")[0]) if name in known), FALLBACK))


@cache
def _load(language: str) -> Speaker:
    raw = tomllib.loads((LOCALES / f"{language}.toml").read_text(encoding="utf-8"))
    plural = PLURALS[raw.pop("locale")["plural"]]
    return Speaker(language, dict(_flat("", raw)), plural)


def _flat(prefix: str, table: Mapping[str, Any]) -> list[tuple[str, str]]:
    rows: list[tuple[str, str]] = []
    for name, value in table.items():
        if isinstance(value, dict):
            rows += _flat(f"{prefix}{name}.", value)
        else:
            rows.append((f"{prefix}{name}", value))
    return rows
