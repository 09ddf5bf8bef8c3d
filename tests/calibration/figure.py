"""What is measured on one picture: once with its layout at hand, once by looking alone."""

from __future__ import annotations

from collections.abc import Mapping

from core.compose import check, gate
from core.compose.zone import hard_zones
from core.domain.format import Size
from core.domain.recall import recall
from core.domain.score import small_width
from core.vision import extra, ocr
from core.workshop.appraisal import appraised
from tests.calibration.case import Case, case
from tests.calibration.verdict import Sample

OF_SCORES = ("words", "sharpness", "contrast")


def measured(one: Case) -> Mapping[str, float]:
    size = Size(one.layout.width, one.layout.height)
    zones = hard_zones(one.target, size, one.recipe.brief)
    gates = gate.measured(one.picture, one.layout, one.style, zones, one.target.family)
    rows = check.check(one.picture, one.layout, one.style, one.target, 0)
    figures = {f"gate.{name}": figure for name, figure in gates.items()}
    figures |= {f"score.{row.measure}": row.figure for row in rows if row.measure in OF_SCORES}
    if extra.reads():
        seen = ocr.regions(ocr.tile(one.picture, small_width(one.target.family, size.width)))
        figures["score.recall"] = recall(one.recipe.brief.headline, (one.text for one in seen))
        figures |= {f"seen.{row.measure}": row.figure for row in appraised(one.picture, 0).checks}
    return figures


def sampled(name: str) -> Sample:
    one = case(name)
    return Sample(name, one.fault, measured(one))
