"""Vouchers in the store: looked at by hash, redeemed by a turn, made and revoked by operators."""

from __future__ import annotations

from dataclasses import dataclass

from core.domain.record import Json
from core.domain.voucher import Redeemable, Voucher, VoucherBar
from core.store.administration import PROPOSED_S
from core.store.inner import Inner, ask
from core.store.moment import moment
from core.store.port import Transport


@dataclass(frozen=True, slots=True)
class Redeemer:
    """Who enters a code. `person`: the salted hash that is kept when they go, so that once stays once."""

    person: str
    anonymous: bool

    def record(self) -> dict[str, Json]:
        return {"person": self.person, "anonymous": self.anonymous}


@dataclass(frozen=True, slots=True)
class Redeem:
    """Redeem this code, before anything else the turn does."""

    code_hash: str
    by: Redeemer

    def record(self) -> dict[str, Json]:
        return {"code": self.code_hash, **self.by.record()}


class Vouchers:
    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def look(
        self, code_hash: str, by: Redeemer, *, user_id: str, platform: str, ref: str, event: str
    ) -> Redeemable:
        """What the code is worth to them. One that is no good counts, once per event; after five within an hour none is
        looked at any more."""
        arguments = {
            "code": code_hash,
            **by.record(),
            "user_id": user_id,
            "platform": platform,
            "ref": ref,
            "event": event,
        }
        row = await self._transport.call("look_at_voucher", arguments)
        if "reason" in row:
            return Redeemable(bar=VoucherBar(row["reason"]), retry_after_s=row.get("retry_after", 0))
        return Redeemable(id=code_hash, credits=row["credits"])


@dataclass(frozen=True, slots=True)
class Made:
    id: str
    proposal: str | None
    """What somebody else has to approve before the code is good."""
    replayed: bool


class VoucherOffice:
    """The operators' half; needs a direct connection."""

    def __init__(self, inner: Inner, alone_up_to: int) -> None:
        """`alone_up_to`: credits that the codes one actor makes within a day may come to without anybody else."""
        self._inner = inner
        self._alone_up_to = alone_up_to

    async def make(
        self, code_hash: str, amount: int, uses: int, *, owner: str | None, note: str, days: int, key: str, actor: str
    ) -> Made:
        """A code worth so many credits to each of so many people; with an `owner`, as many to them for each. Raises
        Conflict for a key that made something else."""
        arguments = {
            "code": code_hash,
            "credits": amount,
            "uses": uses,
            "owner": owner,
            "note": note,
            "seconds": days * 86_400,
            "key": key,
            "actor": actor,
            "alone_up_to": self._alone_up_to,
            "proposal_seconds": PROPOSED_S,
        }
        return Made(**await ask(self._inner, "select tf.admin_make_voucher(%s) as answer", arguments))

    async def revoke(self, voucher: str, *, why: str, actor: str) -> bool:
        """Whether this call (and not an earlier one) ended it. Raises Unknown."""
        arguments = {"id": voucher, "reason": why, "actor": actor}
        return not (await ask(self._inner, "select tf.admin_revoke_voucher(%s) as answer", arguments))["replayed"]

    async def all(self) -> tuple[Voucher, ...]:
        """Newest first."""
        rows = await ask(self._inner, "select tf.admin_vouchers(%s) as answer", {})
        return tuple(Voucher(**{**row, "expires_at": moment(row["expires_at"])}) for row in rows)
