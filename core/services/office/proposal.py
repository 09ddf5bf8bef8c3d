"""Proposals: what is more than one operator does alone, and the second word on it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from core.domain.administration import Act, Admin
from core.services.office.act import Reason, Refused, permitted, translated
from core.services.refunding import Outcome
from core.store import error
from core.store.administration import Administration, Proposal


@dataclass(frozen=True, slots=True)
class Decided:
    fresh: bool
    """Whether this call (and not an earlier one) decided it."""
    outcomes: tuple[Outcome, ...]
    """Of the refunds that could be carried out then."""


@dataclass(frozen=True, slots=True)
class ProposalRoom:
    administration: Administration
    known: Mapping[str, Sequence[str]]
    """The logins each operator's name stands for."""
    give_back: Callable[[], Awaitable[Sequence[Outcome]]]
    """Carries out the refunds that were approved."""

    @translated
    async def waiting(self) -> tuple[Proposal, ...]:
        return await self.administration.proposals()

    @translated
    async def decide(self, admin: Admin, proposal: str, *, approve: bool) -> Decided:
        """One's own, under whatever login, may only be withdrawn, by whatever role."""
        mine = any(one.id == proposal and admin.goes_by(one.proposed_by) for one in await self.waiting())
        if approve or not mine:
            permitted(admin, Act.APPROVE if approve else Act.REJECT)
        try:
            fresh = await self.administration.decide(proposal, approve=approve, actor=admin.name, known=self.known)
        except error.Fault as fault:  # no uuid
            raise Refused(Reason.UNKNOWN) from fault
        return Decided(fresh, tuple(await self.give_back()) if approve else ())
