"""What a company that takes money does for us."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from core.domain.payment import Claim, Page, Sale, Told
from core.domain.subscription import Heard


class Cashier(Protocol):
    name: str
    live: bool
    """Whether its key moves real money."""

    async def open(self, sale: Sale) -> Page:
        """The page where it is paid; the same sale again leads to the same page. Raises PaymentError."""
        ...

    async def portal(self, customer: str, back: str, *, ending: str = "") -> str:
        """Where whoever pays changes how, or what they are subscribed to; `ending`: the subscription, and straight to
        where it is cancelled. It lives for minutes. Raises PaymentError."""
        ...

    def told(self, raw: bytes, signature: str) -> Told | Heard | None:
        """What a call says; None for news that are not ours. Raises Forged, and ValueError for what is no event."""
        ...

    async def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Of a company's books, as its calls would have told it."""

    told: tuple[Told | Heard, ...]
    mark: str
    """Where the next one begins, as this company counts."""
    more: bool
    """There is more to read at once."""


class Books(Protocol):
    """What a company has on record, and gives back when asked. Everything raises PaymentError."""

    name: str
    live: bool
    whole: bool
    """A payment is given back whole or not at all."""

    async def refund(self, payment: str, minor: int, *, person: str, key: str) -> Claim:
        """Give back so many smallest units, once per key; `person`: who paid, as the company calls them, if known."""
        ...

    async def read(self, mark: str) -> Excerpt:
        """From a mark on; empty: from as far back as makes sense."""
        ...

    async def knows(self, payment: str) -> bool:
        """Whether it was paid by its books, where what was read did not name it."""
        ...

    async def close(self) -> None: ...
