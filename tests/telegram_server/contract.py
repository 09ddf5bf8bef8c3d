"""Checks of values and calls against the machine-readable Bot API (the file's own layout: methods, types, fields).

The file keeps names, types and required flags as data, discriminators and limits as prose; the prose is read here,
so that a newer file brings newer limits. Rules that stand nowhere in the file live in `rules`.
"""

import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Self

from .markup import MarkupRefused, parse, utf16_length

_ARRAY = "Array of "
_PRIMITIVES: dict[str, tuple[type, ...]] = {
    "Integer": (int,),
    "Float": (int, float),
    "String": (str,),
    "Boolean": (bool,),
}
_ATTACHED = re.compile(r"attach://([^\s\"\\,}\]]+)")
_CONSTANT = re.compile(r"(?:must be|always) \"?(\w+)\"?\.?$")
_CHOICE = re.compile(r"(?:[Mm]ust be one of|it can be one of) (.+?)(?:\. |\.$|$)")
_TEXT_LIMIT = re.compile(r"(\d+)-(\d+) (characters|bytes)(?: [^.;]*?(after entit))?", re.IGNORECASE)
_NUMBER_LIMIT = re.compile(r"(?:[Vv]alues between |between |; |, )(\d+)(?:-| and )(\d+)(?=[.,; ]|$)")
_LIST_LIMITS = (
    re.compile(r"must include (\d+)-(\d+) items"),
    re.compile(r"[Ll]ist of (\d+)-(\d+) "),
    re.compile(r"(?:At most|[Uu]p to) ()(\d+) (?:[\w ]+ )?(?:items|commands|identifiers|amounts)"),
)


@dataclass(frozen=True)
class Limit:
    """Lowest and highest value, length or count; `unit` is characters, parsed, bytes, number or items."""

    low: int
    high: int
    unit: str


@dataclass(frozen=True)
class Field:
    """A parameter or a member of an object."""

    name: str
    types: tuple[str, ...]
    required: bool
    limit: Limit | None = None
    choices: frozenset[str] = frozenset()
    constant: str | None = None

    @classmethod
    def read(cls, entry: Mapping[str, Any]) -> Self:
        types, prose = tuple(entry["types"]), entry["description"]
        text = types == ("String",)
        constant = _CONSTANT.search(prose) if text and entry["name"] in {"type", "source", "status"} else None
        choice = _CHOICE.search(prose) if text else None
        return cls(
            entry["name"], types, entry["required"], _limit(types, prose),
            frozenset(re.findall(r'"([^"]+)"', choice[1])) if choice else frozenset(),
            constant[1] if constant else None,
        )  # fmt: skip


