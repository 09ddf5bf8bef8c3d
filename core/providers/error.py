"""What can go wrong at a provider, and what the route does about it.

ProviderError
├── Down          the provider or model does not answer            → next
├── Busy          rate or capacity limit                           → wait and retry, then next
├── Faulty        an answer that is no usable picture              → next
└── PolicyRefusal the provider will not draw this                  → stop, costs nothing
"""

from __future__ import annotations

from enum import Enum, auto
from typing import ClassVar


class Reaction(Enum):
    NEXT = auto()
    RETRY = auto()
    STOP = auto()


class ProviderError(Exception):
    reaction: ClassVar[Reaction] = Reaction.NEXT


class Down(ProviderError):
    pass


class Busy(ProviderError):
    reaction = Reaction.RETRY

    def __init__(self, message: str, retry_after_s: float = 1.0) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class Faulty(ProviderError):
    pass


class PolicyRefusal(ProviderError):
    reaction = Reaction.STOP
