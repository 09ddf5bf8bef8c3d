"""Packs: credits a platform sells for us, by its own name for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pack:
    item: str
    """The platform's name for it (Discord's SKU id)."""
    credits: int


def offered(packs: Sequence[Pack], missing: int) -> tuple[Pack, ...]:
    """Those that bring as many as are missing, or all where none does; smallest first."""
    enough = [one for one in packs if one.credits >= missing]
    return tuple(sorted(enough or packs, key=lambda one: (one.credits, one.item)))
