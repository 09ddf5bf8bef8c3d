"""What people bought on a platform that sells for us: credited once, taken back once, in whatever order it is told."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from core.domain.record import Json
from core.store.port import Transport


@dataclass(frozen=True, slots=True)
class Tell:
    """Whom to tell, as the platform calls them, and in which of their places: a regular expression."""

    person: str
    places: str


class Purchases:
    """`happening` is the key of what told of it, closed in the same transaction (core/store/happening.py)."""

    def __init__(self, transport: Transport, platform: str) -> None:
        self._transport = transport
        self._platform = platform

    async def credit(
        self, purchase: str, item: str, *, user_id: str, amount: int, happening: str, tell: Tell
    ) -> tuple[int, bool]:
        """How many credits this call moved, and whether the purchase was refunded (then it never moves any). Raises
        Unknown for a person who is gone."""
        arguments = {**self._named(purchase, item, happening, tell), "user_id": user_id, "credits": amount}
        row = await self._transport.call("credit_purchase", arguments)
        return row["moved"], row["refunded"]

    async def refund(self, purchase: str, item: str, *, happening: str, tell: Tell) -> int:
        """How many credits this call took back. Raises Conflict when its person changed meanwhile: ask again."""
        row = await self._transport.call("refund_purchase", self._named(purchase, item, happening, tell))
        return int(row["moved"])

    async def doubt(self, purchase: str, item: str, reason: str) -> bool:
        """Raise the alert that something bought cannot be credited; whether it is new."""
        arguments = {"platform": self._platform, "id": purchase, "item": item, "reason": reason}
        return bool((await self._transport.call("doubt_purchase", arguments))["new"])

    def _named(self, purchase: str, item: str, happening: str, tell: Tell) -> dict[str, Json]:
        named = {"platform": self._platform, "id": purchase, "item": item, "happening": happening}
        return {**named, "tell": asdict(tell)}
