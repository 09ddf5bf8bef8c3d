"""Events: what a person did, without a trace of the platform it happened on."""

from __future__ import annotations

from dataclasses import dataclass, field

from core.conversation.action import Action
from core.domain.brief import Brief
from core.domain.errand import Errand
from core.domain.job import Failure
from core.domain.payment import Receipt
from core.domain.record import Json


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture that was accepted and stored; `concerns` are the selfie check's reason codes."""

    asset: str
    concerns: tuple[str, ...] = ()
    faces: int = 1
    rank: int = 0
    """Which it was to draw from in the brief it is taken from, from 1; 0: its concerns say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """/start; `payload` is a deep link's."""

    payload: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotosSent:
    """Pictures with an optional caption. `album` is set when more of the same album may follow as further events."""

    photos: tuple[Photo, ...]
    caption: str = ""
    album: str = ""
    answers: dict[str, str] = field(default_factory=dict)
    """Question id -> an option or words, where a platform's form asks several things at once; "preset" -> its name."""
    anew: bool = False
    """A brief of its own: one in the making makes way."""
    recall: bool = False
    """Without photos the last selfies are used."""
    command: str = ""
    """The command they came with (`command.ON_PICTURES`): what they are for. The caption is then what else was said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlbumSettled:
    """No further picture of the album came for a while."""

    album: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoRefused:
    """A file that could not be taken; `reason` is the refusal's code. The caption is not lost."""

    reason: str
    caption: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextSent:
    """A message in words; `variant` is the one it replies to, if any, `variants` are several shown in one message."""

    text: str
    variant: str = ""
    variants: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressed:
    action: Action


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandSent:
    """`/name argument`, the name lower-case and without the slash; `variants`: those of the message it replies to."""

    name: str
    argument: str = ""
    variants: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FormSent:
    """Several choices of one question at once (checkbox lists where the platform has them)."""

    draft: str
    question: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HasRead:
    """A reader is back from its errand. `by` is the model that read, or "local" for rules of thumb; `tried` are the
    models that were asked before and could not."""

    draft: str
    job: str
    errand: Errand
    asked: Brief = field(default_factory=Brief)
    """The brief it was sent out with: what differs from it now was changed meanwhile."""
    by: str = ""
    tried: tuple[str, ...] = ()
    variant: str = ""
    """What was looked at, where it was a finished picture."""
    text: str = ""
    """That picture in a sentence; empty where nobody looked."""
    headlines: tuple[str, ...] = ()
    answers: dict[str, Json] = field(default_factory=dict)
    """Question id -> record, as far as it was said."""
    failure: Failure | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditsMoved:
    """Credits were bought, or (below zero) taken back because their money was."""

    credits: int
    receipt: Receipt | None = None
    """Of the payment, where it was one."""


@dataclass(frozen=True, slots=True)
class PlanStalled:
    """A month of somebody's plan could not be collected."""


Event = (
    HasRead
    | PlanStalled
    | CreditsMoved
    | Started
    | PhotosSent
    | AlbumSettled
    | PhotoRefused
    | TextSent
    | Pressed
    | CommandSent
    | FormSent
)
