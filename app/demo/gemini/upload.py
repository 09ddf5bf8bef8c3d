"""The Files API: a resumable upload in two steps, get, list, delete."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field

from aiohttp import web

from app.demo.gemini.wire import Json, Refusal, bad, camel

ID = re.compile(r"[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?")
FILE_URI = "https://generativelanguage.googleapis.com/v1beta/files/"


@dataclass
class Uploads:
    files: dict[str, bytes] = field(default_factory=dict)
    """By id."""
    _types: dict[str, str] = field(default_factory=dict)
    _numbers: itertools.count[int] = field(default_factory=itertools.count)

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/upload/{version}/files", self._upload),
            web.get("/{version}/files", self._list, allow_head=False),
            web.get("/{version}/files/{id}", self._get, allow_head=False),
            web.delete("/{version}/files/{id}", self._delete),
        ]

    async def _upload(self, request: web.Request) -> web.Response:
        command = request.headers.get("X-Goog-Upload-Command", "")
        if command == "start":
            file = camel(await request.json())["file"]
            name = file.get("name", f"files/f{next(self._numbers)}").removeprefix("files/")
            if not ID.fullmatch(name):
                raise bad("File ID")
            if name in self._types:
                raise Refusal(409, "ALREADY_EXISTS", "Requested entity already exists")
            self._types[name] = file["mimeType"]
            url = request.url.with_query(upload_id=name, upload_protocol="resumable")
            headers = {"X-Goog-Upload-URL": str(url), "X-Goog-Upload-Status": "active"}
            return web.json_response({}, headers=headers)
        name = request.query.get("upload_id", "")
        if name not in self._types or "finalize" not in command:
            raise bad("upload")
        self.files[name] = await request.read()
        return web.json_response({"file": self._record(name)}, headers={"X-Goog-Upload-Status": "final"})

    async def _list(self, _: web.Request) -> web.Response:
        return web.json_response({"files": [self._record(name) for name in self.files]})

    async def _get(self, request: web.Request) -> web.Response:
        return web.json_response(self._record(request.match_info["id"]))

    async def _delete(self, request: web.Request) -> web.Response:
        self._record(request.match_info["id"])
        del self.files[request.match_info["id"]]
        return web.json_response({})

    def _record(self, name: str) -> Json:
        if name not in self.files:
            raise Refusal(403, "PERMISSION_DENIED", "You do not have permission to access the File.")
        return {
            "name": f"files/{name}",
            "mimeType": self._types[name],
            "sizeBytes": str(len(self.files[name])),
            "uri": FILE_URI + name,
            "state": "ACTIVE",
            "source": "UPLOADED",
        }
