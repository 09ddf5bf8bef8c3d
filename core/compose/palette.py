"""Colours of a picture: one row per vibe and colour priority, completed so that type is legible by construction."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from core.compose.manner import MANNERS
from core.domain.brief import ColourPriority, Vibe

WHITE, BLACK = "#ffffff", "#0b0b0f"
LARGE_TEXT, AIM = 3.0, 4.5
"""WCAG contrast ratios: the floor for large type, and what is aimed at."""


@dataclass(frozen=True, slots=True)
class Palette:
    """All `#rrggbb`."""

    light: str
    """The source behind the head."""
    mid: str
    edge: str
    shade: str
    """What the ground turns to where type stands."""
    ink: str
    quiet: str
    """Subtext."""
    accent: str
    """Highlighted words."""
    pop: str
    """Boxes and bars."""
    on_pop: str
    stroke: str
    rims: tuple[str, str]
    """Edge light on the light's side and on the far side."""
    tints: tuple[str, str]
    """What the subject's shadows and lights lean to."""
    grey: bool
    """The subject loses its own colours."""


@dataclass(frozen=True, slots=True)
class _Row:
    light: str
    mid: str
    edge: str
    accent: str
    pop: str
    shade: str
    rims: tuple[str, str]
    grey: bool = False
    ink: str = ""
    """Of words that are not highlighted; empty: nearly white or black."""


