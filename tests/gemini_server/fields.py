"""Every request against the catalogue: no field the row of its model does not take.

The contract knows what the service can be told, the stand-in what each model refuses; this is what our own data file
promises of each model. A request without a row is about no model of ours.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from app.demo.gemini.rule import YOUTUBE
from app.demo.gemini.wire import Call
from core.domain.model import Capability, ModelSpec
from core.providers.catalogue import load

ROWS: Mapping[str, ModelSpec] = {row.id: row for row in load().models}
PAINTERS_ONLY = ("imageConfig", "seed", "thinkingConfig")
READERS_ONLY = ("responseMimeType", "responseSchema", "responseJsonSchema")


class Fields:
    def __init__(self) -> None:
        self.violations: list[str] = []

    def __call__(self, call: Call) -> None:
        self.violations += (f"{call.model} takes no {found}" for found in self.check(call))

    def check(self, call: Call) -> list[str]:
        spec = ROWS.get(call.model)
        if spec is None:
            return []
        match call.verb:
            case "generateContent" | "streamGenerateContent":
                streamed = call.verb == "streamGenerateContent"
                return [*_asked(spec, call.body), *_unless(not streamed or spec.can(Capability.STREAMING), "streaming")]
            case "batchGenerateContent":
                rows = call.body["batch"]["inputConfig"]["requests"]["requests"]
                found = [one for row in rows for one in _asked(spec, row["request"])]
                return [*found, *_unless(spec.can(Capability.BATCH), "batches")]
            case "predict":
                return list(_predicted(spec, call.body))
        return []


def _asked(spec: ModelSpec, body: Any) -> Iterator[str]:
    config = body.get("generationConfig") or {}
    reads = spec.can(Capability.READ)
    for name in PAINTERS_ONLY if reads else READERS_ONLY:
        yield from _unless(name not in config, name)
    image, thinking = config.get("imageConfig") or {}, config.get("thinkingConfig")
    yield from _among("imageSize", image.get("imageSize"), spec.sizes)
    yield from _among("aspectRatio", image.get("aspectRatio"), spec.ratios)
    if thinking is not None:
        yield from _unless(bool(spec.thinking), "thinkingConfig")
        yield from _among("thinkingLevel", thinking.get("thinkingLevel", "").lower() or None, spec.thinking)
    yield from _unless("seed" not in config or spec.can(Capability.SEED), "seed")
    yield from _unless("safetySettings" not in body or spec.can(Capability.SAFETY), "safetySettings")
    yield from _unless("serviceTier" not in body or spec.can(Capability.SERVICE_TIER), "serviceTier")
    yield from _searched(spec, body.get("tools") or ())
    yield from _shown(spec, body.get("contents") or ())


def _searched(spec: ModelSpec, tools: Any) -> Iterator[str]:
    for tool in tools:
        yield from _unless(set(tool) == {"googleSearch"} and spec.can(Capability.SEARCH_WEB), f"tool {min(tool)}")
        kinds = (tool.get("googleSearch") or {}).get("searchTypes") or {}
        yield from _unless("imageSearch" not in kinds or spec.can(Capability.SEARCH_IMAGE), "imageSearch")


def _shown(spec: ModelSpec, turns: Any) -> Iterator[str]:
    said = [part for turn in turns if turn.get("role", "user") == "user" for part in turn["parts"]]
    addresses = [part["fileData"]["fileUri"] for part in said if "fileData" in part]
    videos = sum(address.startswith(YOUTUBE) for address in addresses)
    pictures = sum("inlineData" in part for part in said) + len(addresses) - videos
    yield from _unless(not videos or spec.can(Capability.VIDEO_CONTEXT), "video")
    if not spec.can(Capability.READ):
        yield from _unless(pictures <= spec.max_references, f"{pictures} references")
    yield from _unless(len(turns) < 2 or spec.can(Capability.MULTI_TURN), "conversation")


def _predicted(spec: ModelSpec, body: Any) -> Iterator[str]:
    given = body.get("parameters") or {}
    enlarges = "upscaleConfig" in given
    yield from _unless(not enlarges or spec.can(Capability.UPSCALE), "upscaleConfig")
    yield from _among("aspectRatio", given.get("aspectRatio"), spec.ratios)
    yield from _among("sampleImageSize", given.get("sampleImageSize"), spec.sizes)
    yield from _unless("seed" not in given or spec.can(Capability.SEED), "seed")
    for instance in body.get("instances") or ():
        count = len(instance.get("referenceImages") or ())
        yield from _unless(count <= spec.max_references, f"{count} references")


def _among(name: str, value: Any, taken: Any) -> Iterator[str]:
    yield from _unless(value is None or value in tuple(taken), f"{name} {value}")


def _unless(fits: bool, what: str) -> Iterator[str]:
    if not fits:
        yield what
