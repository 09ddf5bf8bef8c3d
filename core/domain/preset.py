"""Named Briefs: one tap fills everything but selfies and headline (product.md §3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from core.domain.brief import ColourPriority, Emotion, FaceSide, People, TypeMood, Vibe


@dataclass(frozen=True, slots=True)
class Preset:
    id: str
    vibe: Vibe
    answers: Mapping[str, object]
    """Question id -> answer, valid for that field of Brief."""


def _preset(name: str, vibe: Vibe, **answers: object) -> Preset:
    return Preset(name, vibe, MappingProxyType({"vibe": vibe, **answers}))


PRESETS: dict[str, Preset] = {
    row.id: row
    for row in (
        _preset("shock", Vibe.BOLD, emotion=Emotion.SHOCK, colours=ColourPriority.WARM, type_mood=TypeMood.CONDENSED),
        _preset(
            "tutorial", Vibe.CLEAN, emotion=Emotion.CURIOSITY, colours=ColourPriority.COOL, type_mood=TypeMood.CHUNKY
        ),
        _preset(
            "story", Vibe.CINEMATIC, emotion=Emotion.AUTHORITY, colours=ColourPriority.COOL, face_side=FaceSide.RIGHT
        ),
        _preset("podcast", Vibe.BOLD, emotion=Emotion.JOY, colours=ColourPriority.HIGH_CONTRAST, people=People.TWO),
        _preset("review", Vibe.CLEAN, emotion=Emotion.AUTHORITY, colours=ColourPriority.HIGH_CONTRAST),
        _preset("documentary", Vibe.DOCUMENTARY, emotion=Emotion.CONCERN, colours=ColourPriority.GREYSCALE_ACCENT),
    )
}
