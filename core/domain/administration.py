"""Who may do what for the whole factory: roles, and the least of them that each act asks for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

MACHINE = "machine"
"""Stands where a platform does, for somebody at the factory's own command line."""


class Role(StrEnum):
    """From the least to the most: each may what those before it may."""

    VIEWER = "viewer"
    SUPPORT = "support"
    TREASURER = "treasurer"
    OWNER = "owner"

    def covers(self, least: Role) -> bool:
        order = list(Role)
        return order.index(self) >= order.index(least)


class Act(StrEnum):
    """What is done beyond looking, as the journal calls it."""

    GRANT = "grant"
    DEDUCT = "deduct"
    APPROVE = "approve"
    REJECT = "reject"
    FREEZE = "freeze"
    UNFREEZE = "unfreeze"
    RELEASE_PAYMENT = "release_payment"
    REJECT_PAYMENT = "reject_payment"
    RETRY_JOB = "retry_job"
    RELEASE_JOB = "release_job"
    REPEAT_JOB = "repeat_job"
    SWITCH_OFF = "switch_off"
    SWITCH_ON = "switch_on"
    RESOLVE_ALERT = "resolve_alert"
    REFUND = "refund"
    VOUCHER = "voucher"
    REVOKE = "revoke"
    POOL_REFILL = "pool_refill"
    POOL_MOVE = "pool_move"
    POOL_SET = "pool_set"


LEAST: dict[Act, Role] = {
    Act.GRANT: Role.SUPPORT,
    Act.DEDUCT: Role.TREASURER,
    Act.APPROVE: Role.TREASURER,
    Act.REJECT: Role.TREASURER,
    Act.FREEZE: Role.SUPPORT,
    Act.UNFREEZE: Role.TREASURER,
    Act.RELEASE_PAYMENT: Role.TREASURER,
    Act.REJECT_PAYMENT: Role.TREASURER,
    Act.RETRY_JOB: Role.SUPPORT,
    Act.RELEASE_JOB: Role.SUPPORT,
    Act.REPEAT_JOB: Role.SUPPORT,
    Act.SWITCH_OFF: Role.OWNER,
    Act.SWITCH_ON: Role.OWNER,
    Act.RESOLVE_ALERT: Role.SUPPORT,
    Act.REFUND: Role.TREASURER,
    Act.VOUCHER: Role.SUPPORT,
    Act.REVOKE: Role.SUPPORT,
    Act.POOL_REFILL: Role.TREASURER,
    Act.POOL_MOVE: Role.TREASURER,
    Act.POOL_SET: Role.TREASURER,
}


@dataclass(frozen=True, slots=True)
class Admin:
    """`name`: `telegram:123`, `discord:123` or `machine:ada`, as the journal keeps it."""

    name: str
    role: Role

    def may(self, act: Act) -> bool:
        return self.role.covers(LEAST[act])


def named(text: str) -> tuple[Admin, ...]:
    """`telegram:1234567:owner,discord:890:support`. Raises ValueError."""
    rows = [part.strip().rpartition(":") for part in text.split(",") if part.strip()]
    if not all(re.fullmatch(r"(telegram|discord):[0-9]{1,20}", who) and role in list(Role) for who, _, role in rows):
        raise ValueError(f"each admin is telegram:ID:ROLE or discord:ID:ROLE, the roles being {', '.join(Role)}")
    if len({who for who, _, _ in rows}) < len(rows):
        raise ValueError("an admin stands there twice")
    return tuple(Admin(who, Role(role)) for who, _, role in rows)
