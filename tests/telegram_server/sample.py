"""Bytes to send: tiny pictures made on the spot, and calls as python-telegram-bot was recorded to make them."""

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from .upload import Part


def picture(width: int = 64, height: int = 48, colour: str = "teal", kind: str = "PNG") -> bytes:
    """A plain picture, encoded."""
    out = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(out, kind)
    return out.getvalue()


@dataclass(frozen=True)
class Sample:
    """A call as it stands on the wire."""

    method: str
    params: Mapping[str, str]
    parts: Mapping[str, Part]
    good: bool = True


def recorded(contracts: Path) -> dict[str, Sample]:
    """The recorded calls by name ("04_sendMessage"), their uploads replaced by pictures that decode."""
    samples = {}
    for path in sorted((contracts / "recorded" / "telegram").glob("*.json")):
        entry = json.loads(path.read_text(encoding="utf-8"))
        parts = {name: Part(one["filename"], one["ctype"], picture()) for name, one in entry["files"].items()}
        samples[path.stem] = Sample(entry["method"], entry["params"], parts, good=not entry["problems"])
    return samples
