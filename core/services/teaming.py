"""Teaming: what a turn must know of a person's team, and of the code they entered."""

from __future__ import annotations

from dataclasses import dataclass, replace

from core.conversation import engine, team
from core.conversation.event import Event
from core.conversation.session import Session
from core.conversation.world import Need, World
from core.services.desk import Envelope
from core.services.joining import Codes
from core.store.team import Teams

INVITATION_LENGTH = 10
"""24^10, some 6 * 10^13: an invitation is good for a week."""


@dataclass(frozen=True, slots=True)
class Teaming:
    teams: Teams
    codes: Codes

    async def fill(self, world: World, envelope: Envelope, session: Session, event: Event) -> World:
        """The world with the person's team, if the event needs it. Raises the store's errors."""
        if Need.TEAM not in engine.needs(session, event):
            return world
        code, invitation = ("", "") if world.overheard else team.entered(event)
        found = await self.teams.read(
            world.person,
            platform=envelope.platform,
            ref=envelope.person,
            event=envelope.id,
            code_hash=self.codes.hashed(code),
            invitation=invitation,
        )
        return replace(world, team=self.codes.ready(found, envelope))