_W, _C, _H, _G = (
    ColourPriority.WARM,
    ColourPriority.COOL,
    ColourPriority.HIGH_CONTRAST,
    ColourPriority.GREYSCALE_ACCENT,
)
_ROWS: dict[tuple[Vibe, ColourPriority], tuple[_Row, _Row, _Row]] = {
    (Vibe.BOLD, _W): (
        _Row("#ffe04a", "#ff9a00", "#e2340a", "#ffd21f", "#e3122b", "#5e0d02", ("#fff2b0", "#ff7a1a")),
        _Row("#ff8a5c", "#ee2b3b", "#8a0a2c", "#ffe14d", "#ffd800", "#33040f", ("#ffd9a8", "#ff4d6a")),
        _Row("#ffb65c", "#ff4a6b", "#7a1a8f", "#ffe14d", "#ffd800", "#32083f", ("#ffe3c0", "#ff7ad9")),
    ),
    (Vibe.BOLD, _C): (
        _Row("#4ee6ff", "#1480ff", "#1b19b4", "#6ff2ff", "#ffe100", "#070a4a", ("#d9fbff", "#5a7bff")),
        _Row("#c77dff", "#7a2bf0", "#2c0a8c", "#7dffd6", "#19e6a2", "#14043f", ("#f0d9ff", "#4fc3ff")),
        _Row("#8dfff0", "#00b3a6", "#04566b", "#fff04d", "#ff3d71", "#02262f", ("#defff9", "#4fd0ff")),
    ),
    (Vibe.BOLD, _H): (
        _Row("#fff36b", "#ffe100", "#f2ac00", "#ffe100", "#ffe100", "#141204", ("#ffffff", "#fff3a0")),
        _Row("#5a5a60", "#26262b", "#08080a", "#ffe100", "#ffe100", "#000000", ("#ffffff", "#ffe100")),
        _Row("#ff7a6b", "#e01020", "#5a0008", "#ffe100", "#ffe100", "#1c0003", ("#ffffff", "#ff9a8f")),
    ),
    (Vibe.BOLD, _G): (
        _Row("#f0f0f0", "#9b9b9e", "#3a3a3e", "#ff3b3b", "#ec1c24", "#111113", ("#ffffff", "#d0d0d4"), True),
        _Row("#8e8e94", "#45454b", "#131316", "#ffd400", "#ffd400", "#060607", ("#ffffff", "#b0b0b8"), True),
        _Row("#d8d8dc", "#6a6a70", "#1e1e22", "#4fe6ff", "#00c2e0", "#08080a", ("#ffffff", "#c0c4cc"), True),
    ),
    (Vibe.CLEAN, _W): (
        _Row("#fbf8f1", "#ff5a36", "#ffc9a8", "#d8330c", "#ffc9a8", "#f5f0e6", ("#ffffff", "#ffd9c2")),
        _Row("#fff4d6", "#ffb703", "#ff8a3d", "#b23a08", "#ffffff", "#ffe3a3", ("#ffffff", "#ffe7b8")),
        _Row("#fff6f3", "#e8475f", "#ffb9ad", "#b3123a", "#ffb9ad", "#fdeae4", ("#ffffff", "#ffd6cf")),
    ),
    (Vibe.CLEAN, _C): (
        _Row("#f7faff", "#2f6bff", "#a9c8ff", "#1d4fe0", "#a9c8ff", "#eef3fb", ("#ffffff", "#cfe0ff")),
        _Row("#effaf6", "#00b894", "#9be8d2", "#00735c", "#8ff0d0", "#e2f5ee", ("#ffffff", "#c8f5e6")),
        _Row("#f8f5ff", "#7a4dff", "#cdbcff", "#4f22c9", "#cdbcff", "#efe9ff", ("#ffffff", "#ddd0ff")),
    ),
    (Vibe.CLEAN, _H): (
        _Row("#ffffff", "#ffd60a", "#111114", "#111114", "#ffd60a", "#ffffff", ("#ffffff", "#fff0a8")),
        _Row("#ffe45c", "#ffffff", "#111114", "#111114", "#ffffff", "#ffd60a", ("#ffffff", "#ffffff")),
        _Row("#ffffff", "#ff2d2d", "#111114", "#c40d0d", "#ff9a9a", "#f6f6f6", ("#ffffff", "#ffd0d0")),
    ),
    (Vibe.CLEAN, _G): (
        _Row("#fafafa", "#c9c9ce", "#e4e4e8", "#d4121f", "#ffb3b7", "#f1f1f3", ("#ffffff", "#e8e8ec"), True),
        _Row("#f4f4f5", "#e5202b", "#f3a3a8", "#c50f1c", "#ffb3b7", "#e9e9ec", ("#ffffff", "#ffd4d6"), True),
        _Row("#f6f7f8", "#3c3c42", "#b9b9c0", "#0b4fd6", "#a9c6ff", "#e9ebef", ("#ffffff", "#dfe4ec"), True),
    ),
    (Vibe.CINEMATIC, _W): (
        _Row("#ffb45e", "#7c2f16", "#140806", "#ffb95c", "#c8541b", "#0d0504", ("#ffc27a", "#4fb8c9")),
        _Row("#ff8f6b", "#5d1a3c", "#12060f", "#ffc07a", "#b83a4b", "#0c040a", ("#ffb08a", "#8f7bff")),
        _Row("#ffb066", "#0d4a55", "#04141a", "#ffb254", "#c9550f", "#020a0d", ("#ffae5e", "#3fd0e6")),
    ),
    (Vibe.CINEMATIC, _C): (
        _Row("#ffb066", "#0b5163", "#02161f", "#ffb254", "#c9550f", "#02090e", ("#ffae5e", "#3fd0e6")),
        _Row("#7fd8ff", "#14386e", "#040a1a", "#8fe3ff", "#2b7fd1", "#03060f", ("#a8e6ff", "#ff9a5e")),
        _Row("#9dffcf", "#0e4a3a", "#03120d", "#8dffc8", "#1d9d6d", "#020a07", ("#b8ffe0", "#4fa8ff")),
    ),
    (Vibe.CINEMATIC, _H): (
        _Row("#fff1d0", "#3a352c", "#050505", "#ffd75a", "#e0b030", "#020202", ("#fff4d8", "#d8e6ff")),
        _Row("#ff5a4a", "#2c0a0c", "#050304", "#ff6a55", "#d0241b", "#030101", ("#ff7a66", "#ffffff")),
        _Row("#bfe3ff", "#10253a", "#020406", "#7fd0ff", "#2d7fd1", "#010204", ("#d8efff", "#ffd0a0")),
    ),
    (Vibe.CINEMATIC, _G): (
        _Row("#d9dde2", "#3b3f45", "#08090b", "#ff5149", "#c8201a", "#040405", ("#ffffff", "#9aa4b0"), True),
        _Row("#c2c6cc", "#2c2f33", "#050506", "#ffc545", "#d19a1c", "#030303", ("#ffffff", "#8f98a3"), True),
        _Row("#e0e2e6", "#33363b", "#060607", "#7fd8ff", "#2a8fc0", "#030304", ("#ffffff", "#9ab4c8"), True),
    ),
    (Vibe.NEON, _W): (
        _Row("#ffb347", "#3a0a52", "#12041f", "#ff8ad6", "#ff2f8e", "#0c0218", ("#ff5aa8", "#ffb04d")),
        _Row("#ff6a4d", "#4a0733", "#160412", "#ffd34d", "#ff5a1f", "#0e020b", ("#ff8a4d", "#ff3fb0")),
        _Row("#ffd24d", "#43103a", "#140513", "#ffe26b", "#e833a8", "#0d030c", ("#ffce5a", "#ff4fa3")),
    ),
    (Vibe.NEON, _C): (
        _Row("#ff9d5c", "#1b0f5e", "#070424", "#ff7ae0", "#12c8ff", "#05021a", ("#3fe8ff", "#ff4fc3")),
        _Row("#5affd0", "#062f4a", "#020e1c", "#6bffc8", "#1e8bff", "#010a14", ("#5affd0", "#5a8bff")),
        _Row("#b68cff", "#220a5a", "#0a0322", "#8fe9ff", "#8a4dff", "#060217", ("#b48cff", "#3fd8ff")),
    ),
    (Vibe.NEON, _H): (
        _Row("#fff04d", "#1a1a1e", "#020203", "#fff04d", "#00c8ff", "#000000", ("#fff04d", "#3fe0ff")),
        _Row("#ff3f6b", "#1c0a10", "#030102", "#ff8aa6", "#ff1f4f", "#010001", ("#ff4f78", "#ffffff")),
        _Row("#5aff7a", "#0a1c10", "#010301", "#8dff9e", "#12d84a", "#000100", ("#6bff8a", "#e8ffe0")),
    ),
    (Vibe.NEON, _G): (
        _Row("#d8dce4", "#24262c", "#050608", "#8fe9ff", "#1ea8e0", "#030405", ("#e8f4ff", "#9ab4c8"), True),
        _Row("#d4d4dc", "#26242c", "#060508", "#ff8ad6", "#e0278f", "#040305", ("#ffe8f6", "#b09ab0"), True),
        _Row("#d8dcd4", "#24281f", "#050604", "#c6ff5a", "#6fb012", "#030402", ("#f4ffe0", "#a8b49a"), True),
    ),
    (Vibe.PASTEL, _W): (
        _Row("#fff1dc", "#ffc9b8", "#ffd9ec", "#c2185b", "#ffc2d4", "#fff3ea", ("#ffffff", "#ffe0d0"), ink="#8a2f52"),
        _Row("#fff6d6", "#ffd89b", "#ffc6c6", "#b3430a", "#ffe0a8", "#fff6e6", ("#ffffff", "#ffe9c8"), ink="#7a3b1d"),
        _Row("#ffe9f2", "#f7b8d0", "#ffdcc2", "#8e2aa0", "#f6c6ea", "#fff0f6", ("#ffffff", "#ffd8ea"), ink="#a02a63"),
    ),
    (Vibe.PASTEL, _C): (
        _Row("#e9f4ff", "#b9d8ff", "#d9ccff", "#5a3fd0", "#cdbfff", "#eef5ff", ("#ffffff", "#d8e8ff"), ink="#2b4f8f"),
        _Row("#e4fbf3", "#b4ead8", "#c6e6ff", "#0f6f8a", "#b8e8f6", "#ecfbf6", ("#ffffff", "#d0f4e8"), ink="#1d6653"),
        _Row("#f1eaff", "#cfbdf7", "#bfe4f5", "#a0268f", "#eec2ee", "#f6f1ff", ("#ffffff", "#e2d8ff"), ink="#4b3a9a"),
    ),
    (Vibe.PASTEL, _H): (
        _Row("#fffbe0", "#ffe566", "#ff9ec4", "#d0103f", "#ffe566", "#fffdf0", ("#ffffff", "#fff2b0"), ink="#2a2140"),
        _Row("#e6fff8", "#7fe3cf", "#ffd0e4", "#b8126b", "#ffe27a", "#f2fffb", ("#ffffff", "#c8fff0"), ink="#17323b"),
        _Row("#f3ecff", "#b79bff", "#ffe08a", "#c2185b", "#ffe08a", "#faf6ff", ("#ffffff", "#e4d8ff"), ink="#241447"),
    ),
    (Vibe.PASTEL, _G): (
        _Row("#f7f7f8", "#d9d9de", "#ececf0", "#c2185b", "#ffc2d4", "#f5f5f7", ("#ffffff", "#ececf0"), True, "#3c3c44"),
        _Row("#f5f7f6", "#d2dad6", "#e8eeeb", "#0f6f5a", "#b8ead8", "#f3f6f4", ("#ffffff", "#e4ece8"), True, "#36403c"),
        _Row("#f6f5f9", "#d5d2de", "#e9e7f0", "#5a3fd0", "#cdbfff", "#f4f3f8", ("#ffffff", "#e8e5f0"), True, "#3a3846"),
    ),
    (Vibe.TECH, _W): (
        _Row("#ff8a3d", "#2a1408", "#0b0604", "#ffb066", "#c9550f", "#090503", ("#ffb27a", "#ff6a3d")),
        _Row("#ffc14d", "#241a06", "#0a0703", "#ffcf5c", "#a87400", "#080602", ("#ffd98a", "#ff9a3d")),
        _Row("#ff5c6b", "#2a0a12", "#0c0407", "#ff8f9a", "#c92a3f", "#090305", ("#ff9aa4", "#ff6a4d")),
    ),
    (Vibe.TECH, _C): (
        _Row("#3f8bff", "#0b1d4a", "#04081a", "#6fc3ff", "#1d5fe0", "#030612", ("#8fc4ff", "#4f7bff")),
        _Row("#2fd6b8", "#06322f", "#021110", "#6bf0d6", "#0d8f78", "#010c0b", ("#9dffe8", "#3fb0ff")),
        _Row("#8f6bff", "#1c1150", "#08051c", "#b9a4ff", "#5a3fe0", "#050313", ("#c4b2ff", "#5aa8ff")),
    ),
    (Vibe.TECH, _H): (
        _Row("#d8ff3d", "#1a1d0c", "#050602", "#d8ff3d", "#d8ff3d", "#020301", ("#f4ffc0", "#ffffff")),
        _Row("#ffffff", "#24262b", "#060708", "#4fd0ff", "#0d8fd0", "#020303", ("#ffffff", "#a8d8ff")),
        _Row("#ffd400", "#221c05", "#070602", "#ffd400", "#ffd400", "#030200", ("#fff2a8", "#ffffff")),
    ),
    (Vibe.TECH, _G): (
        _Row("#c4cad4", "#262a31", "#090a0d", "#6fc3ff", "#1d78d1", "#060709", ("#f0f6ff", "#9aa8b8"), True),
        _Row("#c8cac4", "#292b26", "#0a0b09", "#c6ff5a", "#6f9a12", "#070806", ("#f8fff0", "#a8b09a"), True),
        _Row("#ccc6c4", "#2c2726", "#0c0a0a", "#ff9a66", "#c9550f", "#080606", ("#fff4f0", "#b8a49a"), True),
    ),
    (Vibe.MINIMALIST, _W): (
        _Row("#f8f3ea", "#eadfce", "#ded0ba", "#a84a22", "#e8d3b8", "#f4eee3", ("#ffffff", "#f0e6d6")),
        _Row("#f4d9cd", "#e8bfae", "#dda993", "#8f2f20", "#fbe9e0", "#efcfc1", ("#ffffff", "#f4e2d8")),
        _Row("#f3e5b6", "#e4cf8c", "#d8bd6c", "#6e4d06", "#fbf3d6", "#eedda4", ("#ffffff", "#f0e8cc")),
    ),
    (Vibe.MINIMALIST, _C): (
        _Row("#f2f5f8", "#d9e2ea", "#c6d3de", "#235a8c", "#cfe0ee", "#eef2f6", ("#ffffff", "#e2eaf2")),
        _Row("#d5e8dc", "#b5d3c2", "#9dc2ad", "#12563a", "#eef7f1", "#c8dfd1", ("#ffffff", "#dcece4")),
        _Row("#e0dbf2", "#c6bde4", "#b2a6d8", "#46307f", "#f3f0fb", "#d5cdec", ("#ffffff", "#e8e4f2")),
    ),
    (Vibe.MINIMALIST, _H): (
        _Row("#ffffff", "#111114", "#e8e8ea", "#111114", "#ffd60a", "#ffffff", ("#ffffff", "#f4f4f4")),
        _Row("#ffe14d", "#ffffff", "#f2b800", "#111114", "#ffffff", "#ffd60a", ("#ffffff", "#fff6cc")),
        _Row("#e4e4e8", "#e02020", "#c9c9cf", "#b00a0a", "#ffb0b0", "#d9d9de", ("#ffffff", "#ffe4e4")),
    ),
    (Vibe.MINIMALIST, _G): (
        _Row("#f6f6f6", "#dededf", "#cfcfd1", "#b3202a", "#e4c4c6", "#f2f2f2", ("#ffffff", "#ebebeb"), True),
        _Row("#d7dade", "#bcc0c6", "#a8adb4", "#0f4694", "#e4edf8", "#cbcfd5", ("#ffffff", "#e8eaec"), True),
        _Row("#e9e6dc", "#d2cdbd", "#c0baa6", "#35590f", "#dbe8c8", "#dfdacc", ("#ffffff", "#eaeae6"), True),
    ),
    (Vibe.MEME, _W): (
        _Row("#ffd23d", "#ff8a1f", "#d94a0a", "#ffe14d", "#ffd800", "#5e1d02", ("#fff2b0", "#ffb066")),
        _Row("#ff9a8a", "#f0483f", "#a8182a", "#ffe14d", "#ffd800", "#4a0711", ("#ffe0d0", "#ff8a7a")),
        _Row("#ffc4a0", "#e8743f", "#8f3416", "#ffe88a", "#ffd800", "#40150a", ("#fff0e0", "#ffb48a")),
    ),
    (Vibe.MEME, _C): (
        _Row("#6fc3ff", "#2f8bea", "#1657b0", "#ffe14d", "#ffd800", "#06214a", ("#e8f6ff", "#8fc8ff")),
        _Row("#7ff0d0", "#1fb894", "#0a6f5e", "#fff04d", "#ffd800", "#03322a", ("#e0fff6", "#7fe8cc")),
        _Row("#c4a4ff", "#7f4fe0", "#43209a", "#ffe14d", "#ffd800", "#1a0a47", ("#f0e8ff", "#b89aff")),
    ),
    (Vibe.MEME, _H): (
        _Row("#fff36b", "#ffe100", "#f2ac00", "#ffe14d", "#ffe100", "#141204", ("#ffffff", "#fff3a0")),
        _Row("#6b6b70", "#2b2b30", "#0a0a0c", "#ffe14d", "#ffe100", "#000000", ("#ffffff", "#d0d0d4")),
        _Row("#ff7a6b", "#e01020", "#5a0008", "#ffe14d", "#ffe100", "#1c0003", ("#ffffff", "#ff9a8f")),
    ),
    (Vibe.MEME, _G): (
        _Row("#e4e4e6", "#9a9a9e", "#4a4a4e", "#ffe14d", "#ffd800", "#161618", ("#ffffff", "#d0d0d4"), True),
        _Row("#c8ccd2", "#70757d", "#2a2d33", "#7fe8ff", "#00b8e0", "#0c0d10", ("#ffffff", "#b8c4d0"), True),
        _Row("#d6d2ce", "#85807a", "#383430", "#ff8a7a", "#ff4a3a", "#12100e", ("#ffffff", "#d0c8c0"), True),
    ),
    (Vibe.DOCUMENTARY, _W): (
        _Row("#a08a6c", "#42362a", "#120e0a", "#ff4b3e", "#d9141e", "#0c0906", ("#ffe9c8", "#c9a878"), True),
        _Row("#b07a4a", "#4a2c18", "#150b06", "#ffb638", "#f2a100", "#0e0704", ("#ffdfb0", "#d08a50"), True),
        _Row("#a8806e", "#4a2a20", "#140907", "#ff8a4d", "#d94e12", "#0d0504", ("#ffe0d0", "#c88a70"), True),
    ),
    (Vibe.DOCUMENTARY, _C): (
        _Row("#7f96a8", "#2b3a47", "#0a1016", "#ff4b3e", "#d9141e", "#070b10", ("#e2f2ff", "#86a8c2"), True),
        _Row("#6aa0a4", "#1f3f45", "#081417", "#ffd23a", "#ffc800", "#050d0f", ("#dff8f6", "#6fb0b4"), True),
        _Row("#8d94b8", "#2c3050", "#0a0b16", "#8fbcff", "#2f6fe0", "#06070f", ("#e4e8ff", "#8a94c8"), True),
    ),
    (Vibe.DOCUMENTARY, _H): (
        _Row("#a6a6a8", "#2b2b2d", "#050505", "#ffd400", "#ffd400", "#020202", ("#ffffff", "#c8c8cc"), True),
        _Row("#c4c4c6", "#3a3a3c", "#080808", "#ff4438", "#e0101a", "#030303", ("#ffffff", "#b8b8bc"), True),
        _Row("#b8b8ba", "#343436", "#060606", "#5dffb8", "#00b86b", "#020202", ("#ffffff", "#c0c0c4"), True),
    ),
    (Vibe.DOCUMENTARY, _G): (
        _Row("#96918a", "#3a3937", "#0e0e0f", "#ff4b3e", "#d9141e", "#0a0a0b", ("#ffffff", "#b8b4ac"), True),
        _Row("#8b9096", "#33363a", "#0c0d0f", "#ffcf33", "#ffc400", "#08090a", ("#ffffff", "#a8b0b8"), True),
        _Row("#93938f", "#383836", "#0c0c0c", "#8fccff", "#1f78d1", "#080808", ("#ffffff", "#b4b4b0"), True),
    ),
}


