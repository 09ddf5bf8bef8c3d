"""The nine vibes in a photographer's words."""

from __future__ import annotations

from dataclasses import dataclass

from core.domain.brief import Vibe


@dataclass(frozen=True, slots=True)
class Look:
    style: str
    light: str
    palette: str
    """Where the brief's colour priority leaves it open."""
    lens: str
    mood: str
    ground: str = "dark"
    """What the vibe's type is legible on."""


LOOKS: dict[Vibe, Look] = {
    Vibe.BOLD: Look(
        "high-impact commercial photography: saturated colour, crisp edges, one big idea",
        "hard key light on the face, a bright glow behind the head, a coloured rim light on hair and shoulders",
        "two saturated colours against each other, deep darks, no muddy mid-tones",
        "35 mm, close, slightly from below, everything on the person in focus",
        "urgent, loud, impossible to scroll past",
    ),
    Vibe.CLEAN: Look(
        "modern editorial studio photography with generous empty space",
        "large soft key light, gentle fill, one soft shadow on the backdrop",
        "light neutral ground, one accent colour, nothing else competing",
        "50 mm at eye level, sharp, undistorted",
        "calm, clear, trustworthy",
        ground="light",
    ),
    Vibe.CINEMATIC: Look(
        "a still from a feature film: depth, haze, texture, believable scene",
        "one motivated key light from the side, deep shadows, a cool rim against a warm source, light in the haze",
        "graded contrast of a warm and a cool tone, rich blacks",
        "85 mm at a wide aperture, the background falling out of focus, fine grain",
        "dramatic, charged, a story about to turn",
    ),
    Vibe.NEON: Look(
        "night photography lit by neon tubes and screens, wet reflective surfaces, light haze",
        "two coloured tube lights from opposite sides, dark surroundings, bright edges on hair and shoulders",
        "electric magenta and cyan on near-black, skin still believable",
        "35 mm, low, strong reflections, sharp face",
        "electric, nocturnal, futuristic",
    ),
    Vibe.PASTEL: Look(
        "soft, playful studio photography with smooth paper backdrops and rounded shapes",
        "broad diffuse daylight from the front, barely any shadow, glowing skin",
        "two or three pastel tones of equal lightness, creamy whites",
        "50 mm at eye level, gentle focus fall-off",
        "friendly, light, optimistic",
        ground="light",
    ),
    Vibe.TECH: Look(
        "premium product and technology photography: precise surfaces, glass, metal, fine light lines",
        "cool strip lights drawing clean edges, a controlled highlight on the object, dark gradient behind",
        "deep navy or graphite with one luminous accent",
        "50 mm, precise perspective, deep focus on the subject",
        "sharp, informed, ahead of its time",
    ),
    Vibe.MINIMALIST: Look(
        "reduced still-life composition: one subject, one plain backdrop, nothing decorative",
        "single soft directional light with one clean shadow",
        "a single hue in two or three values",
        "70 mm, straight on, flat perspective",
        "quiet, confident, exact",
        ground="light",
    ),
    Vibe.MEME: Look(
        "internet-humour cut-out aesthetics: exaggerated staging, obvious juxtaposition, photographic not cartoon",
        "flat on-camera flash, hard edges, bright backdrop",
        "primary colours, full brightness",
        "24 mm close to the face, comic perspective that leaves the features intact",
        "absurd, cheeky, instantly readable",
    ),
    Vibe.DOCUMENTARY: Look(
        "reportage photography: real place, real texture, nothing staged-looking",
        "available light from a window or the sky, honest contrast, no glamour retouching",
        "restrained, slightly desaturated natural tones",
        "35 mm, eye level, observed at a moment, subtle grain",
        "serious, intimate, truthful",
    ),
}
