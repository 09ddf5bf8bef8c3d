"""References: which selfies go in when there are more than a model takes, and what each image is called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import hypot

from core.domain.concern import REJECTING
from core.domain.prompt import Reference, ReferenceRole
from core.domain.record import Json

_ENOUGH_SHARPNESS, _ENOUGH_WIDTH = 500.0, 400.0
"""The median of 300 good portraits (Laplacian variance; px of face): more says nothing about identity."""
_VIEW_DEGREES = 35.0
"""Turn between two views from which they count as wholly different."""
_HALFWAY = 0.15
"""How new a view is of which nothing is known."""


def choose(reports: Sequence[Mapping[str, Json] | None], limit: int) -> tuple[int, ...]:
    """Indices of the selfies worth sending, in the order they go in: first the best, then whatever adds a view.

    `reports` are `SelfieReport.to_dict()`; None is an unchecked one, which counts as middling. When all are unfit the
    first still goes in.
    """
    fit = [index for index, report in enumerate(reports) if report is None or _fit(report)]
    pool = fit or [*range(len(reports))][:1]
    used: list[int] = []
    while pool and len(used) < limit:
        novelty = {index: _novelty(reports, index, used) for index in pool}
        # max() keeps the first of equals: the order the person sent them in.
        best = max(pool, key=lambda index: _quality(reports[index]) * (0.4 + novelty[index]))
        pool.remove(best)
        used.append(best)
    return tuple(used)


def _fit(report: Mapping[str, Json]) -> bool:
    return report["reading"] is not None and not REJECTING & {*report["concerns"]}


def _quality(report: Mapping[str, Json] | None) -> float:
    """0–1."""
    if report is None or report["reading"] is None:
        return 0.5
    reading = report["reading"]
    sharp = min(1.0, reading["sharpness"] / _ENOUGH_SHARPNESS)
    large = min(1.0, reading["width"] / _ENOUGH_WIDTH)
    frontal = max(0.0, 1 - hypot(reading["yaw"], reading["pitch"]) / 60)
    return float((0.35 * sharp + 0.3 * large + 0.35 * frontal) * 0.9 ** len(report["concerns"]))


def _novelty(reports: Sequence[Mapping[str, Json] | None], index: int, used: Sequence[int]) -> float:
    """How far this view is from the nearest one taken, 0–1; a file without a reading is halfway new."""
    if not used:
        return 0.0  # the first is chosen for its quality alone
    own = _view(reports[index])
    others = [_view(reports[other]) for other in used]
    if own is None or None in others:
        return _HALFWAY
    turns = [hypot(own[0] - view[0], own[1] - view[1]) for view in others if view is not None]
    return min(1.0, min(turns) / _VIEW_DEGREES)


def _view(report: Mapping[str, Json] | None) -> tuple[float, float] | None:
    if report is None or report["reading"] is None:
        return None
    return float(report["reading"]["yaw"]), float(report["reading"]["pitch"])


_ROLES: dict[ReferenceRole, str] = {
    ReferenceRole.PERSON: "PERSON. The person to show; take the identity from it, not the light, pose or background",
    ReferenceRole.STYLE: "STYLE. Take light, colour grade and texture from it; no person, object or text of it",
    ReferenceRole.BRAND: "BRAND. Take its colours; do not paint the mark itself",
    ReferenceRole.LAYOUT: "LAYOUT. Take placement, scale, framing, light direction and dominant colours from it; its "
    "person and its text do not appear",
    ReferenceRole.EXHIBIT: "EXHIBIT. The thing, screen or place to show; take its form, colours, material and markings "
    "from it, not its light or framing",
    ReferenceRole.CANVAS: "CANVAS. The picture to change; everything not named in the request stays as it is in it",
}


def labels(references: Sequence[Reference]) -> tuple[str, ...]:
    """One line before each image: its number, its role, and whether it shows somebody already shown."""
    result, people = [], set[int]()
    for number, reference in enumerate(references, 1):
        again = ""
        if reference.role is ReferenceRole.PERSON:
            again = ". The same person again" if reference.who in people else ""
            people.add(reference.who)
        result.append(f"Image {number}: {_ROLES[reference.role]}{again}.")
    return tuple(result)
