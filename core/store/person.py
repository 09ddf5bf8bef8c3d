"""Persons: identity of a browser, settings, export and farewell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.domain.identity import Chat
from core.domain.record import Json
from core.store.moment import moment
from core.store.outbox import Post
from core.store.port import Transport


@dataclass(frozen=True, slots=True)
class Profile:
    settings: dict[str, Json]
    last_answers: dict[str, Json]
    brand: dict[str, Json]

    @classmethod
    def read(cls, row: Mapping[str, Any]) -> Profile:
        return cls(row["settings"], row["last_answers"], row["brand"])


@dataclass(frozen=True, slots=True)
class WebIdentity:
    """A browser's person; `ref` names it on the platform `web` and is also its place."""

    ref: str
    user_id: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """What /delete_me removed. The blobs of `blob_keys` are written down for deletion; housekeeping repeats it."""

    id: str
    at: datetime
    jobs: int
    variants: int
    pictures: int
    bytes: int
    credits_written_off: int
    blob_keys: tuple[str, ...]

    @classmethod
    def read(cls, row: Mapping[str, Any]) -> Receipt:
        return cls(
            id=row["receipt"],
            at=moment(row["at"]),
            jobs=row["jobs"],
            variants=row["variants"],
            pictures=row["pictures"],
            bytes=row["bytes"],
            credits_written_off=row["credits_written_off"],
            blob_keys=tuple(row["blob_keys"]),
        )


class People:
    """Secrets and recovery codes come as hashes made by the caller; nothing here ever sees the originals."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def web_identity(self, secret_hash: str) -> WebIdentity:
        """Raises Unknown."""
        return _identity(await self._transport.call("web_identity", {"secret_hash": secret_hash}))

    async def make_web_identity(
        self, ref: str, *, secret_hash: str, recovery_hash: str, language: str = "en"
    ) -> WebIdentity:
        """The identity of a cookie, made when it is missing. No starter grant: a browser is nobody."""
        arguments = {"ref": ref, "secret_hash": secret_hash, "recovery_hash": recovery_hash, "language": language}
        return _identity(await self._transport.call("web_identity", arguments))

    async def recover(self, recovery_hash: str, *, secret_hash: str, new_recovery_hash: str) -> WebIdentity:
        """Move the identity to another cookie. A code works once. Raises Unknown."""
        arguments = {
            "recovery_hash": recovery_hash,
            "secret_hash": secret_hash,
            "new_recovery_hash": new_recovery_hash,
        }
        return _identity(await self._transport.call("recover", arguments))

    async def save_settings(self, user_id: str, settings: Mapping[str, Json], language: str | None = None) -> Profile:
        """Merge settings key by key (None removes one). Raises Unknown."""
        arguments = {"user_id": user_id, "settings": dict(settings), "language": language}
        return Profile.read(await self._transport.call("save_settings", arguments))

    async def export(self, user_id: str) -> dict[str, Json]:
        """Everything stored about a person. Raises Unknown."""
        record: dict[str, Json] = await self._transport.call("export", {"user_id": user_id})
        return record

    async def delete(
        self, user_id: str, *, platform: str = "", place: str = "", language: str = "en", farewell: Sequence[Post] = ()
    ) -> Receipt:
        """Cancel, release, remove; the farewell is delivered and then forgotten too. Raises Unknown."""
        arguments = {
            "user_id": user_id,
            "platform": platform,
            "place": place,
            "language": language,
            "outbox": [post.record() for post in farewell],
        }
        return Receipt.read(await self._transport.call("delete_me", arguments))

    async def farewell(self, platform: str, place: str, language: str, posts: Sequence[Post]) -> None:
        """Messages to a chat whose person is gone; they leave no trace once delivered. Raises Blocked."""
        outbox = [post.record() for post in posts]
        arguments = {"platform": platform, "place": place, "language": language, "outbox": outbox}
        await self._transport.call("farewell", arguments)


def _identity(row: Mapping[str, Any]) -> WebIdentity:
    return WebIdentity(row["ref"], row["user_id"])


def read_chat(row: Mapping[str, Any]) -> Chat:
    """What tf.private_chat answers, which names the person there as well."""
    return Chat(row["user_id"], row["platform"], row["place"], row["language"])
