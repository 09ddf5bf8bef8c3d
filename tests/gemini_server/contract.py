"""Every request against Google's own machine-readable schema."""

import base64
import binascii
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from app.demo.gemini.wire import Call

PREFIX = "GoogleCloudAiplatformV1beta1"
REQUEST = f"{PREFIX}GenerateContentRequest"

EXCEPTIONS = {
    ("GenerateContentRequest", "serviceTier"): "taken by the Developer API, which has no published schema here",
}
DISCOURAGED = {
    "temperature": "declared deprecated in July 2026",
    "topP": "declared deprecated in July 2026",
    "topK": "declared deprecated in July 2026",
    "maxOutputTokens": "the model's own limit is the right one for pictures",
}
PREDICT = {
    "instances": {"prompt", "referenceImages", "image"},
    "parameters": {
        "sampleCount",
        "mode",
        "editMode",
        "upscaleConfig",
        "aspectRatio",
        "seed",
        "safetySetting",
        "personGeneration",
        "includeRaiReason",
        "outputOptions",
        "addWatermark",
        "sampleImageSize",
    },
}
"""predict has no schema; the names are those of a recorded call, without the ones the family no longer takes."""


class Contract:
    def __init__(self, folder: Path) -> None:
        self._schemas: dict[str, Any] = json.loads((folder / "aiplatform.v1beta1.subset.json").read_text())["schemas"]
        self.violations: list[str] = []

    def __call__(self, call: Call) -> None:
        self.violations += (f"{call.model}:{call.verb} {found}" for found in self.check(call))

    def check(self, call: Call) -> list[str]:
        match call.verb:
            case "generateContent" | "streamGenerateContent":
                return [*self._object(REQUEST, call.body, "request"), *_discouraged(call.body)]
            case "countTokens":
                return list(self._object(REQUEST, call.body.get("generateContentRequest", call.body), "request"))
            case "batchGenerateContent":
                rows = call.body["batch"]["inputConfig"]["requests"]["requests"]
                return [
                    found
                    for row in rows
                    for found in (*self._object(REQUEST, row["request"], "batch"), *_discouraged(row["request"]))
                ]
            case "predict":
                return list(_predict(call.body))
        return [f"unknown method {call.verb}"]

    def _object(self, name: str, value: Any, path: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield f"{path} is no object"
            return
        schema = self._schemas[name]
        if "properties" not in schema:
            return
        for key, item in value.items():
            if key in schema["properties"]:
                yield from self._value(schema["properties"][key], item, f"{path}.{key}")
            elif (name.removeprefix(PREFIX), key) not in EXCEPTIONS:
                yield f"{path}.{key} is unknown"

    def _value(self, schema: dict[str, Any], value: Any, path: str) -> Iterator[str]:
        if reference := schema.get("$ref"):
            yield from self._object(reference, value, path)
        elif schema.get("type") != "array":
            yield from SCALARS.get(schema.get("type", "any"), _any)(schema, value, path)
        elif not isinstance(value, list):
            yield f"{path} is no list"
        else:
            for index, item in enumerate(value):
                yield from self._value(schema["items"], item, f"{path}[{index}]")


def _any(schema: dict[str, Any], value: Any, path: str) -> Iterator[str]:
    yield from ()


def _integer(schema: dict[str, Any], value: Any, path: str) -> Iterator[str]:
    if not isinstance(value, int) or isinstance(value, bool):
        yield f"{path} is no integer"
    elif schema.get("format") == "int32" and not -(2**31) <= value < 2**31:
        yield f"{path} is beyond 32 bits"


def _number(schema: dict[str, Any], value: Any, path: str) -> Iterator[str]:
    if not isinstance(value, (int, float)):
        yield f"{path} is no number"


def _boolean(schema: dict[str, Any], value: Any, path: str) -> Iterator[str]:
    if not isinstance(value, bool):
        yield f"{path} is no boolean"


def _string(schema: dict[str, Any], value: Any, path: str) -> Iterator[str]:
    if not isinstance(value, str):
        yield f"{path} is no string"
    elif schema.get("enum") and value not in schema["enum"]:
        yield f"{path} has no value {value}"
    elif schema.get("format") == "byte":
        try:
            base64.b64decode(re.sub("-", "+", value).replace("_", "/"), validate=True)
        except binascii.Error:
            yield f"{path} is no base64"


SCALARS = {"string": _string, "integer": _integer, "number": _number, "boolean": _boolean}


def _discouraged(body: Any) -> Iterator[str]:
    for key in (body.get("generationConfig") or {}).keys() & DISCOURAGED.keys():
        yield f"generationConfig.{key}: {DISCOURAGED[key]}"


def _predict(body: Any) -> Iterator[str]:
    for instance in body.get("instances", ()):
        yield from (f"instances.{key} is unknown" for key in instance.keys() - PREDICT["instances"])
    yield from (f"parameters.{key} is unknown" for key in (body.get("parameters") or {}).keys() - PREDICT["parameters"])
    yield from (f"{key} is unknown" for key in body.keys() - PREDICT.keys())
