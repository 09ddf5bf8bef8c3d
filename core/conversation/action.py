"""Actions: typed buttons that pack into one token of at most 64 bytes, the same on every platform.

A token is `1:<verb>:<subject>[:<argument>]`. It holds no secret: whose draft, job or variant the subject is, and in
what state, is checked against the store when it is pressed. A token nobody can read parses to `Expired`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from typing import ClassVar

VERSION = "1"
LIMIT_BYTES = 64
_TOKEN = re.compile(r"1:(?P<verb>[a-z]{2}):(?P<subject>[0-9A-Za-z_-]*)(?::(?P<argument>[0-9A-Za-z_.#-]*))?")
_PART = re.compile(r"[0-9A-Za-z_-]*")
_ARGUMENT = re.compile(r"[0-9A-Za-z_.#-]*")


class TokenTooLong(ValueError):
    """A button that would not fit into a platform's token was built."""


@dataclass(frozen=True, slots=True)
class Action:
    """Base of all actions: at most two text fields, the subject and its argument."""

    verb: ClassVar[str] = ""
    kinds: ClassVar[dict[str, type[Action]]] = {}

    def __init_subclass__(cls) -> None:
        Action.kinds[cls.verb] = cls  # a slotted dataclass is made twice; the second one is the real one

    def __post_init__(self) -> None:
        self.pack()

    def pack(self) -> str:
        """The token. Raises TokenTooLong, or ValueError for characters a token cannot carry."""
        parts = [str(getattr(self, row.name)) for row in fields(self)]
        if (parts and not _PART.fullmatch(parts[0])) or (len(parts) > 1 and not _ARGUMENT.fullmatch(parts[1])):
            raise ValueError(f"{type(self).__name__}{tuple(parts)} has characters a token cannot carry")
        token = ":".join((VERSION, self.verb, *(parts or [""])))
        if len(token.encode()) > LIMIT_BYTES:
            raise TokenTooLong(token)
        return token


@dataclass(frozen=True, slots=True)
class Expired(Action):
    """A token of another release, or none at all."""

    verb: ClassVar[str] = "ex"


# -- on a brief that is still being made; the subject is the session's draft id ------------------------------------


@dataclass(frozen=True, slots=True)
class Generate(Action):
    """Order what the button said: `offer` is `<variants>.<quality>.<credits>`, so a changed price is noticed; with
    `.night` it may take until tomorrow."""

    verb: ClassVar[str] = "ge"
    draft: str
    offer: str


@dataclass(frozen=True, slots=True)
class Preview(Action):
    verb: ClassVar[str] = "pv"
    draft: str


@dataclass(frozen=True, slots=True)
class OpenDetails(Action):
    """The card of all sections, or one section (A–H)."""

    verb: ClassVar[str] = "de"
    draft: str
    section: str = ""


@dataclass(frozen=True, slots=True)
class Ask(Action):
    verb: ClassVar[str] = "as"
    draft: str
    question: str


@dataclass(frozen=True, slots=True)
class FillIn(Action):
    """Open a form for the words a question wants. Front ends that have forms answer it themselves, with the words."""

    verb: ClassVar[str] = "fi"
    draft: str
    question: str


@dataclass(frozen=True, slots=True)
class HandIn(Action):
    """The same for pictures."""

    verb: ClassVar[str] = "hi"
    draft: str
    question: str


@dataclass(frozen=True, slots=True)
class Choose(Action):
    """One option of a question: `<question>.<option>`, so that old chips still answer what they were offered for."""

    verb: ClassVar[str] = "ch"
    draft: str
    option: str


@dataclass(frozen=True, slots=True)
class UsePreset(Action):
    verb: ClassVar[str] = "pr"
    draft: str
    preset: str


@dataclass(frozen=True, slots=True)
class UseLastSelfies(Action):
    verb: ClassVar[str] = "ls"
    draft: str


@dataclass(frozen=True, slots=True)
class Read(Action):
    """Have something read or thought of: `errand` is one of `core.domain.errand`."""

    verb: ClassVar[str] = "rd"
    draft: str
    errand: str


@dataclass(frozen=True, slots=True)
class GoOn(Action):
    """Go on although something was warned of, or without something: `about` is `photo`, `both`, `two`, `no_person`,
    `no_series` or `words`."""

    verb: ClassVar[str] = "go"
    draft: str
    about: str


@dataclass(frozen=True, slots=True)
class Back(Action):
    verb: ClassVar[str] = "bk"
    draft: str


@dataclass(frozen=True, slots=True)
class Cancel(Action):
    verb: ClassVar[str] = "cx"
    draft: str


# -- on a finished variant; the subject is the variant's code ------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OpenVariant(Action):
    verb: ClassVar[str] = "vo"
    variant: str


@dataclass(frozen=True, slots=True)
class EditText(Action):
    """Empty: ask for the new headline. `whole`: all words of the one it has, where it shows a few of them."""

    verb: ClassVar[str] = "vt"
    variant: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class ChangeVibe(Action):
    """Another vibe at the price its button said: `<vibe>.<credits>`. Empty: ask which. This and what follows with
    `.own`: at the person's own cost, where a server would pay."""

    verb: ClassVar[str] = "vv"
    variant: str
    vibe: str = ""


