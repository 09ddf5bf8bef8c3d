"""The picture a newcomer is shown: made once by the local studio, a part of the release and nobody's own."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import resources

from core.services.desk import Asset

EXAMPLE = "example"
"""Asset id; no stored picture has one that is not a uuid."""
FILE = "example.jpg"
SIZE = (1280, 720)
"""Pixels."""


@cache
def example() -> Asset:
    data = resources.files("core.services").joinpath(FILE).read_bytes()
    return Asset(
        id=EXAMPLE,
        data=data,
        media_type="image/jpeg",
        sha256=hashlib.sha256(data).hexdigest(),
        width=SIZE[0],
        height=SIZE[1],
    )
