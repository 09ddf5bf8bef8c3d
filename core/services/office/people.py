"""People: who is meant, what their wallets hold, and what operators do to those."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from core.domain.administration import Act, Admin
from core.domain.identity import ACCOUNT_DIGITS
from core.services.office.act import Reason, Refused, permitted, said, translated, within
from core.store import error
from core.store.administration import Administration, Moved
from core.store.ledger import Ledger, Person

KNOWN_PLATFORMS: Final = ("telegram", "discord")
"""Whose numbers of a person an operator can know; a browser's is nobody's business."""
_ACCOUNT = re.compile(rf"[0-9a-f]{{{ACCOUNT_DIGITS},32}}")


@dataclass(frozen=True, slots=True)
class PeopleRoom:
    administration: Administration
    ledger: Ledger

    @translated
    async def found(self, words: str, *, limit: int, offset: int = 0) -> tuple[Person, ...]:
        """Who is meant by `telegram:ID`, `discord:ID`, or digits of an account or a wallet; without words all, who was
        here last first."""
        words = words.strip()
        platform, colon, ref = words.partition(":")
        if not words:
            return await self.ledger.people(limit=limit, offset=offset)
        if colon:
            return await self.ledger.found(platform=platform.lower(), ref=ref) if platform in KNOWN_PLATFORMS else ()
        digits = words.lower().replace("-", "")
        return await self.ledger.found(account=digits) if _ACCOUNT.fullmatch(digits) else ()

    async def meant(self, words: str) -> Person:
        """The one who is meant. Raises Refused (nobody) for none or several, Unavailable."""
        people = await self.found(words, limit=2) if words.strip() else ()
        if len(people) != 1:
            raise Refused(Reason.NOBODY, f"{words} names nobody, or several")
        return people[0]

    @translated
    async def one(self, user_id: str) -> Person:
        """Raises Refused (unknown)."""
        try:
            found = await self.ledger.person(user_id)
        except error.Fault:  # no uuid
            found = None
        if found is None:
            raise Refused(Reason.UNKNOWN)
        return found

    @translated
    async def move(self, admin: Admin, user_id: str, amount: int, *, key: str, why: str) -> Moved:
        """Above zero a gift, below a deduction; beyond the limit only proposed."""
        permitted(admin, Act.GRANT if amount > 0 else Act.DEDUCT)
        within(abs(amount))
        return await self.administration.move(user_id, amount, key=key, why=said(why), actor=admin.name)

    @translated
    async def give_guild(self, admin: Admin, platform: str, guild: str, amount: int, *, key: str, why: str) -> Moved:
        """To a server, for all who order there; beyond the limit only proposed."""
        permitted(admin, Act.GRANT)
        within(amount)
        return await self.administration.give_guild(platform, guild, amount, key=key, why=said(why), actor=admin.name)

    @translated
    async def freeze(self, admin: Admin, user_id: str, *, freeze: bool, key: str, why: str) -> bool:
        permitted(admin, Act.FREEZE if freeze else Act.UNFREEZE)
        return await self.administration.freeze(user_id, freeze=freeze, key=key, why=said(why), actor=admin.name)
