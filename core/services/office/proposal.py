"""Proposals: what is more than one operator does alone, and the second word on it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from core.domain.administration import Act, Admin
from core.services.office.act import Reason, Refused, permitted, translated
from core.store import error
from core.store.administration import Administration, Proposal


@dataclass(frozen=True, slots=True)
class ProposalRoom:
    administration: Administration
    give_back: Callable[[], Awaitable[object]]
    """Carries out the refunds that were approved."""

    @translated
    async def waiting(self) -> tuple[Proposal, ...]:
        return await self.administration.proposals()

    @translated
    async def decide(self, admin: Admin, proposal: str, *, approve: bool) -> bool:
        """Whether this call (and not an earlier one) decided it. One's own may only be withdrawn, by whatever role."""
        mine = any(one.id == proposal and one.proposed_by == admin.name for one in await self.waiting())
        if approve or not mine:
            permitted(admin, Act.APPROVE if approve else Act.REJECT)
        try:
            fresh = await self.administration.decide(proposal, approve=approve, actor=admin.name)
        except error.Fault as fault:  # no uuid
            raise Refused(Reason.UNKNOWN) from fault
        if approve:
            await self.give_back()
        return fresh
