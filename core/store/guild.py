"""A server's rules and wallet, and what a turn may change of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from core.domain.guild import Guild, Rules
from core.domain.record import Json, from_record
from core.domain.wallet import Wallet
from core.store.port import Transport
from core.store.wallet import read_wallet


@dataclass(frozen=True, slots=True)
class Given:
    """Bought credits of whose turn it is, out of `having` that they could give when they were asked."""

    credits: int
    having: int


@dataclass(frozen=True, slots=True)
class GuildChange:
    """`rules` are merged into the stored ones."""

    id: str
    rules: Mapping[str, Json] = field(default_factory=dict)
    given: Given | None = None

    def record(self) -> dict[str, Json]:
        rules = {"rules": dict(self.rules)} if self.rules else {}
        given = {"give": {"credits": self.given.credits, "having": self.given.having}} if self.given else {}
        return {"id": self.id, **rules, **given}


class Guilds:
    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def read(self, platform: str, guild: str, user_id: str | None = None, *, member: str | None = None) -> Guild:
        """As it stands; nothing is decided, and nothing owned, by one that is not known. Of `user_id`: what they may
        give it; of `member`, a keyed hash: what they have used of their daily caps."""
        asked = {"platform": platform, "id": guild, "user_id": user_id, "member": member}
        row = await self._transport.call("guild", asked)
        return Guild(
            rules=from_record(Rules, row["rules"]),
            wallet=read_wallet(row["wallet"]) if row["wallet"] else Wallet(),
            giveable=row["giveable"] or 0,
            used_jobs=row["used"]["jobs"],
            used_credits=row["used"]["credits"],
        )