class Contract:
    """The Bot API as data: `fields` by method or type name, `unions` by type name, `methods`."""

    def __init__(self, path: Path, *deltas: Path) -> None:
        document = json.loads(path.read_text(encoding="utf-8"))
        entries = document["methods"] | document["types"]
        self.methods = frozenset(document["methods"])
        self.fields = {
            name: {one["name"]: Field.read(one) for one in entry.get("fields", [])} for name, entry in entries.items()
        }
        self.unions = {name: tuple(entry["subtypes"]) for name, entry in entries.items() if entry.get("subtypes")}
        for delta in deltas:
            self._extend(json.loads(delta.read_text(encoding="utf-8")))

    @classmethod
    @cache
    def load(cls, folder: Path) -> Self:
        """The stored 10.1 file with the additions of 10.2 and 10.3; read once per process."""
        return cls(folder / "telegram-bot-api.json", folder / "telegram-bot-api-10.3-delta.json")

    def problems(self, method: str, params: Mapping[str, str], parts: Collection[str]) -> list[str]:
        """What is wrong with a call: `params` as strings on the wire, `parts` the names of its multipart files."""
        if method not in self.methods:
            return [f"unknown method {method}"]
        fields = self.fields[method]
        return [
            *self._attachment_problems(fields, params, parts),
            *(f"{name}: unknown parameter of {method}" for name in params if name not in fields),
            *(
                f"{name}: missing, required by {method}"
                for name, one in fields.items()
                if one.required and name not in params and name not in parts
            ),
            *(
                problem
                for name, raw in params.items()
                if name in fields
                for problem in self._param_problems(fields[name], raw, params)
            ),
        ]

    def value_problems(self, value: Any, kind: str) -> list[str]:
        """What is wrong with a decoded JSON value of the named type."""
        return list(self._check(value, (kind,), kind))

    def _attachment_problems(
        self, fields: Mapping[str, Field], params: Mapping[str, str], parts: Collection[str]
    ) -> Iterator[str]:
        referenced = {name for raw in params.values() for name in _ATTACHED.findall(raw)}
        for name in parts:
            direct = name in fields and "InputFile" in fields[name].types
            if not direct and name not in referenced:
                yield f"{name}: file part is neither a file parameter nor referenced"
            if direct and name in params:
                yield f"{name}: given both as a file and as text"
        yield from (f"attach://{name}: no such file part" for name in sorted(referenced - set(parts)))

    def _param_problems(self, one: Field, raw: str, params: Mapping[str, Any]) -> Iterator[str]:
        value: Any = raw
        if "String" not in one.types:
            try:
                value = json.loads(raw)
            except ValueError:
                yield f"{one.name}: {raw[:40]!r} is not JSON for {' or '.join(one.types)}"
                return
        yield from self._field_problems(one, value, one.name, params)

    def _field_problems(self, one: Field, value: Any, where: str, siblings: Mapping[str, Any]) -> Iterator[str]:
        found = list(self._check(value, one.types, where))
        yield from found
        if found:
            return
        if one.constant is not None and value != one.constant:
            yield f"{where}: {value!r} is not {one.constant!r}"
        if one.choices and value not in one.choices:
            yield f"{where}: {value!r} is none of {', '.join(sorted(one.choices))}"
        if one.name == "allowed_updates":
            names = self.fields["Update"].keys() - {"update_id"}
            yield from (f"{where}: {name!r} is no kind of update" for name in value if name not in names)
        if one.limit is not None:
            yield from _limit_problems(one, value, where, siblings)

    def _check(self, value: Any, kinds: tuple[str, ...], where: str) -> Iterator[str]:
        """Faults of a value that may have any of several types: those of the branch it comes nearest to."""
        if isinstance(value, list) and (inner := tuple(one.removeprefix(_ARRAY) for one in kinds if _ARRAY in one)):
            for index, item in enumerate(value):
                yield from self._check(item, inner, f"{where}[{index}]")
            return
        branches = [branch for kind in kinds for branch in self._branches(kind)]
        if isinstance(value, dict) and (chosen := [one for one in branches if self._announces(one, value)]):
            branches = chosen
        yield from min((list(self._check_one(value, branch, where)) for branch in branches), key=len)

    def _branches(self, kind: str) -> Iterator[str]:
        if kind in self.unions:
            for part in self.unions[kind]:
                yield from self._branches(part)
        else:
            yield kind

    def _announces(self, kind: str, value: Mapping[str, Any]) -> bool:
        """Whether a discriminator ("type": "photo") says that the object is of this type."""
        constants = [one for one in self.fields.get(kind, {}).values() if one.constant is not None]
        return bool(constants) and all(value.get(one.name) == one.constant for one in constants)

    def _check_one(self, value: Any, kind: str, where: str) -> Iterator[str]:
        if kind in _PRIMITIVES:
            if not isinstance(value, _PRIMITIVES[kind]) or (isinstance(value, bool) and kind != "Boolean"):
                yield f"{where}: {value!r} is not {kind}"
        elif kind == "InputFile":
            if not (isinstance(value, str) and value.startswith("attach://")):
                yield f"{where}: a file is a multipart part or attach://"
        elif kind.startswith(_ARRAY):
            yield f"{where}: not an array"
        elif kind != "Any":
            yield from self._object_problems(value, kind, where)

    def _object_problems(self, value: Any, kind: str, where: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield f"{where}: not an object ({kind})"
            return
        fields = self.fields[kind]
        yield from (f"{where}.{name}: unknown member of {kind}" for name in value if name not in fields)
        for name, one in fields.items():
            if name in value:
                yield from self._field_problems(one, value[name], f"{where}.{name}", value)
            elif one.required:
                yield f"{where}.{name}: missing, required in {kind}"

    def _extend(self, delta: Mapping[str, Any]) -> None:
        """Add the newer names. Only additions: where the file knows a field, the file is the better source."""
        self.methods |= frozenset(delta["methods"])
        for name in delta["types"]:
            if name not in self.unions:
                self.fields.setdefault(name, {})
        for name, entries in (delta["methods"] | delta["types"]).items():
            if name in self.unions:
                continue
            known = self.fields.setdefault(name, {})
            for key, entry in entries.items():
                if key not in known:
                    known[key] = Field(key, self._annotated(entry["type"]), entry["required"])

    def _annotated(self, annotation: str) -> tuple[str, ...]:
        """Types of one Python annotation; what the delta cut short or left to a union alias is `Any`."""
        text = annotation.removeprefix("<class '").removesuffix("'>")
        kinds = tuple(
            self._annotated_one(part.strip())
            for part in text.split(" | ")
            if part.strip() not in {"None", "aiogram.client.default.Default"}
        )
        return ("Any",) if "Any" in kinds else kinds

    def _annotated_one(self, text: str) -> str:
        plain = {"int": "Integer", "str": "String", "bool": "Boolean", "float": "Float"}
        if text in plain:
            return plain[text]
        if listed := re.fullmatch(r"list\[([\w.]+)\]", text):
            inner = self._annotated_one(listed[1])
            return "Any" if inner == "Any" else _ARRAY + inner
        name = text.rpartition(".")[2]
        return name if name in self.fields else "Any"


def _limit(types: tuple[str, ...], prose: str) -> Limit | None:
    if any(one.startswith(_ARRAY) for one in types):
        for pattern in _LIST_LIMITS:
            if found := pattern.search(prose):
                return Limit(int(found[1] or 0), int(found[2]), "items")
    elif "String" in types:
        if found := _TEXT_LIMIT.search(prose):
            return Limit(int(found[1]), int(found[2]), "parsed" if found[4] else found[3].lower())
    # Two limits name an exception (0x7FFFFFFF for ever): a plain range would refuse it.
    elif set(types) & {"Integer", "Float"} and "0x7FFFFFFF" not in prose and (found := _NUMBER_LIMIT.search(prose)):
        return Limit(int(found[1]), int(found[2]), "number")
    return None


def _limit_problems(one: Field, value: Any, where: str, siblings: Mapping[str, Any]) -> Iterator[str]:
    assert one.limit is not None
    amount: float
    match one.limit.unit:
        case "items" if isinstance(value, list):
            amount = len(value)
        case "number" if isinstance(value, int | float):
            amount = value
        case "bytes" if isinstance(value, str):
            amount = len(value.encode())
        case "characters" if isinstance(value, str):
            amount = utf16_length(value)
        case "parsed" if isinstance(value, str):
            own = f"{one.name}_parse_mode"
            try:
                amount = utf16_length(parse(value, siblings.get(own, siblings.get("parse_mode"))).text)
            except MarkupRefused as refused:
                yield f"{where}: can't parse entities: {refused}"
                return
        case _:
            return
    if not one.limit.low <= amount <= one.limit.high:
        yield f"{where}: {amount} {one.limit.unit} outside {one.limit.low}-{one.limit.high}"
