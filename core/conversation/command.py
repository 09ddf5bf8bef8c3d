"""Commands as data: what platforms register and the engine answers to. The same names everywhere."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum

from core.conversation.world import Need


class Group(StrEnum):
    """How /help sorts them."""

    MAKE = "make"
    KEEP = "keep"
    ACCOUNT = "account"


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    name: str
    group: Group
    visible: bool = False
    """In the platform's short list; the others are valid all the same."""
    needs: frozenset[Need] = frozenset()
    argument: bool = False
    """Takes words after its name."""

    @property
    def description(self) -> str:
        """Text key."""
        return f"command.{self.name}"


COMMANDS: dict[str, Command] = {
    row.name: row
    for row in (
        Command(name="start", group=Group.MAKE, needs=frozenset({Need.LAST_SELFIES})),
        Command(name="new", group=Group.MAKE, visible=True, needs=frozenset({Need.LAST_SELFIES})),
        Command(name="quick", group=Group.MAKE, visible=True, needs=frozenset({Need.LAST_SELFIES}), argument=True),
        Command(name="jobs", group=Group.KEEP, visible=True, needs=frozenset({Need.JOBS})),
        Command(name="gallery", group=Group.KEEP, visible=True, needs=frozenset({Need.GALLERY})),
        Command(name="info", group=Group.KEEP, needs=frozenset({Need.VARIANT}), argument=True),
        Command(name="score", group=Group.KEEP, visible=True, needs=frozenset({Need.VARIANT}), argument=True),
        Command(name="balance", group=Group.ACCOUNT, visible=True, needs=frozenset({Need.BALANCE})),
        Command(name="settings", group=Group.ACCOUNT, visible=True),
        Command(name="help", group=Group.ACCOUNT, visible=True),
        Command(name="cancel", group=Group.MAKE, visible=True, needs=frozenset({Need.JOBS})),
        Command(name="export", group=Group.ACCOUNT),
        Command(name="link", group=Group.ACCOUNT, needs=frozenset({Need.LINKING}), argument=True),
        Command(name="unlink", group=Group.ACCOUNT, needs=frozenset({Need.LINKING})),
        Command(name="privacy", group=Group.ACCOUNT, visible=True, needs=frozenset({Need.LAST_SELFIES, Need.LINKING})),
        Command(name="delete_me", group=Group.ACCOUNT, needs=frozenset({Need.LINKING})),
        Command(name="terms", group=Group.ACCOUNT),
        Command(name="version", group=Group.ACCOUNT),
    )
}

ALIASES = {"credits": "balance"}
"""Other names people try, each with the command it is."""
ON_VARIANTS = ("info", "score")
"""Commands about finished pictures: the one replied to or named, else the latest."""


def known(name: str) -> str:
    """The command of a name or an alias; empty: none."""
    name = ALIASES.get(name, name)
    return name if name in COMMANDS else ""


def nearest(name: str) -> str:
    """The command that was probably meant by a name nobody knows; empty: none comes near."""
    return known(next(iter(get_close_matches(name, (*COMMANDS, *ALIASES), 1)), ""))
