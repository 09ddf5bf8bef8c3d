"""What operators do: by key, with actor and reason, and credits beyond a limit with a second operator's word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from core.store.inner import Inner, ask
from core.store.moment import moment

PROPOSED_S: Final = 3 * 86_400.0
"""How long a proposal can be approved: over a weekend."""


@dataclass(frozen=True, slots=True)
class Moved:
    proposal: str | None
    """Its id, where nothing has moved yet: somebody else has to approve it."""
    replayed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    id: str
    wallet: bool
    """Whether it is about somebody's wallet; else about a code."""
    user_id: str | None
    """None: they have left, or nobody is meant."""
    credits: int
    """Below zero: to be taken."""
    reason: str
    proposed_by: str
    expires_at: datetime
    subject: str | None
    """What it is about beside a wallet, as in the journal."""
    minor: int | None
    """Of a refund: the money, in smallest units of `currency`."""
    currency: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A row of the journal."""

    id: int
    at: datetime
    actor: str
    act: str
    wallet_id: str | None
    credits: int
    reason: str
    subject: str | None
    """What it was done to, where that is no wallet alone: `payment:stripe:pi_1`, `job:CODE`."""
    user_id: str | None
    """Whose wallet it is; None: nobody's any more, or it was about none."""


class Administration:
    """Needs a direct connection."""

    def __init__(self, inner: Inner, alone_up_to: int) -> None:
        """`alone_up_to`: credits one actor moves in one wallet within a day without anybody else."""
        self._inner = inner
        self._alone_up_to = alone_up_to

    async def move(self, user_id: str, amount: int, *, key: str, why: str, actor: str) -> Moved:
        """Above zero a gift, below a deduction. Raises Unknown, Insufficient, and Conflict for a key that did
        something else."""
        return await self._move({"user_id": user_id}, amount, key, why, actor)

    async def give_guild(self, platform: str, guild: str, amount: int, *, key: str, why: str, actor: str) -> Moved:
        """To a server's wallet, which is made if there is none; else as `move`."""
        return await self._move({"platform": platform, "guild": guild}, amount, key, why, actor)

    async def _move(self, whose: Mapping[str, str], amount: int, key: str, why: str, actor: str) -> Moved:
        arguments = {
            **whose,
            "credits": amount,
            "key": key,
            "reason": why,
            "actor": actor,
            "alone_up_to": self._alone_up_to,
            "seconds": PROPOSED_S,
        }
        return Moved(**await ask(self._inner, "select tf.admin_move(%s) as answer", arguments))

    async def decide(
        self, proposal: str, *, approve: bool, actor: str, known: Mapping[str, Sequence[str]] | None = None
    ) -> bool:
        """Whether this call (and not an earlier one) decided it. `known`: the logins each operator's name stands for.
        Raises Unknown, Blocked for one's own, Insufficient, and Ended when it has expired or was decided otherwise."""
        names = {name: list(logins) for name, logins in (known or {}).items()}
        arguments = {"proposal": proposal, "approve": approve, "actor": actor, "known": names}
        return not (await ask(self._inner, "select tf.admin_decide(%s) as answer", arguments))["replayed"]

    async def proposals(self) -> tuple[Proposal, ...]:
        """Oldest first; neither decided nor expired."""
        rows = await ask(self._inner, "select tf.admin_proposals(%s) as answer", {})
        return tuple(Proposal(**{**row, "expires_at": moment(row["expires_at"])}) for row in rows)

    async def journal(self, limit: int, *, before: int | None = None, **of: str) -> tuple[Done, ...]:
        """Newest first, `before` a row's id. `of`: actor, act, user_id, subject."""
        asked: dict[str, Any] = {"limit": limit, **of} if before is None else {"limit": limit, "before": before, **of}
        rows = await ask(self._inner, "select tf.admin_journal(%s) as answer", asked)
        return tuple(Done(**{**row, "at": moment(row["at"])}) for row in rows)

    async def freeze(self, user_id: str, *, freeze: bool, key: str, why: str, actor: str) -> bool:
        """Nothing is spent from a frozen wallet. Whether this call (and not an earlier one) did it. Raises Unknown,
        Conflict."""
        arguments = {"user_id": user_id, "freeze": freeze, "key": key, "reason": why, "actor": actor}
        return not (await ask(self._inner, "select tf.admin_freeze(%s) as answer", arguments))["replayed"]


class AdminSessions:
    """Who is signed in to the operators' pages. Needs a direct connection."""

    def __init__(self, inner: Inner) -> None:
        self._inner = inner

    async def enter(self, token_hash: str, *, login: str, actor: str, seconds: float) -> None:
        """A session of the link named `login`. Raises Ended when the link was used."""
        arguments = {"token_hash": token_hash, "login": login, "actor": actor, "seconds": seconds}
        await ask(self._inner, "select tf.enter_admin(%s) as answer", arguments)

    async def actor(self, token_hash: str) -> str | None:
        """Whose session it is; None when there is none, or it has ended."""
        query = "select actor from tf.admin_session where token_hash = %s and ends_at > tf.now()"
        rows = await self._inner.fetch(query, (token_hash,))
        return rows[0]["actor"] if rows else None

    async def leave(self, token_hash: str) -> None:
        query = "update tf.admin_session set ends_at = least(ends_at, tf.now()) where token_hash = %s returning 1"
        await self._inner.fetch(query, (token_hash,))
