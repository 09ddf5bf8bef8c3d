"""What an emotion does to a picture: how strong and bright the ground is, and how far the type leans."""

from __future__ import annotations

import colorsys
from dataclasses import dataclass, replace

from core.compose.look import look
from core.compose.palette import Palette, channels, from_channels, luminance, mix, palette
from core.domain.brief import ColourPriority, Emotion
from core.domain.job import Recipe


@dataclass(frozen=True, slots=True)
class Feeling:
    """Factors on the vibe's own; 1 leaves it alone."""

    saturation: float = 1.0
    light: float = 1.0
    tilt: float = 1.0
    tint: str = "#000000"
    share: float = 0.0
    """Of the tint in the ground's colours."""


FEELINGS: dict[Emotion, Feeling] = {
    Emotion.SHOCK: Feeling(saturation=1.25, light=1.1, tilt=1.6, tint="#ff2a12", share=0.12),
    Emotion.CURIOSITY: Feeling(),
    Emotion.AUTHORITY: Feeling(saturation=1.05, light=0.8, tilt=0.0),
    Emotion.JOY: Feeling(saturation=1.1, light=1.14, tilt=1.25, tint="#ffc93c", share=0.2),
    Emotion.CONCERN: Feeling(saturation=0.6, light=0.8, tilt=0.5, tint="#3d5f96", share=0.2),
    Emotion.DEADPAN: Feeling(saturation=0.5, light=0.95, tilt=0.0),
}


def palette_of(recipe: Recipe) -> Palette:
    """The colours of a recipe's picture."""
    brief = recipe.brief
    colours = palette(brief.vibe, brief.colours, brief.brand_colours, look(recipe.position).palette)
    # A brand's colours are the brand's, whatever is felt.
    return colours if brief.colours is ColourPriority.BRAND and brief.brand_colours else felt(colours, brief.emotion)


def felt(palette: Palette, emotion: Emotion) -> Palette:
    """The palette with its ground and lights changed. Type, boxes and what lies under them keep their contrast."""
    feeling = FEELINGS[emotion]
    if feeling == Feeling():
        return palette
    paper = luminance(palette.shade) > 0.5
    light, mid, edge, near, far, low, high = (
        _changed(colour, feeling, paper)
        for colour in (palette.light, palette.mid, palette.edge, *palette.rims, *palette.tints)
    )
    return replace(palette, light=light, mid=mid, edge=edge, rims=(near, far), tints=(low, high))


def _changed(colour: str, feeling: Feeling, paper: bool) -> str:
    own = _hsv(colour)[1]
    # White paper and grey film have no colour to lean on, and paper stays as light as it is.
    weight = min(1.0, 2 * own)
    hue, saturation, value = _hsv(mix(colour, feeling.tint, feeling.share * weight))
    brighter = 1 + (feeling.light - 1) * (weight if paper else 1.0)
    rgb = colorsys.hsv_to_rgb(hue, min(1.0, saturation * feeling.saturation), min(1.0, value * brighter))
    return from_channels(*(255 * part for part in rgb))


def _hsv(colour: str) -> tuple[float, float, float]:
    red, green, blue = (part / 255 for part in channels(colour))
    return colorsys.rgb_to_hsv(red, green, blue)
