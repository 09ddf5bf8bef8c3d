"""Vouching: what a code that somebody entered is worth, and the codes operators hand out."""

from __future__ import annotations

from dataclasses import dataclass, replace

from core.conversation import engine, voucher
from core.conversation.event import Event
from core.conversation.session import Session
from core.conversation.world import Need, World
from core.services.desk import Envelope
from core.services.identity import PersonHasher
from core.services.joining import Codes
from core.store.voucher import Redeemer, Vouchers

VOUCHER_LENGTH = 10
"""24^10, some 6 * 10^13: a code may be good for a year, and identities in the browser cost nothing."""


@dataclass(frozen=True, slots=True)
class Vouching:
    vouchers: Vouchers
    codes: Codes
    hasher: PersonHasher

    async def fill(self, world: World, envelope: Envelope, session: Session, event: Event) -> World:
        """The world with what the code in this event is worth, if there is one. Raises the store's errors."""
        code = voucher.entered(event)
        if Need.VOUCHER not in engine.needs(session, event) or not code or world.overheard:
            return world
        found = await self.vouchers.look(
            self.codes.hashed(code),
            self.redeemer(envelope),
            user_id=world.person,
            platform=envelope.platform,
            ref=envelope.person,
            event=envelope.id,
        )
        return replace(world, voucher=found)

    def redeemer(self, envelope: Envelope) -> Redeemer:
        return Redeemer(self.hasher(envelope.platform, envelope.person), envelope.anonymous)
