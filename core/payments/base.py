"""What a company that takes money does for us."""

from __future__ import annotations

from typing import Protocol

from core.domain.payment import Page, Sale, Told
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
