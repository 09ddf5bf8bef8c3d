"""The shelf: a page's own files, named by the content of all of them so that browsers may keep them for good."""

from __future__ import annotations

import hashlib
import mimetypes
from pathlib import Path
from typing import Final

from aiohttp import web

FOLDER: Final = Path(__file__).with_name("static")
FOREVER = "public, max-age=31536000, immutable"
_TEXT = {".css", ".js", ".svg", ".webmanifest"}


class Shelf:
    """Read once at start. One release name for all files, so modules and fonts find each other by relative names."""

    def __init__(self, folder: Path = FOLDER, at: str = "") -> None:
        """`at`: where on the site the shelf stands."""
        self._at = at
        self._files = {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()}
        digest = hashlib.sha256()
        for name, data in self._files.items():
            digest.update(f"{name} {len(data)}\n".encode() + data)
        self.release: Final = digest.hexdigest()[:12]

    def url(self, name: str) -> str:
        if name not in self._files:
            raise KeyError(f"{name} is not on the shelf")
        return f"{self._at}/static/{self.release}/{name}"

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """GET /static/{release}/{name}. A page of another replica's release gets what is here, uncached."""
        name = request.match_info["name"]
        if name not in self._files:
            raise web.HTTPNotFound
        suffix = Path(name).suffix
        answer = web.Response(body=self._files[name], content_type=_media_type(suffix))
        if suffix in _TEXT:
            answer.charset = "utf-8"
            answer.enable_compression()
        current = request.match_info["release"] == self.release
        answer.headers["Cache-Control"] = FOREVER if current else "no-cache"
        return answer


def _media_type(suffix: str) -> str:
    known = {".woff": "font/woff", ".ttf": "font/ttf", ".js": "text/javascript", ".txt": "text/plain"}
    return known.get(suffix) or mimetypes.types_map.get(suffix, "application/octet-stream")
