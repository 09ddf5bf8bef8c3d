"""Which extras are installed, known without importing them or any imaging library."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path


@cache
def models() -> Path | None:
    """The folder of the models of `identity`; None where the extra, or half of it, is missing."""
    found = find_spec("face_recognition_models")
    if find_spec("dlib") is None or found is None or not found.submodule_search_locations:
        return None
    return Path(found.submodule_search_locations[0]) / "models"


@cache
def reads() -> bool:
    """Whether `ocr` is there, whole."""
    return all(find_spec(name) is not None for name in ("rapidocr", "onnxruntime"))
