"""One uploaded file of a multipart request, and what Telegram demands of its kind."""

import io
from collections.abc import Iterator
from dataclasses import dataclass

from PIL import Image, UnidentifiedImageError

MEGABYTE = 1024 * 1024
PHOTO_BYTES = 10 * MEGABYTE
FILE_BYTES = 50 * MEGABYTE
DOWNLOAD_BYTES = 20 * MEGABYTE
PHOTO_SIDES = 10_000
PHOTO_RATIO = 20
THUMBNAIL_BYTES = 200_000
THUMBNAIL_SIDE = 320

# Where warnings are errors the lesser bomb (over 89 MP) arrives as an exception; a photo has at most 25 MP.
_BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)


@dataclass(frozen=True)
class Part:
    """A multipart part that carries a file."""

    filename: str
    content_type: str
    data: bytes


def size_of(data: bytes) -> tuple[int, int] | None:
    """Width and height in pixels of a picture that decodes to its last row, None for anything else."""
    try:
        with Image.open(io.BytesIO(data)) as picture:
            picture.load()
            return picture.size
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, *_BOMBS):
        return None


def file_problems(where: str, part: Part) -> Iterator[str]:
    """Faults of any upload."""
    if not part.data:
        yield f"{where}: file must be non-empty"
    if len(part.data) > FILE_BYTES:
        yield f"{where}: {len(part.data)} bytes, over 50 MB"
    if not part.filename:
        yield f"{where}: an upload needs a file name"


def photo_problems(where: str, part: Part) -> Iterator[str]:
    """Faults of an upload that is to be shown as a photo (PHOTO_INVALID_DIMENSIONS and its kin)."""
    if len(part.data) > PHOTO_BYTES:
        yield f"{where}: {len(part.data)} bytes, a photo has at most 10 MB"
    size = size_of(part.data)
    if size is None:
        yield f"{where}: not a picture that decodes"
        return
    if sum(size) > PHOTO_SIDES:
        yield f"{where}: {size[0]}+{size[1]} px, width and height must not exceed 10000 in total"
    if max(size) > PHOTO_RATIO * min(size):
        yield f"{where}: {size[0]}×{size[1]} px, a photo's ratio is at most 20"


def thumbnail_problems(where: str, part: Part) -> Iterator[str]:
    """Faults of a document's or video's thumbnail."""
    size = size_of(part.data)
    if size is None or not part.data.startswith(b"\xff\xd8"):
        yield f"{where}: a thumbnail is a JPEG"
    elif max(size) > THUMBNAIL_SIDE:
        yield f"{where}: {size[0]}×{size[1]} px, a thumbnail has at most 320 a side"
    if len(part.data) >= THUMBNAIL_BYTES:
        yield f"{where}: {len(part.data)} bytes, a thumbnail has less than 200 kB"
