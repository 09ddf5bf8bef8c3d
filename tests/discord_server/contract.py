"""Checks of requests against Discord's OpenAPI document (JSON Schema 2020-12).

Objects in the file are open, so a misspelt member would pass: here they are closed. What the file does not know of or
has wrong is written down below, each with its reason; rules that stand nowhere in the file live in `rules`.
"""

import copy
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Self

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

_URN = "urn:discord"
_KEPT = 512
_PARAMETER = re.compile(r"\\\{(\w+)\\\}")
# The file has strings only; Discord takes whole numbers as well, and its own clients send attachments[].id as one.
_SNOWFLAKE = {"anyOf": [{"type": "string", "pattern": "^(0|[1-9][0-9]*)$"}, {"type": "integer", "minimum": 0}]}
# Documented since 2026-08-05 (change log), newer than the file: which kinds of files an upload field takes.
_NEWER = {"FileUploadComponentForModalRequest": {"file_types": {"type": "array", "maxItems": 10}}}
# Members that discord.py writes although the file has no place for them, and which Discord ignores.
_IGNORED = {"nsfw": "/applications/", "tts": "/webhooks/"}


@dataclass(frozen=True)
class Operation:
    """A row of the API: path template, its parameters out of the path, and what may be asked."""

    template: str
    parameters: Mapping[str, str]
    entry: Mapping[str, Any]

    @property
    def body(self) -> Mapping[str, Any] | None:
        """Schema by content type; None where the operation takes no body."""
        request = self.entry.get("requestBody")
        return request["content"] if request else None


class Contract:
    def __init__(self, path: Path) -> None:
        self.document = json.loads(path.read_text(encoding="utf-8"))
        schemas = self.document["components"]["schemas"]
        schemas["SnowflakeType"] = _SNOWFLAKE
        for name, members in _NEWER.items():
            schemas[name]["properties"] |= members
        closed = copy.deepcopy(self.document)
        for schema in closed["components"]["schemas"].values():
            if schema.get("type") == "object" and "properties" in schema:
                schema.setdefault("additionalProperties", False)
        self._registry = Registry().with_resource(_URN, Resource(contents=closed, specification=DRAFT202012))
        self._validators: dict[str, Draft202012Validator] = {}
        # A form takes milliseconds to check, and a hundred may ask for the same one at once.
        self._checked = lru_cache(_KEPT)(
            lambda template, schema, body: [*self._value(template, schema, json.loads(body))]
        )
        # Literal segments (@original) win over parameters.
        paths = sorted(self.document["paths"].items(), key=lambda row: row[0].count("{"))
        self._routes = [
            (re.compile(_PARAMETER.sub(r"(?P<\1>[^/]+)", re.escape(path))), path, item) for path, item in paths
        ]

    @classmethod
    @cache
    def load(cls, folder: Path) -> Self:
        """Read once per process."""
        return cls(folder / "discord-openapi.json")

    def find(self, method: str, path: str) -> Operation | None:
        """The operation of a path below /api/v10."""
        for pattern, template, item in self._routes:
            match = pattern.fullmatch(path)
            if match and method.lower() in item:
                return Operation(template, match.groupdict(), item[method.lower()] | {"shared": _named(item)})
        return None

    def problems(
        self, operation: Operation, query: Mapping[str, str], body: Any, *, multipart: bool = False
    ) -> list[str]:
        """What is wrong with a request; `body` is decoded JSON (of a multipart request its payload), None without."""
        known = _named(operation.entry) | operation.entry["shared"]
        found = [f"query {name}: unknown to {operation.template}" for name in query if name not in known]
        if operation.body is None:
            return found if body is None else [*found, f"{operation.template} takes no body"]
        if body is None:
            required = operation.entry["requestBody"].get("required")
            return [*found, f"{operation.template} needs a body"] if required else found
        if multipart and "multipart/form-data" not in operation.body:
            return [*found, f"{operation.template} takes no files"]
        schema = json.dumps(operation.body["application/json"]["schema"], sort_keys=True)
        return [*found, *self._checked(operation.template, schema, json.dumps(body))]

    def faults(self, schema: str, value: Any) -> list[str]:
        """What is wrong with something Discord itself would write, by the name of its schema."""
        return [*self._value("", json.dumps({"$ref": f"#/components/schemas/{schema}"}), value)]

    def _value(self, template: str, schema: str, value: Any) -> Iterator[str]:
        ignored = {name for name, prefix in _IGNORED.items() if template.startswith(prefix)}
        items = value if isinstance(value, list) else [value]
        bare = [
            {name: one for name, one in item.items() if name not in ignored} if isinstance(item, dict) else item
            for item in items
        ]
        validator = self._validator(schema)
        for error in validator.iter_errors(bare if isinstance(value, list) else bare[0]):
            leaf = _leaf(error)
            where = "/".join(map(str, leaf.absolute_path)) or "body"
            yield f"{where}: {leaf.message[:200]}"

    def _validator(self, schema: str) -> Draft202012Validator:
        if schema not in self._validators:
            absolute = schema.replace('"$ref": "#', f'"$ref": "{_URN}#')
            self._validators[schema] = Draft202012Validator(json.loads(absolute), registry=self._registry)
        return self._validators[schema]


def _named(entry: Mapping[str, Any]) -> set[str]:
    return {one["name"] for one in entry.get("parameters", []) if one.get("in") == "query"}


def _leaf(error: ValidationError) -> ValidationError:
    """The fault itself. Of a union, that of the branch whose `type` the value has: the others tell of other things."""
    while error.context:
        branches: dict[Any, list[ValidationError]] = {}
        for one in error.context:
            branches.setdefault(one.schema_path[0], []).append(one)
        meant = [
            errors for errors in branches.values() if not any(tuple(e.path)[-1:] == ("type",) for e in errors)
        ] or list(branches.values())
        nearest = min(meant, key=len)
        error = best_match(iter(nearest)) or nearest[0]
    return error
