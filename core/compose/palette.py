"""Colours of a picture: one row per vibe and colour priority, completed so that type is legible by construction."""

from __future__ import annotations

from dataclasses import dataclass

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
    ink = readable_on(
        row.shade, ("#16161a", WHITE) if paper else ("#fbf8f2" if vibe is Vibe.DOCUMENTARY else WHITE, BLACK)
    )
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
        main, second = (mix(own[0], BLACK, 0.72), own[0]) if turn == 1 else (mix(own[0], BLACK, 0.5), WHITE)
    if MANNERS[vibe].paper:
        paper, strip = mix(main, WHITE, 0.94), mix(main, WHITE, 0.6)
        marker = strip if second == WHITE else second
        return _Row(WHITE, main, strip, main, marker, paper, (WHITE, mix(main, WHITE, 0.7)))
    dark = mix(main, "#000000", 0.82)
    if vibe is Vibe.BOLD:
        return _Row(mix(main, WHITE, 0.45), main, mix(main, "#000000", 0.45), second, second, dark, (WHITE, main))
    light = second if vibe is Vibe.CINEMATIC else mix(main, "#b8b4ac", 0.6)
    ground = mix(main, "#000000", 0.6)
    grey = vibe is Vibe.DOCUMENTARY
    return _Row(light, ground, mix(main, "#000000", 0.92), second, second, dark, (mix(second, WHITE, 0.5), main), grey)


def channels(colour: str) -> tuple[int, int, int]:
    """`#rrggbb` to 0–255 each. Raises ValueError."""
    value = int(colour.removeprefix("#"), 16)
    return value >> 16 & 255, value >> 8 & 255, value & 255


def from_channels(red: float, green: float, blue: float) -> str:
    return "#" + "".join(f"{min(255, max(0, round(part))):02x}" for part in (red, green, blue))


def mix(first: str, second: str, share: float) -> str:
    """`share` of the second colour in the first."""
    pairs = zip(channels(first), channels(second), strict=True)
    red, green, blue = (a + (b - a) * share for a, b in pairs)
    return from_channels(red, green, blue)


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
