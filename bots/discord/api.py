"""Discord's API as far as we ask it: raw messages of components over discord.py's connection and rate limits.

discord.py's own messages would keep every view in memory for ever, and forget it with the process all the same.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import discord
from discord.http import HTTPClient, Route

from bots.discord.limit import Limits
from core.domain.record import Json
from core.services.desk import Reply

ORIGINAL = "@original"
ENDURED_S = 1.0
"""A pause Discord asks for is slept through here up to so long; a longer one is the caller's."""

QUIET_MINUTES = 1440
"""After so long without a word a thread is put away; the next one brings it back."""

_REPLY = "/webhooks/{webhook_id}/{webhook_token}"
_ENTITLEMENTS = "/applications/{application_id}/entitlements"
_MESSAGES = "/channels/{channel_id}/messages"


@dataclass(frozen=True, slots=True)
class Upload:
    name: str
    data: bytes
    media_type: str


class Api:
    """Every method raises the library's own errors: discord.HTTPException, discord.RateLimited, and the network's."""

    def __init__(self, http: HTTPClient) -> None:
        self._http = http
        self._limits = Limits(http)
        # The library's own constructor takes no less than half a minute, which is most of a sender's lease.
        http.max_ratelimit_timeout = ENDURED_S

    async def respond(self, interaction: str, token: str, kind: int, data: Json = None) -> None:
        """The first response, within three seconds."""
        route = Route("POST", "/interactions/{i}/{webhook_token}/callback", i=interaction, webhook_token=token)
        await self._request(route, json={"type": kind, **({"data": data} if data else {})})

    async def follow_up(self, reply: Reply, body: Mapping[str, Json], uploads: Sequence[Upload] = ()) -> Any:
        """A new message; the record of it."""
        return await self._send(self._reply("POST", reply), body, uploads)

    async def edit_said(
        self, reply: Reply, message: str, body: Mapping[str, Json], uploads: Sequence[Upload] = ()
    ) -> Any:
        """Change what was said with a reply, by id or as ORIGINAL; the record of it."""
        return await self._send(self._reply("PATCH", reply, message), body, uploads)

    async def delete_said(self, reply: Reply, message: str) -> None:
        await self._request(self._reply("DELETE", reply, message))

    async def post(self, channel: int, body: Mapping[str, Json], uploads: Sequence[Upload] = ()) -> Any:
        """A new message of the bot's own; the record of it."""
        return await self._send(Route("POST", _MESSAGES, channel_id=channel), body, uploads)

    async def edit(self, channel: int, message: int, body: Mapping[str, Json], uploads: Sequence[Upload] = ()) -> Any:
        return await self._send(self._own("PATCH", channel, message), body, uploads)

    async def delete(self, channel: int, message: int) -> None:
        await self._request(self._own("DELETE", channel, message))

    async def door(self, person: int) -> int:
        """The channel with a person alone."""
        opened = await self._request(Route("POST", "/users/@me/channels"), json={"recipient_id": str(person)})
        return int(opened["id"])

    async def channel(self, channel: int) -> Any:
        return await self._request(Route("GET", "/channels/{channel_id}", channel_id=channel))

    async def begin_thread(self, channel: int, message: int, name: str) -> int:
        """A thread on a message, which gives it its own id."""
        route = Route(
            "POST", f"{_MESSAGES}/{{message_id}}/threads", channel_id=channel, message_id=message
        )  # fmt: skip
        begun = await self._request(route, json={"name": name, "auto_archive_duration": QUIET_MINUTES})
        return int(begun["id"])

    async def reopen(self, thread: int) -> None:
        """Take an archived thread out of the archive."""
        route = Route("PATCH", "/channels/{channel_id}", channel_id=thread)
        await self._request(route, json={"archived": False})

    async def entitlements(self, application: int, after: int, limit: int, **more: str) -> Any:
        """Up to `limit` of what people have bought, refunded ones included, with ids above `after`; `more` narrows."""
        route = Route("GET", _ENTITLEMENTS, application_id=application)
        asked = {"after": str(after), "limit": str(limit), "exclude_deleted": "false", **more}
        return await self._request(route, params=asked)

    async def subscriptions(self, item: int, person: int, limit: int) -> Any:
        """Up to `limit` of a person's to an SKU, those that ended included, newest first."""
        route = Route("GET", "/skus/{sku_id}/subscriptions", sku_id=item)
        return await self._request(route, params={"user_id": str(person), "limit": str(limit)})

    async def consume(self, application: int, entitlement: int) -> None:
        """Use a purchase up, so that it can be made again."""
        path = f"{_ENTITLEMENTS}/{{entitlement_id}}/consume"
        await self._request(Route("POST", path, application_id=application, entitlement_id=entitlement))

    async def _send(self, route: Route, body: Mapping[str, Json], uploads: Sequence[Upload]) -> Any:
        if not uploads:
            return await self._request(route, json=dict(body))
        files = [discord.File(io.BytesIO(one.data), one.name) for one in uploads]
        form: list[dict[str, Any]] = [{"name": "payload_json", "value": json.dumps(body)}]
        form += [
            {"name": f"files[{number}]", "value": file.fp, "filename": one.name, "content_type": one.media_type}
            for number, (file, one) in enumerate(zip(files, uploads, strict=True))
        ]
        return await self._request(route, form=form, files=files)

    async def _request(self, route: Route, **sent: Any) -> Any:
        try:
            return await self._http.request(route, **sent)
        finally:
            self._limits.used(route)

    @staticmethod
    def _reply(method: str, reply: Reply, message: str = "") -> Route:
        # The library remembers every path it was given: an id is a parameter, never part of one.
        path = _REPLY + {"": "", ORIGINAL: f"/messages/{ORIGINAL}"}.get(message, "/messages/{message_id}")
        return Route(method, path, webhook_id=int(reply.application), webhook_token=reply.token, message_id=message)

    @staticmethod
    def _own(method: str, channel: int, message: int) -> Route:
        return Route(method, f"{_MESSAGES}/{{message_id}}", channel_id=channel, message_id=message)
