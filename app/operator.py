"""Somebody at the machine's command line: who they are, and what they read when an act was refused."""

from __future__ import annotations

import os
import pwd
from collections.abc import Iterator
from contextlib import contextmanager

from app.stop import Stop
from core.domain.administration import MACHINE, Admin, Role, known
from core.services.desk import Unavailable
from core.services.office.act import LONGEST_WHY, Reason, Refused
from core.settings import Settings
from core.store.error import StoreError

_SAID = {
    Reason.NO_REASON: f"Say why in 1 to {LONGEST_WHY} characters",
    Reason.AMOUNT: "That is no amount",
    Reason.OWN: "You proposed it yourself: somebody with another login has to approve it",
    Reason.SHORT: "there are {have} to take",
    Reason.NOBODY: "{text}. Say telegram:ID, discord:ID, or the account shown under /balance",
    Reason.REUSED: "The key has done something else before, or somebody was faster",
    Reason.WHOLE: "A payment is given back whole there: leave out the amount",
}


def actor() -> str:
    """Their login, as the system knows it: what the environment says anybody may set."""
    number = os.getuid()
    try:
        return f"{MACHINE}:{pwd.getpwuid(number).pw_name}"
    except KeyError:  # a container's user without a name
        return f"{MACHINE}:{number}"


def operator(settings: Settings) -> Admin:
    """Under the name ADMINS gives that login, if it does."""
    login = actor()
    return known(settings.admins, login) or Admin(login, Role.OWNER)


@contextmanager
def explained(again: str = "") -> Iterator[None]:
    """Raises Stop, with a sentence, for what the office refuses. `again`: what to do where nobody knows whether it was
    done."""
    try:
        yield
    except Refused as refused:
        text = _SAID.get(refused.reason, "{text}").format(text=refused, have=refused.detail.get("have") or 0)
        raise Stop(f"Nothing was done. {text[0].upper()}{text[1:]}.") from None
    except (StoreError, Unavailable) as gone:
        raise Stop(f"The database does not take it: {gone}{again}") from gone
