"""What deliberately differs between the variants of a set, beside the arrangement of face and type."""

from __future__ import annotations

from dataclasses import dataclass

from core.domain.job import PLACES


@dataclass(frozen=True, slots=True)
class Variation:
    composition: str
    still: str
    """The composition where there is no person."""
    light: str
    backdrop: str


VARIATIONS = (
    Variation(
        "straightforward: head and shoulders, facing the camera",
        "straightforward: the object whole, seen from the front",
        "as the style has it",
        "the most literal setting of the subject, simplified",
    ),
    Variation(
        "body turned a third towards the type, eyes back into the camera",
        "the object turned a third away, its long axis pointing to the type",
        "the key light from the opposite side, stronger rim",
        "an abstract backdrop: gradient, large soft shapes in the palette, no place",
    ),
    Variation(
        "tight: the face as large as its box allows, shoulders cropped by the picture's edge",
        "tight: one detail of the object, very large, cropped by the picture's edge",
        "frontal and bright, every feature readable",
        "one flat tone with a soft vignette, nothing else",
    ),
    Variation(
        "a step back: the upper body visible, one telling object held or beside the person at the far side of the type",
        "a step back: the object small in its place, the place telling the story",
        "motivated by the place, softer",
        "a real environment with depth, far out of focus",
    ),
    Variation(
        "dynamic: slight tilt of the shoulders, gesture close to the body, implied motion",
        "dynamic: the object in motion, caught at its turning point",
        "strong backlight that outlines the subject, darker front",
        "streaks, particles or haze of light radiating from behind the subject",
    ),
    Variation(
        "from slightly below, person monumental against the backdrop",
        "from slightly below, the object monumental against the backdrop",
        "low-key: one hard light, the far side in shadow",
        "one oversized symbol of the subject, dark and blurred behind everything",
    ),
)


def variation(position: int) -> Variation:
    """By the place in the set; a re-roll (`core.domain.job.rerolled`) takes the next of them, as the studio does."""
    turn, place = divmod(position, PLACES)
    return VARIATIONS[(place - turn) % len(VARIATIONS)]
