"""Supabase Storage's wire format on loopback: what the SDK sends and what the service answers, errors included."""

import json
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import BodyPartReader, web

KEY = "sb_secret_local"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Storage:
    """What the service remembers; `full` makes it refuse uploads, `down` makes a proxy before it answer."""

    url: str = ""
    buckets: dict[str, bool] = field(default_factory=dict)
    objects: dict[tuple[str, str], tuple[bytes, str]] = field(default_factory=dict)
    links: dict[str, tuple[str, str, float]] = field(default_factory=dict)
    full: bool = False
    down: bool = False

    def application(self) -> web.Application:
        @web.middleware
        async def door(request: web.Request, handler: Handler) -> web.StreamResponse:
            return await self.door(request, handler)

        application = web.Application(middlewares=[door], client_max_size=30_000_000)
        application.add_routes(
            [
                web.post("/storage/v1/bucket", self.make_bucket),
                web.get("/storage/v1/bucket/{bucket}", self.show_bucket),
                web.post("/storage/v1/object/list-v2/{bucket}", self.list_objects),
                web.post("/storage/v1/object/sign/{bucket}/{path:.+}", self.sign),
                web.get("/storage/v1/object/sign/{bucket}/{path:.+}", self.open_link),
                web.get("/storage/v1/object/info/{bucket}/{path:.+}", self.inform),
                web.post("/storage/v1/object/{bucket}/{path:.+}", self.upload),
                web.get("/storage/v1/object/{bucket}/{path:.+}", self.download),
                web.delete("/storage/v1/object/{bucket}", self.remove),
            ]
        )
        return application

    async def door(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if self.down:
            return web.Response(status=502, text="<html>Bad Gateway</html>", content_type="text/html")
        if "token" not in request.query and request.headers.get("apikey") != KEY:
            return _refuse(403, "Unauthorized", "Invalid Compact JWS")
        return await handler(request)

    async def make_bucket(self, request: web.Request) -> web.Response:
        asked = await request.json()
        if asked["id"] in self.buckets:
            return _refuse(409, "Duplicate", "The resource already exists")
        self.buckets[asked["id"]] = bool(asked.get("public"))
        return web.json_response({"name": asked["id"]})

    async def show_bucket(self, request: web.Request) -> web.Response:
        name = request.match_info["bucket"]
        if name not in self.buckets:
            return _refuse(404, "Bucket not found", "Bucket not found")
        moment = "2026-01-01T00:00:00.000Z"
        return web.json_response(
            {
                "id": name,
                "name": name,
                "owner": "",
                "public": self.buckets[name],
                "created_at": moment,
                "updated_at": moment,
                "file_size_limit": None,
                "allowed_mime_types": None,
            }
        )

    async def upload(self, request: web.Request) -> web.Response:
        place = request.match_info["bucket"], request.match_info["path"]
        content, media_type = b"", ""
        async for part in await request.multipart():
            if isinstance(part, BodyPartReader) and part.name == "file":
                content, media_type = bytes(await part.read()), part.headers["Content-Type"]
        if place[0] not in self.buckets:
            return _refuse(404, "Bucket not found", "Bucket not found")
        if self.full:
            return _refuse(507, "InsufficientStorage", "The project's storage is full")
        if place in self.objects and request.headers.get("x-upsert") != "true":
            return _refuse(409, "Duplicate", "The resource already exists")
        self.objects[place] = content, media_type
        return web.json_response({"Id": secrets.token_hex(16), "Key": "/".join(place)})

    async def download(self, request: web.Request) -> web.Response:
        stored = self.objects.get((request.match_info["bucket"], request.match_info["path"]))
        if stored is None:
            return _refuse(404, "not_found", "Object not found")
        return web.Response(body=stored[0], content_type=stored[1])

    async def inform(self, request: web.Request) -> web.Response:
        stored = self.objects.get((request.match_info["bucket"], request.match_info["path"]))
        if stored is None:
            return _refuse(404, "not_found", "Object not found")
        return web.json_response({"size": len(stored[0]), "contentType": stored[1], "metadata": {}})

    async def remove(self, request: web.Request) -> web.Response:
        bucket = request.match_info["bucket"]
        names = json.loads(await request.read())["prefixes"]
        gone = [name for name in names if self.objects.pop((bucket, name), None)]
        return web.json_response([{"name": name, "bucket_id": bucket} for name in gone])

    async def sign(self, request: web.Request) -> web.Response:
        place = request.match_info["bucket"], request.match_info["path"]
        if place not in self.objects:
            return _refuse(404, "not_found", "Object not found")
        token = secrets.token_urlsafe(16)
        self.links[token] = (*place, time.time() + int((await request.json())["expiresIn"]))
        return web.json_response({"signedURL": f"/object/sign/{'/'.join(place)}?token={token}"})

    async def open_link(self, request: web.Request) -> web.Response:
        place = request.match_info["bucket"], request.match_info["path"]
        *signed, until = self.links.get(request.query["token"], ("", "", 0.0))
        if tuple(signed) != place or until <= time.time():
            return _refuse(400, "InvalidJWT", '"exp" claim timestamp check failed')
        return await self.download(request)

    async def list_objects(self, request: web.Request) -> web.Response:
        bucket, asked = request.match_info["bucket"], await request.json()
        names = sorted(name for place, name in self.objects if place == bucket and name > asked.get("cursor", ""))
        page = names[: asked["limit"]]
        moment = "2026-01-01T00:00:00.000Z"
        return web.json_response(
            {
                "hasNext": len(page) < len(names),
                "nextCursor": page[-1] if len(page) < len(names) else None,
                "folders": [],
                "objects": [
                    {
                        "id": name,
                        "name": name,
                        "key": name,
                        "created_at": moment,
                        "updated_at": moment,
                        "metadata": {"size": len(self.objects[bucket, name][0])},
                    }
                    for name in page
                ],
            }
        )


@asynccontextmanager
async def storage_server() -> AsyncIterator[Storage]:
    state = Storage()
    runner = web.AppRunner(state.application())
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        state.url = f"http://{host}:{port}"
        yield state
    finally:
        await runner.cleanup()


def _refuse(status: int, error: str, message: str) -> web.Response:
    """Storage's own refusals: HTTP 400 whatever the status in the body, which is a string."""
    return web.json_response({"statusCode": str(status), "error": error, "message": message}, status=400)
