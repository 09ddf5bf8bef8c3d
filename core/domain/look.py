"""Looks that stand in for each other: what is drawn, or how type is set, where a vibe has nothing of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from core.domain.brief import Vibe

NEAREST: Mapping[Vibe, Vibe] = MappingProxyType(
    {
        Vibe.NEON: Vibe.CINEMATIC,
        Vibe.TECH: Vibe.CLEAN,
        Vibe.PASTEL: Vibe.CLEAN,
        Vibe.MINIMALIST: Vibe.CLEAN,
        Vibe.MEME: Vibe.BOLD,
        Vibe.BOLD: Vibe.CINEMATIC,
        Vibe.CLEAN: Vibe.BOLD,
        Vibe.CINEMATIC: Vibe.BOLD,
        Vibe.DOCUMENTARY: Vibe.CINEMATIC,
    }
)
"""The look that comes closest. Followed until one that is there."""


def nearest(vibe: Vibe, drawn: Sequence[Vibe]) -> Vibe:
    """The vibe itself, or the closest of those drawn. `drawn` is not empty."""
    seen = set[Vibe]()
    while vibe not in drawn:
        seen.add(vibe)
        vibe = NEAREST[vibe]
        if vibe in seen:
            return drawn[0]
    return vibe
