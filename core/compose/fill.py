"""What letters are filled with: a vibe's colours by role, flat or from the top of the capitals to the baseline."""

from __future__ import annotations

from core.compose import relief
from core.compose.layout import Layout, Role
from core.compose.palette import mix
from core.compose.style import Mark, Style

Fill = tuple[str, str]
"""`#rrggbb` at the top of the capitals and at the baseline."""


def fills(layout: Layout, style: Style) -> dict[Role, Fill]:
    palette = layout.palette
    small = palette.ink if style.stroke and layout.lines else palette.quiet
    return {
        Role.PLAIN: _plain(layout, style),
        Role.SECOND: _marked(layout, style, boxed=False),
        Role.EMPHASIS: _marked(layout, style, boxed=layout.mark is Mark.BOX),
        Role.SUBTEXT: (small, small),
    }


def _marked(layout: Layout, style: Style, *, boxed: bool) -> Fill:
    palette = layout.palette
    if boxed:
        return palette.on_pop, palette.on_pop
    if layout.mark is Mark.MARKER:
        return palette.ink, palette.ink
    if style.gradient:
        return relief.marked(palette, _grounds(layout, style))
    if palette.shade > "#8":
        return palette.accent, palette.accent
    return mix(palette.accent, "#ffffff", 0.42), palette.accent


def _plain(layout: Layout, style: Style) -> Fill:
    palette = layout.palette
    if style.gradient:
        return relief.plain(palette, _grounds(layout, style))
    return palette.ink, mix(palette.ink, palette.shade, style.sheen)


def _grounds(layout: Layout, style: Style) -> tuple[str, ...]:
    """What the letters stand against."""
    palette = layout.palette
    sides = relief.sides(palette)[:1] if style.depth else ()
    return (palette.stroke if style.stroke else palette.shade, *sides)
