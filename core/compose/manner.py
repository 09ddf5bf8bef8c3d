"""How a vibe handles a picture as a whole: light or dark, flat or photographic, calm or worn."""

from __future__ import annotations

from dataclasses import dataclass

from core.domain.brief import Vibe


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    paper: bool = False
    """The ground is light: ink is dark, and words that cross a body lie on cards."""
    flat: bool = False
    """Panels and what a person stands behind are flat fields with an edge, not darkness."""
    band: bool = False
    """Words across a body lie on a band of their own."""
    outlined: bool = False
    """Letters carry an outline of their own: nothing is laid under words that cross a body."""
    flush: bool = False
    """Type stands at a left edge where others centre it."""
    bars: bool = False
    """Wide pictures have a film's letterbox."""
    vignette: float = 0.0
    """How dark the corners get, 0–1."""
    grain: float = 0.0
    """Standard deviation, levels."""


MANNERS: dict[Vibe, Manner] = {
    Vibe.BOLD: Manner(flat=True, band=True, vignette=0.22, grain=1.6),
    Vibe.CLEAN: Manner(paper=True, flat=True, flush=True),
    Vibe.CINEMATIC: Manner(bars=True, vignette=0.62, grain=3.6),
    Vibe.NEON: Manner(vignette=0.45, grain=2.0),
    Vibe.PASTEL: Manner(paper=True, flat=True),
    Vibe.TECH: Manner(flush=True, vignette=0.30, grain=1.2),
    Vibe.MINIMALIST: Manner(paper=True, flat=True, flush=True),
    Vibe.MEME: Manner(flat=True, outlined=True, vignette=0.12),
    Vibe.DOCUMENTARY: Manner(flush=True, vignette=0.55, grain=8.0),
}
