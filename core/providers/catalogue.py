"""The models of this release as data."""

from __future__ import annotations

from core.domain.brief import Vibe
from core.domain.format import Quality
from core.domain.model import ModelSpec, Origin, Role

STUDIO = ModelSpec(
    id="studio",
    provider="local",
    origin=Origin.STUDIO,
    roles=(Role.DRAFT, Role.STANDARD),
    vibes=(Vibe.BOLD, Vibe.CLEAN, Vibe.CINEMATIC, Vibe.DOCUMENTARY),
    qualities=tuple(Quality),
    free=True,
    max_references=10,
)

STAND_IN = ModelSpec(
    id="stand-in",
    provider="stand-in",
    origin=Origin.STAND_IN,
    roles=(Role.DRAFT, Role.STANDARD),
    vibes=STUDIO.vibes,
    qualities=tuple(Quality),
    prices={"1K": 33_600},
    max_references=10,
)
