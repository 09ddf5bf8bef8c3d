"""Files on Telegram's servers and how messages carry them."""

import hashlib
import io
import itertools
from dataclasses import dataclass
from typing import Any

from PIL import Image, ImageOps

from .upload import size_of

PHOTO_SIDES = (320, 1280)
PHOTO_QUALITY = 87
_FOLDERS = {"photo": "photos", "document": "documents", "video": "videos", "animation": "animations"}


@dataclass(frozen=True)
class StoredFile:
    """A file on the servers: `size` in pixels for pictures, `name` and `mime` for documents."""

    file_id: str
    unique_id: str
    path: str
    data: bytes
    name: str | None = None
    mime: str | None = None
    size: tuple[int, int] | None = None

    def payload(self) -> dict[str, Any]:
        """What every kind of file says about itself."""
        return {"file_id": self.file_id, "file_unique_id": self.unique_id, "file_size": len(self.data)}


@dataclass(frozen=True)
class Attachment:
    """What a message carries: a photo in ascending sizes, or one document, video or animation."""

    kind: str
    files: tuple[StoredFile, ...]

    @property
    def file(self) -> StoredFile:
        """The file itself; of a photo its largest size."""
        return self.files[-1]

    def payload(self) -> dict[str, Any]:
        """The message member that holds the file."""
        if self.kind == "photo":
            return {"photo": [one.payload() | _sides(one) for one in self.files]}
        document = self.file.payload() | {
            key: value
            for key, value in (("file_name", self.file.name), ("mime_type", self.file.mime))
            if value is not None
        }
        if self.kind == "document":
            return {"document": document}
        return {self.kind: document | _sides(self.file) | {"duration": 0}}


def _sides(file: StoredFile) -> dict[str, int]:
    width, height = file.size or (0, 0)
    return {"width": width, "height": height}


class Files:
    """Files by any of their ids. Uploading the same bytes twice gives two ids and one unique id, as Telegram does."""

    def __init__(self) -> None:
        self._by_id: dict[str, Attachment] = {}
        self._by_path: dict[str, StoredFile] = {}
        self._numbers = itertools.count(1)

    def upload(self, kind: str, data: bytes, name: str, mime: str) -> Attachment:
        """Keep what the bot sent. A photo stays as uploaded: the bot cannot see Telegram recompress it."""
        named = kind != "photo"
        one = self._stored(kind, data, size_of(data) if kind == "photo" else None, *((name, mime) if named else ()))
        return self._kept(Attachment(kind, (one,)))

    def photograph(self, data: bytes) -> Attachment:
        """Keep a person's photo as Telegram hands it on: upright JPEGs of at most 1280 px without metadata."""
        with Image.open(io.BytesIO(data)) as source:
            source.draft("RGB", (PHOTO_SIDES[-1], PHOTO_SIDES[-1]))
            upright = ImageOps.exif_transpose(source).convert("RGB")
        sizes = []
        for side in PHOTO_SIDES:
            scaled = ImageOps.contain(upright, (side, side)) if max(upright.size) > side else upright
            out = io.BytesIO()
            scaled.save(out, "JPEG", quality=PHOTO_QUALITY)
            sizes.append(self._stored("photo", out.getvalue(), scaled.size))
            if scaled is upright:
                break
        return self._kept(Attachment("photo", tuple(sizes)))

    def attachment(self, file_id: str) -> Attachment | None:
        """The attachment one of whose files has this id."""
        return self._by_id.get(file_id)

    def by_id(self, file_id: str) -> StoredFile | None:
        """The very file (the very size of a photo) with this id."""
        found = self._by_id.get(file_id)
        return next((one for one in found.files if one.file_id == file_id), None) if found else None

    def by_path(self, path: str) -> StoredFile | None:
        """The file a download address names."""
        return self._by_path.get(path)

    def _stored(
        self, kind: str, data: bytes, size: tuple[int, int] | None, name: str | None = None, mime: str | None = None
    ) -> StoredFile:
        number, digest = next(self._numbers), hashlib.sha256(data).hexdigest()
        suffix = "jpg" if kind == "photo" else (name or "").rpartition(".")[2] or "bin"
        path = f"{_FOLDERS[kind]}/file_{number}.{suffix}"
        return StoredFile(f"{kind}-{number}-{digest[:24]}", digest[:16], path, data, name, mime, size)

    def _kept(self, attachment: Attachment) -> Attachment:
        for one in attachment.files:
            self._by_id[one.file_id] = attachment
            self._by_path[one.path] = one
        return attachment
