"""One case drawn as a job draws it, and the delivered file measured anew."""

import io
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from pathlib import Path

import numpy as np
from fontTools.ttLib import TTFont
from PIL import Image, ImageDraw

from core.compose import emoji, gate, pack
from core.compose.font import FOLDER, written
from core.compose.layout import Layout, TextLine, typed
from core.compose.script import visible
from core.compose.studio import Plate
from core.compose.style import style_of
from core.compose.wording import words_of
from core.compose.zone import hard_zones
from core.domain import format as formats
from core.domain.record import from_record, to_record
from core.domain.score import Gate, Repair
from core.workshop import craft
from core.workshop.refusal import TypeRefused
from tests.compose.builder import in_small
from tests.trial.sample import Case

MOST_PEOPLE = 6
"""As many cut-outs as a child keeps."""


@dataclass(frozen=True, slots=True)
class Outcome:
    number: int
    data: bytes = b""
    refused: str = ""
    crash: str = ""
    failed: tuple[Gate, ...] = ()
    """Gates the delivered file does not pass."""
    figures: Mapping[Gate, float] = field(default_factory=dict)
    missing: str = ""
    """Characters without a glyph in the face they were set in."""
    repair: Repair | None = None
    replaced: bool = False
    """Drawn in another composition than the recipe's."""
    altered: str = ""
    """The text layer, where it is not what was typed."""


@cache
def photos(folder: str) -> tuple[bytes, ...]:
    """The bundled portrait and, with a folder, people from there."""
    files = sorted(Path(folder).glob("*.jpg")) if folder else []
    bundled = resources.files("app.demo").joinpath("portrait.png").read_bytes()
    step = max(1, -(-len(files) // (MOST_PEOPLE - 1)))
    return (bundled, *(file.read_bytes() for file in files[::step]))


def tried(case: Case, folder: str) -> Outcome:
    return outcome(case, photos(folder))


def outcome(case: Case, photos: Sequence[bytes]) -> Outcome:
    brief, recipe = case.recipe.brief, to_record(case.recipe)
    target = formats.find(brief.format)
    size = target.size(brief.quality)
    pair = (size.width, size.height)
    photo = None if case.person is None else photos[case.person]
    try:
        if photo is not None and case.painted:
            plate = craft.adopt(recipe, target.id, pair, photo)["plate"]
        else:
            plate = craft.paint(recipe, target.id, pair, () if photo is None else (photo,))
        row = craft.finish(recipe, target.id, pair, plate, _logo() if case.logo else b"", "", "")
    except TypeRefused as refused:
        return Outcome(case.number, refused=refused.reason)
    except Exception:
        return Outcome(case.number, crash=traceback.format_exc(limit=-3))
    layout = from_record(Layout, row["spec"])
    picture = np.asarray(Image.open(io.BytesIO(row["data"])).convert("RGB"))
    zones = hard_zones(target, size, brief)
    figures = {
        **gate.measured(picture, layout, style_of(brief, target.family), zones, target.family),
        **gate.filed(row["data"], size, target.byte_budget),
    }
    return Outcome(
        case.number,
        row["data"],
        failed=gate.failed(figures),
        figures=figures,
        repair=layout.repair,
        replaced=Plate.from_bytes(plate).facts.instead is not None,
        missing=_missing(layout),
        altered=_altered(layout, " ".join(words_of(case.recipe)), "" if _bare(layout) else brief.subtext),
    )


def _altered(layout: Layout, headline: str, subtext: str) -> str:
    """Empty, or what stands in the picture instead of what was typed; case is the vibe's."""
    for lines, text in ((layout.lines, headline), (layout.subtext, subtext)):
        wanted = " ".join(word for word in map(written, text.split()) if word)
        if in_small(typed(lines)) != in_small(wanted):
            return f"{typed(lines)!r} instead of {wanted!r}"
    return ""


def _bare(layout: Layout) -> bool:
    """The small line is left out, and that is said."""
    return layout.repair is not None and layout.repair.bare


def _missing(layout: Layout) -> str:
    parts: list[tuple[str, Sequence[TextLine]]] = [(layout.font, layout.lines), (layout.subtext_font, layout.subtext)]
    return "".join(
        letter
        for face, lines in parts
        for letter in dict.fromkeys(emoji.without(typed(lines)))
        if visible(letter) and ord(letter) not in _cmap(face)
    )


@cache
def _cmap(face: str) -> frozenset[int]:
    """Read here with fontTools, not asked of the room that chose the face."""
    path = pack.cuts()[face].path if face in pack.cuts() else FOLDER / f"{face}.ttf"
    with TTFont(path, lazy=True) as font:
        return frozenset(font.getBestCmap())


@cache
def _logo() -> bytes:
    image, file = Image.new("RGBA", (300, 200), (0, 0, 0, 0)), io.BytesIO()
    ImageDraw.Draw(image).rounded_rectangle((10, 10, 290, 190), 40, fill="#0b3d91")
    image.save(file, "PNG")
    return file.getvalue()
