"""The books: every movement of credits, every act of an operator, and whether it all balances."""

from __future__ import annotations

from dataclasses import dataclass

from core.services.office.act import translated
from core.store.administration import Administration, Done
from core.store.ledger import LAST, Ledger, Posting, Wanted

__all__ = ["LAST", "BookRoom", "Done", "Posting", "Wanted"]


@dataclass(frozen=True, slots=True)
class BookRoom:
    ledger: Ledger
    administration: Administration

    @translated
    async def postings(self, wanted: Wanted, *, limit: int, before: int = LAST) -> tuple[Posting, ...]:
        return await self.ledger.postings(wanted, limit=limit, before=before)

    @translated
    async def kinds(self) -> tuple[str, ...]:
        return await self.ledger.kinds()

    @translated
    async def audit(self) -> dict[str, int]:
        return await self.ledger.audit()

    @translated
    async def journal(self, limit: int, *, before: int | None = None, **of: str) -> tuple[Done, ...]:
        """Newest first. `of`: actor, act, user_id, subject; empty is any."""
        return await self.administration.journal(
            limit, before=before, **{name: value for name, value in of.items() if value}
        )
