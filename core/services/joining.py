"""Joining: the codes that make two chats one person's, and what a turn must know of them."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import TypeVar

from core.conversation import engine, join
from core.conversation.event import Event
from core.conversation.session import Session
from core.conversation.world import Need, World
from core.domain.identity import Linking
from core.domain.team import Team
from core.services.desk import Envelope
from core.store.join import Joins

ALPHABET = "346789ACDEFGHJKMNPQRTWXY"
"""Nothing that is taken for something else when read out or typed from another screen."""
CODE_LENGTH = 8
"""24^8, some 10^11: against ten minutes and five wrong tries an hour."""
HASH_LENGTH = 24
"""Hex digits; 96 bits of a keyed hash, which name an offer in a button."""
Coded = TypeVar("Coded", Linking, Team)


@dataclass(frozen=True, slots=True)
class Codes:
    """Codes that follow from what made them, so that one made twice is the same, and that nobody can foretell without
    the factory's secret. `purpose`: a code for one thing is none for another."""

    secret: bytes = field(repr=False)
    purpose: str = "join"
    length: int = CODE_LENGTH

    def fresh(self, *origin: str) -> str:
        number = int.from_bytes(self._keyed("code", *origin))
        return "".join(ALPHABET[number // len(ALPHABET) ** place % len(ALPHABET)] for place in range(self.length))

    def hashed(self, code: str) -> str:
        """All that is stored of a code; of none, nothing."""
        return self._keyed("hash", code).hex()[:HASH_LENGTH] if code else ""

    def ready(self, known: Coded, envelope: Envelope) -> Coded:
        """What is known, with the code that this turn may issue."""
        code = self.fresh(envelope.platform, envelope.person, envelope.id)
        return replace(known, code=code, issues=self.hashed(code))

    def _keyed(self, *parts: str) -> bytes:
        return hmac.digest(self.secret, "\0".join((self.purpose, *parts)).encode(), sha256)


@dataclass(frozen=True, slots=True)
class Joining:
    joins: Joins
    codes: Codes

    async def fill(self, world: World, envelope: Envelope, session: Session, event: Event) -> World:
        """The world with what is known of the person's chats here, if the event needs it. Raises the store's errors."""
        if Need.LINKING not in engine.needs(session, event):
            return world
        code, offer = ("", "") if world.overheard else join.entered(event)
        linking = await self.joins.linking(
            platform=envelope.platform,
            ref=envelope.person,
            event=envelope.id,
            code_hash=self.codes.hashed(code),
            offer=offer,
        )
        return replace(world, linking=self.codes.ready(linking, envelope))
