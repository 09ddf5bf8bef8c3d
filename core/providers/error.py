"""What can go wrong at a provider, and what the route does about it.

ProviderError                                                        reaction
├── Down              the provider or model does not answer          → next
│   ├── Unreachable   refused, reset, no such host, TLS              → next
│   ├── TimedOut      no answer in time, 504                         → next
│   ├── ServerFault   500, 502 and their HTML pages                  → next
│   ├── KeyRefused    bad key, 401                                   → next (an operator has to act)
│   ├── Forbidden     403: billing, region, not enabled              → next (an operator has to act)
│   └── Retired       404: the model is gone                         → retire the model, next
├── Busy              429: a rate or quota                           → wait and retry, then next
│   └── Overloaded    503: no capacity                               → wait and retry once, then next
├── Faulty            an answer that is no usable picture            → next
│   ├── NoPicture     text instead, NO_IMAGE, an empty answer        → retry once, then next
│   ├── Faceless      a person was ordered and nobody is there       → retry once, then next
│   ├── Unlike        the face is not that of the selfies            → retry once, then taken as it is
│   ├── CutShort      MAX_TOKENS: the model ran out before drawing   → next
│   ├── Garbled       a truncated or unreadable body                 → next
│   ├── Undecodable   the picture's file is broken                   → next
│   ├── Unadopted     our own work on the picture failed             → next
│   ├── WrongSize     too far from what was asked to be cropped      → next
│   ├── BadRequest    400: we asked for what the model does not take → next
│   ├── ThreadLost    400 or finish reason: the conversation is refused → begin anew once, next
│   └── Unable        nobody here can do this at all                 → next
├── Recited           the answer repeats somebody's work             → reword once, next
└── PolicyRefusal     the provider will not draw this                → stop, costs nothing
    ├── PromptRefused   the question was blocked
    └── PictureRefused  the answer was blocked

A 400 goes on to the next model rather than stopping: it is our mistake about this model, and nobody should be left
without a picture for it; the reason reaches the log and the receipt.
"""

from __future__ import annotations

from enum import Enum, StrEnum, auto
from typing import ClassVar


class Reaction(Enum):
    NEXT = auto()
    RETRY = auto()
    STOP = auto()


class Change(Enum):
    """What is done once before the reaction."""

    NONE = auto()
    REWORD = auto()
    """Ask again in other words; if there are none, or it fails again, the reaction follows."""
    ANEW = auto()
    """Ask the same model again without the conversation, from the picture itself; then the reaction follows."""
    RETIRE = auto()
    """Mark the model as gone."""


class Reason(StrEnum):
    """Each has one sentence for the person in the locale files."""

    DOWN = "down"
    UNREACHABLE = "unreachable"
    TIMED_OUT = "timed_out"
    SERVER_FAULT = "server_fault"
    KEY_REFUSED = "key_refused"
    FORBIDDEN = "forbidden"
    RETIRED = "retired"
    BUSY = "busy"
    OVERLOADED = "overloaded"
    FAULTY = "faulty"
    NO_PICTURE = "no_picture"
    FACELESS = "faceless"
    UNLIKE = "unlike"
    ALONE = "alone"
    CUT_SHORT = "cut_short"
    GARBLED = "garbled"
    UNDECODABLE = "undecodable"
    UNADOPTED = "unadopted"
    WRONG_SIZE = "wrong_size"
    BAD_REQUEST = "bad_request"
    THREAD_LOST = "thread_lost"
    UNABLE = "unable"
    RECITED = "recited"
    POLICY = "policy"
    PROMPT_REFUSED = "prompt_refused"
    PICTURE_REFUSED = "picture_refused"


class ProviderError(Exception):
    reaction: ClassVar[Reaction] = Reaction.NEXT
    change: ClassVar[Change] = Change.NONE
    reason: ClassVar[Reason] = Reason.FAULTY
    retries: ClassVar[int] = 0
    """How often a RETRY asks the same model again."""
    cost_micro_usd: int = 0
    """What the failed call cost us all the same: an answer without a picture is billed."""


class Down(ProviderError):
    reason = Reason.DOWN


class Unreachable(Down):
    reason = Reason.UNREACHABLE


class TimedOut(Down):
    reason = Reason.TIMED_OUT


class ServerFault(Down):
    reason = Reason.SERVER_FAULT


class KeyRefused(Down):
    reason = Reason.KEY_REFUSED


class Forbidden(Down):
    reason = Reason.FORBIDDEN


class Retired(Down):
    change = Change.RETIRE
    reason = Reason.RETIRED


class Busy(ProviderError):
    reaction = Reaction.RETRY
    reason = Reason.BUSY
    retries = 2

    def __init__(self, message: str, retry_after_s: float = 1.0) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class Overloaded(Busy):
    reason = Reason.OVERLOADED
    retries = 1


class Faulty(ProviderError):
    reason = Reason.FAULTY


class NoPicture(Faulty):
    reaction = Reaction.RETRY
    reason = Reason.NO_PICTURE
    retries = 1


class Faceless(Faulty):
    reaction = Reaction.RETRY
    reason = Reason.FACELESS
    retries = 1


class Unlike(Faulty):
    reaction = Reaction.RETRY
    reason = Reason.UNLIKE
    retries = 1


class Alone(Faulty):
    """One person where two were ordered."""

    reaction = Reaction.RETRY
    reason = Reason.ALONE
    retries = 1


class CutShort(Faulty):
    reason = Reason.CUT_SHORT


class Garbled(Faulty):
    reason = Reason.GARBLED


class Undecodable(Faulty):
    reason = Reason.UNDECODABLE


class Unadopted(Faulty):
    reason = Reason.UNADOPTED


class WrongSize(Faulty):
    reason = Reason.WRONG_SIZE


class BadRequest(Faulty):
    reason = Reason.BAD_REQUEST


class ThreadLost(Faulty):
    change = Change.ANEW
    reason = Reason.THREAD_LOST


class Unable(Faulty):
    reason = Reason.UNABLE


class Recited(ProviderError):
    change = Change.REWORD
    reason = Reason.RECITED


class PolicyRefusal(ProviderError):
    reaction = Reaction.STOP
    reason = Reason.POLICY


class PromptRefused(PolicyRefusal):
    reason = Reason.PROMPT_REFUSED


class PictureRefused(PolicyRefusal):
    reason = Reason.PICTURE_REFUSED
