"""Typefaces by mood: which faces a mood means, and which come nearest for a script that those do not write."""

from __future__ import annotations

from dataclasses import dataclass

from core.domain.brief import Brief, TypeMood


@dataclass(frozen=True, slots=True)
class Family:
    """Faces by file name, the first one that writes the text is taken."""

    own: tuple[str, ...] = ()
    """What the mood's name promises."""
    near: tuple[str, ...] = ()
    """What stands in for a script none of those writes; people are told."""


MOODS: dict[TypeMood, Family] = {
    TypeMood.AUTO: Family(),
    TypeMood.CHUNKY: Family(("Montserrat-Black", "Poppins-Black", "Rubik-Black", "Baloo2-ExtraBold")),
    TypeMood.CONDENSED: Family(("Anton-Regular", "Oswald-Bold", "Teko-Bold", "Lalezar-Regular")),
    TypeMood.SLAB: Family(("TFSlab-Heavy",)),
    TypeMood.HANDWRITTEN: Family(("PermanentMarker-Regular", "CaveatBrush-Regular", "Kalam-Bold", "Pacifico-Regular")),
    TypeMood.ROUNDED: Family(("TFRounded-Regular", "TFChunky-Regular", "Baloo2-ExtraBold"), ("Rubik-Black",)),
    TypeMood.COMIC: Family(
        ("Bangers-Regular", "LuckiestGuy-Regular"), ("Baloo2-ExtraBold", "Rubik-Black", "Lalezar-Regular")
    ),
    TypeMood.SERIF: Family(("DMSerifDisplay-Regular", "TFDisplaySerif-Black")),
    TypeMood.ROMAN: Family(("Cinzel-ExtraBold",), ("TFDisplaySerif-Black",)),
    TypeMood.SCRIPT: Family(("Pacifico-Regular",), ("Kalam-Bold", "Lalezar-Regular")),
    TypeMood.TECH: Family(("SpaceGrotesk-Bold",), ("Montserrat-Black", "JetBrainsMono-ExtraBold")),
    TypeMood.MONO: Family(("JetBrainsMono-ExtraBold",)),
    TypeMood.SCIFI: Family(("Orbitron-Black",), ("TFGaming-Regular",)),
    TypeMood.GAMING: Family(("TFGaming-Regular",), ("BlackOpsOne-Regular", "Teko-Bold")),
    TypeMood.PIXEL: Family(("TFPixel-Regular",), ("JetBrainsMono-ExtraBold",)),
    TypeMood.WESTERN: Family(("TFWestern-Regular",), ("TFSlab-Heavy", "TFDisplaySerif-Black", "Lalezar-Regular")),
    TypeMood.STENCIL: Family(("BlackOpsOne-Regular",), ("TFGaming-Regular", "Teko-Bold")),
    TypeMood.HORROR: Family(
        ("TFHorror-Regular",), ("CaveatBrush-Regular", "Oswald-Bold", "Teko-Bold", "Lalezar-Regular")
    ),
}

NAMES: dict[str, str] = {
    "Anton-Regular": "Anton",
    "BebasNeue-Regular": "Bebas Neue",
    "Oswald-Bold": "Oswald",
    "BarlowCondensed-ExtraBold": "Barlow Condensed",
    "Teko-Bold": "Teko",
    "Montserrat-Black": "Montserrat",
    "Poppins-Black": "Poppins",
    "ArchivoBlack-Regular": "Archivo Black",
    "LeagueSpartan-Black": "League Spartan",
    "Rubik-Black": "Rubik",
    "Kanit-ExtraBold": "Kanit",
    "Mukta-ExtraBold": "Mukta",
    "Inter-Bold": "Inter",
    "Baloo2-ExtraBold": "Baloo 2",
    "TFRounded-Regular": "TF Rounded",
    "TFChunky-Regular": "TF Chunky",
    "Bangers-Regular": "Bangers",
    "LuckiestGuy-Regular": "Luckiest Guy",
    "TFSlab-Heavy": "TF Slab",
    "TFWestern-Regular": "TF Western",
    "PermanentMarker-Regular": "Permanent Marker",
    "CaveatBrush-Regular": "Caveat Brush",
    "Kalam-Bold": "Kalam",
    "Pacifico-Regular": "Pacifico",
    "DMSerifDisplay-Regular": "DM Serif Display",
    "TFDisplaySerif-Black": "TF Display Serif",
    "Cinzel-ExtraBold": "Cinzel",
    "SpaceGrotesk-Bold": "Space Grotesk",
    "JetBrainsMono-ExtraBold": "JetBrains Mono",
    "Orbitron-Black": "Orbitron",
    "TFGaming-Regular": "TF Gaming",
    "BlackOpsOne-Regular": "Black Ops One",
    "TFPixel-Regular": "TF Pixel",
    "TFHorror-Regular": "TF Horror",
    "Cairo-Black": "Cairo",
    "Lalezar-Regular": "Lalezar",
}
"""File name -> name, as people choose a brand's font."""


def name(face: str) -> str:
    """A face by the name people know: of the Far Eastern ones, the family's."""
    return NAMES.get(face) or face.partition("-")[0].replace("NotoSans", "Noto Sans ")


def asked(brief: Brief) -> tuple[str, ...]:
    """The faces a brief asks for by its mood or its brand; empty: the vibe decides."""
    if brief.type_mood is TypeMood.AUTO:
        return (brief.brand_font,) if brief.brand_font in NAMES else ()
    return MOODS[brief.type_mood].own