def palette(vibe: Vibe, priority: ColourPriority, brand: tuple[str, ...] = (), turn: int = 0) -> Palette:
    """The colours of a vibe, in one of three turns. BRAND without any colour falls to WARM.

    Raises KeyError for a vibe not drawn here.
    """
    if priority is ColourPriority.BRAND and brand:
        row = _branded(vibe, brand, turn)
    else:
        key = ColourPriority.WARM if priority is ColourPriority.BRAND else priority
        row = _ROWS[vibe, key][turn % 3]
    return _completed(vibe, row)


def vibes() -> frozenset[Vibe]:
    """The vibes this room can draw."""
    return frozenset(vibe for vibe, _ in _ROWS)


def _completed(vibe: Vibe, row: _Row) -> Palette:
    paper = MANNERS[vibe].paper
    usual = ("#16161a", WHITE) if paper else ("#fbf8f2" if vibe is Vibe.DOCUMENTARY else WHITE, BLACK)
    ink = readable_on(row.shade, (row.ink, *usual) if row.ink else usual)
    # White wherever a slightly darker box can carry it: black on red reads worse than its ratio says.
    on_pop = WHITE if contrast(WHITE, row.pop) >= LARGE_TEXT else BLACK
    return Palette(
        light=row.light,
        mid=row.mid,
        edge=row.edge,
        shade=row.shade,
        ink=ink,
        quiet=legible(mix(ink, row.shade, 0.22), row.shade, AIM),
        accent=legible(row.accent, row.shade, AIM),
        pop=legible(row.pop, on_pop, AIM),
        on_pop=on_pop,
        stroke=mix(row.shade, "#000000", 0.72) if not paper else WHITE,
        rims=row.rims,
        tints=(mix(row.edge, row.shade, 0.3), row.rims[0]),
        grey=row.grey,
    )


