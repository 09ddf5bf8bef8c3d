"""Credits of a person: what there is and what moved, and who it is that operators mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.domain.wallet import Movement, Wallet
from core.store.inner import Inner, ask
from core.store.moment import moment, moment_or_none
from core.store.port import Transport


def read_wallet(row: Mapping[str, Any]) -> Wallet:
    return Wallet(
        monthly=row["monthly"],
        granted=row["granted"],
        purchased=row["purchased"],
        held=row["held"],
        debt=row["debt"],
        next_grant=moment_or_none(row["next_grant"]),
    )


@dataclass(frozen=True, slots=True)
class Balance:
    wallet: Wallet
    movements: tuple[Movement, ...]
    """The last ten, newest first."""


class Wallets:
    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def balance(self, user_id: str) -> Balance:
        """Raises Unknown."""
        row = await self._transport.call("balance", {"user_id": user_id})
        return Balance(
            read_wallet(row["wallet"]),
            tuple(
                Movement(
                    one["kind"],
                    one["credits"],
                    moment(one["at"]),
                    one["reference"],
                    one["headline"] or "",
                    one["returned"],
                    one["team"],
                    one["mate"] or "",
                )
                for one in row["movements"]
            ),
        )


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose wallet it is, as an operator may know them."""

    user_id: str
    platforms: tuple[str, ...]
    last_seen_at: datetime


class Treasury:
    """For who may give credits away; needs a direct connection."""

    def __init__(self, inner: Inner) -> None:
        self._inner = inner

    async def of_identity(self, platform: str, ref: str) -> Holder | None:
        found = await self._find({"platform": platform, "ref": ref})
        return found[0] if found else None

    async def of_account(self, digits: str) -> tuple[Holder, ...]:
        """Whose id, former id or wallet's id begins with these hexadecimal digits."""
        return await self._find({"account": digits})

    async def knows_guild(self, platform: str, guild: str) -> bool:
        """Whether anybody has ordered in that server, or it has rules or credits."""
        query = """select exists (select from tf.guild where (platform, id) = (%(platform)s, %(id)s))
                       or exists (select from tf.job where (platform, guild) = (%(platform)s, %(id)s)) as answer"""
        (row,) = await self._inner.fetch(query, {"platform": platform, "id": guild})
        return bool(row["answer"])

    async def _find(self, asked: Mapping[str, str]) -> tuple[Holder, ...]:
        rows = await ask(self._inner, "select tf.find_persons(%s) as answer", asked)
        return tuple(Holder(row["user_id"], tuple(row["platforms"]), moment(row["last_seen_at"])) for row in rows)
