"""What front ends keep for themselves, on the store: the browser's record of a chat and its anonymous identities,
files a platform has already, ways to answer that it lends."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING
from uuid import uuid4

from core.domain.record import Json
from core.services.desk import Line, Reply, Unavailable, Way
from core.store import error
from core.store.discussion import Discussions
from core.store.outbox import Outbox
from core.store.person import People
from core.store.reply import Replies
from core.store.transcript import Transcripts

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def _there() -> Iterator[None]:
    try:
        yield
    except (error.Unavailable, error.Forbidden) as gone:
        raise Unavailable(str(gone)) from gone


class StoredTranscript:
    """Implements `core.services.desk.Transcript`."""

    def __init__(self, transcripts: Transcripts) -> None:
        self._transcripts = transcripts

    async def write(self, place: str, key: str, record: Json, *, by_person: bool) -> int:
        with _there():
            return await self._transcripts.write(place, key, record, by_person=by_person)

    async def read(self, place: str, after: int = 0, limit: int = 200) -> tuple[Line, ...]:
        with _there():
            rows = await self._transcripts.read(place, after, limit)
        return tuple(
            Line(seq=row.seq, key=row.key, by_person=row.by_person, record=row.view, revision=row.revision)
            for row in rows
        )

    def wakeups(self) -> AsyncIterator[str]:
        """Places whose page changed, in whatever process; "" means any may have."""
        return self._transcripts.wakeups()


class Browsers:
    """Anonymous persons behind cookies: only hashes get here."""

    def __init__(self, people: People) -> None:
        self._people = people

    async def find(self, token_hash: str) -> str | None:
        with _there():
            try:
                return (await self._people.web_identity(token_hash)).ref
            except error.Unknown:
                return None

    async def create(self, token_hash: str, recovery_hash: str) -> str:
        with _there():
            made = await self._people.make_web_identity(
                str(uuid4()), secret_hash=token_hash, recovery_hash=recovery_hash
            )
            return made.ref

    async def recover(self, recovery_hash: str, token_hash: str, next_recovery_hash: str) -> str | None:
        with _there():
            try:
                found = await self._people.recover(
                    recovery_hash, secret_hash=token_hash, new_recovery_hash=next_recovery_hash
                )
            except error.Unknown:
                return None
            return found.ref


class StoredReferences:
    """Implements `core.services.desk.References` for one platform's outbox."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox

    async def find(self, platform: str, sha256: str, form: str) -> str | None:
        with _there():
            return await self._outbox.find_reference(sha256, form)

    async def keep(self, platform: str, sha256: str, form: str, reference: str) -> None:
        with _there():
            await self._outbox.keep_reference(sha256, form, reference)

    async def shown(self, platform: str, place: str, message: str) -> str:
        with _there():
            return await self._outbox.shown(place, message)


class StoredDiscussions:
    """Implements `core.services.desk.Discussions`."""

    def __init__(self, discussions: Discussions) -> None:
        self._discussions = discussions

    async def find(self, place: str, job: str) -> str | None:
        with _there():
            return await self._discussions.find(place, job)

    async def keep(self, place: str, job: str, thread: str) -> None:
        with _there():
            await self._discussions.keep(place, job, thread)


class StoredReplies:
    """Implements `core.services.desk.Replies`."""

    def __init__(self, replies: Replies) -> None:
        self._replies = replies

    async def keep(self, place: str, reply: Reply, seconds: float) -> None:
        with _there():
            await self._replies.keep(place, asdict(reply), seconds)

    async def live(self, place: str) -> tuple[Reply, ...]:
        with _there():
            return tuple(Reply(**row) for row in await self._replies.live(place))

    async def take(self, reply_id: str, key: str) -> Way | None:
        with _there():
            way = await self._replies.take(reply_id, key)
        return Way(way) if way else None

    async def stands(self, reply_id: str, original: str) -> None:
        with _there():
            await self._replies.stands(reply_id, original)