def _branded(vibe: Vibe, brand: tuple[str, ...], turn: int) -> _Row:
    """The pattern of the vibe's own row, in the brand's colours: first the ground's, second the highlight's.

    Each turn is another picture, also of a brand with one colour: no hue comes in that is not the brand's.
    """
    own = tuple(dict.fromkeys(brand))
    turn %= 3
    main = own[turn % len(own)]
    second = next((colour for colour in own if colour != main), mix(main, WHITE, 0.78))
    if turn >= len(own):
        # Every colour had the ground once: a dark shade of the first takes it and leaves the words the rest.
        rest = WHITE if len(own) < 2 or _lightless(own[1]) else own[1]
        main, second = (mix(own[0], BLACK, 0.72), own[0]) if turn == 1 else (mix(own[0], BLACK, 0.5), rest)
    if MANNERS[vibe].paper:
        paper, strip = mix(main, WHITE, 0.94), mix(main, WHITE, 0.6)
        marker = strip if second == WHITE else second
        return _Row(WHITE, main, strip, main, marker, paper, (WHITE, mix(main, WHITE, 0.7)))
    dark = mix(main, "#000000", 0.82)
    # Black lights nothing, and as letters on a dark ground it would end as a grey that is nobody's.
    lightless = _lightless(second)
    if MANNERS[vibe].flat:
        accent = mix(main, WHITE, 0.78) if lightless else second
        return _Row(mix(main, WHITE, 0.45), main, mix(main, "#000000", 0.45), accent, second, dark, (WHITE, main))
    second = main if lightless else second
    light = mix(main, "#b8b4ac", 0.6) if vibe is Vibe.DOCUMENTARY else second
    ground = mix(main, "#000000", 0.6)
    grey = vibe is Vibe.DOCUMENTARY
    return _Row(light, ground, mix(main, "#000000", 0.92), second, second, dark, (mix(second, WHITE, 0.5), main), grey)