@dataclass(frozen=True, slots=True)
class Reroll(Action):
    """Draw it again with a new seed; `credits` is what the button said, so a changed price is noticed."""

    verb: ClassVar[str] = "vr"
    variant: str
    credits: str = ""


@dataclass(frozen=True, slots=True)
class Retouch(Action):
    """Change the picture at the price its button said: `<touch>.<credits>`, or `words.<credits>` for what was replied
    to it. Empty: ask what."""

    verb: ClassVar[str] = "ve"
    variant: str
    change: str = ""


@dataclass(frozen=True, slots=True)
class Restyle(Action):
    """Set its type otherwise: a change of `core.domain.restyle`. Without a value: ask which; empty: show what it is."""

    verb: ClassVar[str] = "vy"
    variant: str
    change: str = ""


@dataclass(frozen=True, slots=True)
class OtherSize(Action):
    """Without a format: ask which."""

    verb: ClassVar[str] = "vs"
    variant: str
    format: str = ""


@dataclass(frozen=True, slots=True)
class Upscale(Action):
    """The same picture in 4K."""

    verb: ClassVar[str] = "vk"
    variant: str


@dataclass(frozen=True, slots=True)
class GetFile(Action):
    """Without a type: ask which."""

    verb: ClassVar[str] = "vf"
    variant: str
    type: str = ""


@dataclass(frozen=True, slots=True)
class FeedPreview(Action):
    verb: ClassVar[str] = "vp"
    variant: str


@dataclass(frozen=True, slots=True)
class Score(Action):
    """The quality report: what is measured on the finished picture."""

    verb: ClassVar[str] = "vq"
    variant: str


@dataclass(frozen=True, slots=True)
class Info(Action):
    verb: ClassVar[str] = "vi"
    variant: str


@dataclass(frozen=True, slots=True)
class Share(Action):
    """Show the picture to everybody in the channel. Offered where only one person sees it among others."""

    verb: ClassVar[str] = "vh"
    variant: str


@dataclass(frozen=True, slots=True)
class AltText(Action):
    """The picture in words, to publish with it."""

    verb: ClassVar[str] = "va"
    variant: str


@dataclass(frozen=True, slots=True)
class SameLook(Action):
    """The same look for another headline, as a brief of its own."""

    verb: ClassVar[str] = "vl"
    variant: str


@dataclass(frozen=True, slots=True)
class Pin(Action):
    verb: ClassVar[str] = "vn"
    variant: str
    on: str = "1"


@dataclass(frozen=True, slots=True)
class Undo(Action):
    """One version back."""

    verb: ClassVar[str] = "vu"
    variant: str


@dataclass(frozen=True, slots=True)
class BeforeAfter(Action):
    verb: ClassVar[str] = "vb"
    variant: str


@dataclass(frozen=True, slots=True)
class Delete(Action):
    """`sure` is empty on the first press, which asks."""

    verb: ClassVar[str] = "vd"
    variant: str
    sure: str = ""


# -- on a job; the subject is the job's code -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CancelJob(Action):
    verb: ClassVar[str] = "jc"
    job: str


@dataclass(frozen=True, slots=True)
class Again(Action):
    """The same brief once more, from a finished or failed job; `about` is empty, or `headline` where another
    one is asked for."""

    verb: ClassVar[str] = "ja"
    job: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class DownloadAll(Action):
    verb: ClassVar[str] = "jd"
    job: str


@dataclass(frozen=True, slots=True)
class BestThree(Action):
    """The three of a set that differ most, for YouTube's Test & Compare."""

    verb: ClassVar[str] = "jt"
    job: str


# -- anywhere ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Run(Action):
    """A command as a button: `new`, `gallery`, `settings` ..."""

    verb: ClassVar[str] = "co"
    command: str
    argument: str = ""


@dataclass(frozen=True, slots=True)
class Set(Action):
    """One setting; without a value: ask for it."""

    verb: ClassVar[str] = "st"
    setting: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Rule(Action):
    """One rule of the server it is pressed in; without a value: ask for it. `give` with `<credits>.<having>` gives it
    so many credits, out of what the person was told they had to give."""

    verb: ClassVar[str] = "gu"
    rule: str
    value: str = ""


def parse(token: str) -> Action:
    """The action of a token, whatever came: unknown versions, verbs and shapes are `Expired`."""
    match = _TOKEN.fullmatch(token) if len(token.encode()) <= LIMIT_BYTES else None
    kind = Action.kinds.get(match["verb"]) if match else None
    if match is None or kind is None:
        return Expired()
    given = [part for part in (match["subject"], match["argument"]) if part is not None]
    names = fields(kind)
    if not names:
        return kind()
    if len(given) > len(names):
        return Expired()
    try:
        return kind(*given)
    except TypeError:
        return Expired()
