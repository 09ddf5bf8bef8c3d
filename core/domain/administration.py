"""Who may do what for the whole factory: roles, and the least of them that each act asks for."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
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
    SHARE_SET = "share_set"


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
    Act.SHARE_SET: Role.TREASURER,
}


@dataclass(frozen=True, slots=True)
class Admin:
    """`name`: as the journal keeps it; a login, or what `logins` are called together."""

    name: str
    role: Role
    logins: tuple[str, ...] = ()
    """`telegram:123`, `discord:123` or `machine:ada`: all of one person. Empty: the name is the only one."""

    def may(self, act: Act) -> bool:
        return self.role.covers(LEAST[act])

    def goes_by(self, login: str) -> bool:
        return login == self.name or login in self.logins


def known(admins: Iterable[Admin], login: str) -> Admin | None:
    """Who that is. Whoever is at the machine's own command line has all of the factory there anyway, so they are
    owners, under their name if they have one."""
    found = next((one for one in admins if one.goes_by(login)), None)
    if login.startswith(f"{MACHINE}:"):
        return replace(found, role=Role.OWNER) if found else Admin(login, Role.OWNER)
    return found


def named(text: str) -> tuple[Admin, ...]:
    """`telegram:1234567:owner,discord:890:support`; of one person with several logins `ada=telegram:1,discord:2:owner`.
    Raises ValueError."""
    admins: list[Admin] = []
    name, logins = "", list[str]()
    for part in (part.strip() for part in text.split(",") if part.strip()):
        found = _LOGIN.fullmatch(part)
        if found is None or (bool(found["name"]) and logins):
            raise ValueError(_HOW)
        name = found["name"] or name
        logins.append(found["login"])
        if not name and (found["role"] is None or part.startswith(f"{MACHINE}:")):
            raise ValueError(_HOW)
        if found["role"] is None:
            continue
        admins.append(Admin(name or logins[0], Role(found["role"]), tuple(logins) if name else ()))
        name, logins = "", []
    if logins:
        raise ValueError(_HOW)
    every = [login for one in admins for login in {one.name, *one.logins}]
    if len(set(every)) < len(every):
        raise ValueError("an admin stands there twice")
    return tuple(admins)


_LOGIN = re.compile(
    rf"(?:(?P<name>[A-Za-z][\w.-]{{0,39}})=)?(?P<login>(?:telegram|discord):[0-9]{{1,20}}|{MACHINE}:[\w.-]{{1,60}})"
    rf"(?::(?P<role>{'|'.join(Role)}))?",
    re.ASCII,
)
_HOW = (
    "each admin is telegram:ID:ROLE or discord:ID:ROLE, or NAME=ID,ID:ROLE for one person with several, "
    f"the roles being {', '.join(Role)}"
)
