"""A picture made light enough to be shown where a file may not be as heavy as it is."""

from __future__ import annotations

import io

from PIL import Image

_QUALITIES = (90, 80, 68)
_STEP = 0.75


def shrink(data: bytes, limit: int) -> bytes:
    """The picture as a JPEG of at most `limit` bytes: less fine first, smaller then. Takes up to a second of CPU."""
    with Image.open(io.BytesIO(data)) as opened:
        picture = opened.convert("RGB")
    while True:
        for quality in _QUALITIES:
            out = io.BytesIO()
            picture.save(out, "JPEG", quality=quality, optimize=True)
            if out.tell() <= limit or max(picture.size) == 1:
                return out.getvalue()
        picture = picture.resize((max(1, int(picture.width * _STEP)), max(1, int(picture.height * _STEP))))
