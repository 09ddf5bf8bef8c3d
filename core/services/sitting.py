"""A sitting: the person of one job, shown to the studio as one selfie and to a model as many as it takes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from core.domain.prompt import Reference, ReferenceRole
from core.domain.record import Json
from core.prompting.reference import choose
from core.services.shelving import Shelving
from core.store.error import StoreError
from core.workshop.crew import WorkLost
from core.workshop.workshop import Workshop


async def _nothing() -> Sequence[bytes]:
    return ()


@dataclass(frozen=True, slots=True)
class Portrait:
    """A selfie: its file (JPEG), and what the selfie check said of it (None: it was not checked)."""

    data: bytes
    report: Mapping[str, Json] | None


class Sitting:
    def __init__(
        self,
        portraits: Sequence[Portrait],
        workshop: Workshop,
        shelving: Shelving | None = None,
        *,
        likes: Callable[[], Awaitable[Sequence[bytes]]] = _nothing,
        exhibit: Sequence[bytes] = (),
        people: int = 1,
    ) -> None:
        """`shelving`: where references go that are shown several times; without, they go with each request. `likes`:
        fetches the pictures (JPEG) whose look the person likes, once and only for a model that is shown them.
        `exhibit`: the photo shown in place of a person, if there is one. `people`: how many there are,
        of the first selfies one each."""
        self.shelving = shelving
        self._portraits = tuple(portraits)
        self._exhibit = tuple(exhibit)
        self._people = people
        self._likes = likes
        self._liked: asyncio.Task[Sequence[bytes]] | None = None
        self._workshop = workshop
        self._reduced: dict[bytes, asyncio.Task[bytes]] = {}

    def __bool__(self) -> bool:
        """Whether anybody is sitting; a composition may do without a person."""
        return bool(self._portraits)

    @property
    def selfies(self) -> tuple[bytes, ...]:
        """What the studio draws from: each person's first, or the exhibit."""
        return tuple(row.data for row in self._portraits[: self._people]) or self._exhibit

    @property
    def files(self) -> tuple[bytes, ...]:
        """Every selfie."""
        return tuple(row.data for row in self._portraits)

    def choice(self, limit: int) -> tuple[int, ...]:
        if self._people > 1:
            # One of each, in the order the prompt counts them; which of the others shows whom nobody has said.
            return tuple(range(min(limit, self._people, len(self._portraits))))
        return choose([row.report for row in self._portraits], limit)

    async def people(self, limit: int) -> tuple[Reference, ...]:
        """The best selfies, at most `limit`, or the exhibit, reduced for sending; each once for all variants."""
        if self._exhibit:
            return await self._shown(ReferenceRole.EXHIBIT, self._exhibit[:limit])
        shown = await self._shown(ReferenceRole.PERSON, [self._portraits[one].data for one in self.choice(limit)])
        return tuple(replace(one, who=who) for who, one in enumerate(shown)) if self._people > 1 else shown

    async def references(self, limit: int) -> tuple[Reference, ...]:
        """The selfies, and after them what is liked: of that at least one picture, where the model takes more than one
        of each person."""
        likes = await self._fetched()
        people = await self.people(limit - (1 if likes and limit > max(self._people, 1) else 0))
        return (*people, *await self._shown(ReferenceRole.STYLE, likes[: limit - len(people)]))

    async def _fetched(self) -> Sequence[bytes]:
        if self._liked is None:
            self._liked = asyncio.ensure_future(self._likes())
        try:
            return await asyncio.shield(self._liked)
        except StoreError:
            self._liked = None  # whoever asks next tries again
            raise

    async def _shown(self, role: ReferenceRole, pictures: Sequence[bytes]) -> tuple[Reference, ...]:
        return tuple(Reference(role, data) for data in await asyncio.gather(*map(self._small, pictures)))

    async def _small(self, picture: bytes) -> bytes:
        if picture not in self._reduced:
            self._reduced[picture] = asyncio.create_task(self._workshop.reduce(picture))
        try:
            return await asyncio.shield(self._reduced[picture])
        except WorkLost:
            self._reduced.pop(picture, None)  # whoever asks next tries again
            raise
