"""Identities of a person, and the codes that join two persons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.domain.identity import Bar, Identity, Linking, Offer, Terms
from core.domain.record import Json
from core.store.port import Transport

CODE_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class Issue:
    """Make this the person's one code. Only its hash is ever stored."""

    code_hash: str

    def record(self) -> dict[str, Json]:
        return {"issue": self.code_hash, "seconds": CODE_SECONDS}


@dataclass(frozen=True, slots=True)
class Join:
    """Become the person who issued the code, on these terms and no others. `ref`: whose turn it is."""

    offer: str
    ref: str
    terms: Terms

    def record(self) -> dict[str, Json]:
        terms: dict[str, Json] = {"moves": self.terms.moves, "lapses": self.terms.lapses, "debt": self.terms.debt}
        return {"offer": self.offer, "ref": self.ref, "terms": terms}


@dataclass(frozen=True, slots=True)
class Leave:
    """An identity becomes a person of its own. `here`: it is the one whose turn it is, which goes on as that person."""

    identity: str
    here: bool

    def record(self) -> dict[str, Json]:
        return {"identity": self.identity, "here": self.here}


class Joins:
    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def linking(self, *, platform: str, ref: str, event: str, code_hash: str = "", offer: str = "") -> Linking:
        """The identities of whoever this one is, and what a code entered there (by its hash), or an offer shown
        before, leads to.

        A wrong code counts, once per event; after five within an hour none is looked at any more.
        """
        arguments = {
            "platform": platform,
            "ref": ref,
            "event": event,
            "code": code_hash or None,
            "offer": offer or None,
        }
        row = await self._transport.call("linking", arguments)
        return Linking(
            identities=tuple(Identity(**one) for one in row["identities"]),
            offer=row["offer"] and _offer(code_hash or offer, row["offer"]),
        )


def _offer(offer_id: str, row: Mapping[str, Any]) -> Offer:
    if "reason" in row:
        return Offer(id=offer_id, bar=Bar(row["reason"]), retry_after_s=row.get("retry_after", 0))
    return Offer(
        id=offer_id,
        terms=Terms(row["moves"], row["lapses"], row["debt"]),
        credits=row["credits"],
        gift=row["gift"],
        platforms=tuple(row["platforms"]),
        platform=row["platform"],
        place=row["place"],
        language=row["language"],
    )
