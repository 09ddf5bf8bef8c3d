"""Checks against Stripe's OpenAPI subset (3.0): what is asked, and what the server itself serves and tells.

Requests are form-encoded, so every value comes as a string and is read as its schema says. Objects of a request are
closed here, so that a misspelt member does not pass.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Self

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

_URN = "urn:stripe"
_PARAMETER = re.compile(r"\\\{(\w+)\\\}")
_FORM = "application/x-www-form-urlencoded"
_LATER = {"invoice_payment.paid": "invoice_payment"}
"""What else is told, by the SDK's own names: the subset holds the object, and not the event."""
_READ = {"true": True, "false": False}


@dataclass(frozen=True)
class Operation:
    name: str
    parameters: Mapping[str, str]
    schema: Mapping[str, Any] | None
    """Of the form; None where it takes none."""


class Contract:
    def __init__(self, spec: Path, samples: Path) -> None:
        document = json.loads(spec.read_text(encoding="utf-8"))
        self.version: str = document["info"]["version"]
        self.tells: dict[str, str] = document["info"]["x-webhook-event-objects"] | _LATER
        """What kind of object an event of each type carries."""
        self.samples: dict[str, Any] = json.loads(samples.read_text(encoding="utf-8"))["resources"]
        schemas = {name: _plain(one) for name, one in document["components"]["schemas"].items()}
        contents = {"components": {"schemas": schemas}}
        self._registry = Registry().with_resource(_URN, Resource(contents=contents, specification=DRAFT202012))
        # Literal segments win over parameters.
        paths = sorted(document["paths"].items(), key=lambda row: row[0].count("{"))
        self._routes = [(re.compile(_PARAMETER.sub(r"(?P<\1>[^/]+)", re.escape(path))), row) for path, row in paths]

    @classmethod
    @cache
    def load(cls, folder: Path) -> Self:
        """Read once per process."""
        return cls(folder / "stripe-openapi-subset.json", folder / "stripe-fixtures-subset.json")

    def find(self, method: str, path: str) -> Operation | None:
        for pattern, row in self._routes:
            match = pattern.fullmatch(path)
            if match and method.lower() in row:
                entry = row[method.lower()]
                form = entry.get("requestBody", {}).get("content", {}).get(_FORM, {}).get("schema")
                return Operation(entry["operationId"], match.groupdict(), form and _plain(form, closed=True))
        return None

    def asked(self, operation: Operation, form: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
        """The parameters with their types, and what is wrong with them."""
        if operation.schema is None:
            return {}, [f"{operation.name} takes no parameters"] if form else []
        values = {name: _typed(operation.schema["properties"].get(name, {}), one) for name, one in form.items()}
        return values, [*self._problems(operation.schema, values)]

    def problems(self, name: str, value: Mapping[str, Any]) -> list[str]:
        """What is wrong with an object of this name."""
        return [*self._problems({"$ref": f"{_URN}#/components/schemas/{name}"}, value)]

    def _problems(self, schema: Mapping[str, Any], value: Any) -> Iterator[str]:
        for error in Draft202012Validator(schema, registry=self._registry).iter_errors(value):
            leaf = best_match(iter(error.context)) if error.context else error
            yield f"{'/'.join(map(str, (leaf or error).absolute_path)) or 'body'}: {(leaf or error).message[:200]}"


def _plain(schema: Any, *, closed: bool = False) -> Any:
    """JSON Schema 2020-12 of an OpenAPI 3.0 schema."""
    if isinstance(schema, list):
        return [_plain(one, closed=closed) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return {"$ref": schema["$ref"].replace("#", f"{_URN}#", 1)}
    plain = {name: _plain(one, closed=closed) for name, one in schema.items() if name != "nullable"}
    if closed and plain.get("type") == "object" and isinstance(plain.get("properties"), dict):
        plain.setdefault("additionalProperties", False)
    return {"anyOf": [plain, {"type": "null"}]} if schema.get("nullable") is True else plain


def _typed(schema: Mapping[str, Any], value: Any) -> Any:
    """A form's value as its schema means it; what does not fit stays a string, and is found wanting."""
    kind = schema.get("type")
    if "anyOf" in schema:
        wanted = str if isinstance(value, str) else dict if isinstance(value, dict) else list
        kinds = {"string": str, "object": dict, "array": list}
        fitting = [one for one in schema["anyOf"] if kinds.get(one.get("type", ""), str) is wanted]
        return _typed(fitting[0], value) if fitting else value
    if isinstance(value, dict):
        members, others = schema.get("properties", {}), schema.get("additionalProperties")
        rest = others if isinstance(others, dict) else {}
        return {name: _typed(members.get(name, rest), one) for name, one in value.items()}
    if isinstance(value, list):
        return [_typed(schema.get("items", {}), one) for one in value]
    if kind == "integer" and re.fullmatch(r"-?\d+", value):
        return int(value)
    return _READ.get(value, value) if kind == "boolean" else value
