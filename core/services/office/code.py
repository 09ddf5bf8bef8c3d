"""Codes that people redeem for credits, made and ended by operators."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from core.domain.administration import Act, Admin
from core.domain.voucher import Voucher
from core.services.joining import Codes
from core.services.office.act import Reason, Refused, permitted, said, translated, within
from core.services.office.people import PeopleRoom
from core.store import error
from core.store.voucher import VoucherOffice

MOST_USES: Final = 100_000
MOST_DAYS: Final = 730
_GROUP: Final = 5
"""Letters that are read out together."""


@dataclass(frozen=True, slots=True)
class Issued:
    """A code, shown this once: only its hash is kept."""

    code: str
    proposal: str | None
    """What somebody else has to approve before it is good."""

    @property
    def shown(self) -> str:
        return "-".join(self.code[start : start + _GROUP] for start in range(0, len(self.code), _GROUP))


@dataclass(frozen=True, slots=True)
class CodeRoom:
    vouchers: VoucherOffice
    codes: Codes
    people: PeopleRoom

    @translated
    async def listed(self) -> tuple[Voucher, ...]:
        """Newest first."""
        return await self.vouchers.all()

    @translated
    async def make(
        self, admin: Admin, amount: int, uses: int, *, days: int, referral: str = "", key: str, why: str
    ) -> Issued:
        """Worth `amount` to each of so many people; `referral` (as people are found) gets as much each time. The same
        key again gives the same code."""
        permitted(admin, Act.VOUCHER)
        note = said(why)
        within(amount)
        within(uses, MOST_USES)
        within(days, MOST_DAYS)
        owner = (await self.people.meant(referral)).user_id if referral.strip() else None
        code = self.codes.fresh(admin.name, key)
        made = await self.vouchers.make(
            self.codes.hashed(code), amount, uses, owner=owner, note=note, days=days, key=key, actor=admin.name
        )
        return Issued(code, made.proposal)

    @translated
    async def revoke(self, admin: Admin, voucher: str, *, why: str) -> bool:
        """Nobody redeems it any more; what was redeemed stays. Whether this call (and not an earlier one) did it."""
        permitted(admin, Act.REVOKE)
        try:
            return await self.vouchers.revoke(voucher, why=said(why), actor=admin.name)
        except error.Fault as fault:  # no uuid
            raise Refused(Reason.UNKNOWN) from fault
