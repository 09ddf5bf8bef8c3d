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


class Takes(StrEnum):
    """What a parameter is, on platforms that ask for each by its name."""

    WORDS = "words"
    PICTURE = "picture"
    PRESET = "preset"
    ANSWER = "answer"
    VARIANT = "variant"
    JOB = "job"
    """One that is under way."""


@dataclass(frozen=True, slots=True)
class Parameter:
    name: str
    takes: Takes
    required: bool = False
    question: str = ""
    """What it answers, where that is not called the same."""

    @property
    def answers(self) -> str:
        """Id of the question, if it takes an answer."""
        return self.question or self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    name: str
    group: Group
    visible: bool = False
    """In the platform's short list; the others are valid all the same."""
    needs: frozenset[Need] = frozenset()
    parameters: tuple[Parameter, ...] = ()
    """What may come with its name; where platforms have a line of text only, all of it is the argument."""
    form: tuple[str, ...] = ()
    """Questions a platform with forms asks at once; it needs no parameters then."""
    manages: bool = False
    """Only in servers, for those who manage one."""
    on_message: bool = False
    """Also in the menu of a message, where the platform has one, for what that message shows."""

    @property
    def description(self) -> str:
        """Text key."""
        return f"command.{self.name}"


_VARIANT = (Parameter("variant", Takes.VARIANT),)
_QUICK = (
    Parameter("headline", Takes.WORDS, required=True),
    Parameter("selfie", Takes.PICTURE),
    Parameter("preset", Takes.PRESET),
    Parameter("vibe", Takes.ANSWER),
    Parameter("format", Takes.ANSWER),
    Parameter("font", Takes.ANSWER, question="type_mood"),
)
_BRIEF = ("selfies", "headline", "format", "vibe", "title")

COMMANDS: dict[str, Command] = {
    row.name: row
    for row in (
        Command(name="start", group=Group.MAKE, needs=frozenset({Need.LAST_SELFIES})),
        Command(name="new", group=Group.MAKE, visible=True, needs=frozenset({Need.LAST_SELFIES}), form=_BRIEF),
        Command(name="quick", group=Group.MAKE, visible=True, needs=frozenset({Need.LAST_SELFIES}), parameters=_QUICK),
        Command(name="jobs", group=Group.KEEP, visible=True, needs=frozenset({Need.JOBS})),
        Command(name="gallery", group=Group.KEEP, visible=True, needs=frozenset({Need.GALLERY})),
        Command(name="info", group=Group.KEEP, needs=frozenset({Need.VARIANT}), parameters=_VARIANT),
        Command(
            name="series",
            group=Group.MAKE,
            needs=frozenset({Need.LAST_SELFIES}),
            parameters=(Parameter("series", Takes.WORDS, required=True), Parameter("headline", Takes.WORDS)),
        ),
        Command(name="refine", group=Group.KEEP, needs=frozenset({Need.VARIANT}), parameters=_VARIANT, on_message=True),
        Command(
            name="score",
            group=Group.KEEP,
            visible=True,
            needs=frozenset({Need.VARIANT}),
            parameters=(*_VARIANT, Parameter("picture", Takes.PICTURE)),
            on_message=True,
        ),
        Command(name="balance", group=Group.ACCOUNT, visible=True, needs=frozenset({Need.BALANCE})),
        Command(name="buy", group=Group.ACCOUNT),
        Command(name="plans", group=Group.ACCOUNT, needs=frozenset({Need.SUBSCRIPTIONS})),
        Command(name="cancel_subscription", group=Group.ACCOUNT, needs=frozenset({Need.SUBSCRIPTIONS})),
        Command(
            name="redeem",
            group=Group.ACCOUNT,
            needs=frozenset({Need.VOUCHER}),
            parameters=(Parameter("code", Takes.WORDS),),
        ),
        Command(
            name="team",
            group=Group.ACCOUNT,
            needs=frozenset({Need.TEAM}),
            parameters=(Parameter("code", Takes.WORDS),),
        ),
        Command(name="settings", group=Group.ACCOUNT, visible=True),
        Command(name="server", group=Group.ACCOUNT, manages=True, needs=frozenset({Need.GIVEABLE})),
        Command(name="help", group=Group.ACCOUNT, visible=True),
        Command(
            name="cancel",
            group=Group.MAKE,
            visible=True,
            needs=frozenset({Need.JOBS}),
            parameters=(Parameter("job", Takes.JOB),),
        ),
        Command(name="export", group=Group.ACCOUNT),
        Command(
            name="link",
            group=Group.ACCOUNT,
            needs=frozenset({Need.LINKING}),
            parameters=(Parameter("code", Takes.WORDS),),
        ),
        Command(name="unlink", group=Group.ACCOUNT, needs=frozenset({Need.LINKING})),
        Command(name="privacy", group=Group.ACCOUNT, visible=True, needs=frozenset({Need.LAST_SELFIES, Need.LINKING})),
        Command(name="delete_me", group=Group.ACCOUNT, needs=frozenset({Need.LINKING, Need.SUBSCRIPTIONS, Need.TEAM})),
        Command(name="terms", group=Group.ACCOUNT),
        Command(name="paysupport", group=Group.ACCOUNT),
        Command(name="version", group=Group.ACCOUNT),
    )
}

ADMIN = "admin"
"""Leads whoever runs the factory to their pages; nobody else is told that there is such a command."""
ALIASES = {"credits": "balance", "thumbnail": "new"}
"""Other names people try, each with the command it is."""
ON_PICTURES = ("score",)
"""Commands that take a picture from elsewhere."""
ON_VARIANTS = ("info", "refine", "score")
"""Commands about finished pictures: the one replied to or named, else the latest."""


def known(name: str) -> str:
    """The command of a name or an alias; empty: none."""
    name = ALIASES.get(name, name)
    return name if name in COMMANDS else ""


def nearest(name: str) -> str:
    """The command that was probably meant by a name nobody knows; empty: none comes near."""
    return known(next(iter(get_close_matches(name, (*COMMANDS, *ALIASES), 1)), ""))
