"""Draws every vibe in every family as one sheet to look at: `python -m tests.compose.gallery OUT [PORTRAIT...]`.

Without a portrait a generated person stands in; "none" draws the composition without anybody.
"""

import sys
from pathlib import Path

import numpy as np
from PIL import Image

from core.compose import studio
from core.compose.raster import Picture
from core.compose.subject import Subject
from core.domain.format import FORMATS
from core.domain.job import Recipe
from tests.compose.builder import VIBES, portrait, recipe, somebody

_FORMATS = ("youtube", "square", "portrait", "reels", "x_header")
_HEIGHT, _GAP = 360, 8


def finished(vibe_recipe: Recipe, format_id: str, subject: Subject | None) -> Picture:
    target = FORMATS[format_id]
    plate = studio.draw_plate(vibe_recipe, target, target.standard, subject)
    return studio.typeset(vibe_recipe, target, target.standard, plate).picture


def sheet(rows: list[list[Picture]], height: int = _HEIGHT) -> Image.Image:
    """Rows of pictures, each brought to one height."""
    scaled = [[_reduced(picture, height) for picture in row] for row in rows]
    width = max(sum(picture.width + _GAP for picture in row) for row in scaled) + _GAP
    canvas = Image.new("RGB", (width, len(rows) * (height + _GAP) + _GAP), (30, 30, 34))
    for index, row in enumerate(scaled):
        left = _GAP
        for picture in row:
            canvas.paste(picture, (left, _GAP + index * (height + _GAP)))
            left += picture.width + _GAP
    return canvas


def _reduced(picture: Picture, height: int) -> Image.Image:
    width = max(1, round(picture.shape[1] * height / picture.shape[0]))
    return Image.fromarray(np.ascontiguousarray(picture)).resize((width, height), Image.Resampling.HAMMING)


def main(out: Path, names: list[str]) -> None:
    out.mkdir(parents=True, exist_ok=True)
    for name in names or ["generated"]:
        path = Path(name)
        subject = None if name == "none" else somebody() if name == "generated" else portrait(path)
        families = [[finished(recipe(vibe), format_id, subject) for format_id in _FORMATS] for vibe in VIBES]
        sheet(families).save(out / f"families-{path.stem}.png")
        sets = [[finished(recipe(vibe, position), "youtube", subject) for position in range(6)] for vibe in VIBES]
        sheet(sets).save(out / f"sets-{path.stem}.png")
        sheet(sets, 94).save(out / f"sets-168x94-{path.stem}.png")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