_BLACKISH = 0.05
"""Relative luminance of a colour without a hue below which it lights nothing."""
_HUELESS = 24
"""Steps between the strongest and the weakest channel within which nobody names a hue."""


def _lightless(colour: str) -> bool:
    parts = channels(colour)
    return max(parts) - min(parts) <= _HUELESS and luminance(colour) < _BLACKISH


def channels(colour: str) -> tuple[int, int, int]:
    """`#rrggbb` to 0–255 each. Raises ValueError."""
    value = int(colour.removeprefix("#"), 16)
    return value >> 16 & 255, value >> 8 & 255, value & 255


def from_channels(red: float, green: float, blue: float) -> str:
    return "#" + "".join(f"{min(255, max(0, round(part))):02x}" for part in (red, green, blue))


@lru_cache(1024)
def mix(first: str, second: str, share: float) -> str:
    """`share` of the second colour in the first."""
    pairs = zip(channels(first), channels(second), strict=True)
    red, green, blue = (a + (b - a) * share for a, b in pairs)
    return from_channels(red, green, blue)


@lru_cache(1024)
def luminance(colour: str) -> float:
    """WCAG relative luminance, 0–1."""
    red, green, blue = (
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4
        for part in (channel / 255 for channel in channels(colour))
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str) -> float:
    """WCAG ratio, 1–21."""
    low, high = sorted((luminance(first), luminance(second)))
    return (high + 0.05) / (low + 0.05)


def readable_on(ground: str, candidates: tuple[str, ...]) -> str:
    """The first candidate that reaches AIM on `ground`, else the one with the most contrast."""
    for colour in candidates:
        if contrast(colour, ground) >= AIM:
            return colour
    return max(candidates, key=lambda colour: contrast(colour, ground))


def legible(colour: str, ground: str, ratio: float) -> str:
    """`colour`, moved towards white or black just as far as the contrast asks for."""
    goal = WHITE if contrast(WHITE, ground) > contrast("#000000", ground) else "#000000"
    for step in range(21):
        moved = mix(colour, goal, step / 20)
        if contrast(moved, ground) >= ratio:
            return moved
    return goal
