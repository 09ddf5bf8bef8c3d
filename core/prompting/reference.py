"""References: which selfies go in when there are more than a model takes, and what each image is called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import hypot

from core.domain.prompt import Reference, ReferenceRole
from core.domain.record import Json


class Reason(StrEnum):
    """Why a selfie was taken or left; the wording for people is the front ends'."""

    BEST = "best"
    """The sharpest of the frontal ones, or the only one."""
    NEW_VIEW = "new_view"
    """Shows the face from another side than those already taken."""
    ROOM_LEFT = "room_left"
    """Much like one already taken, but the model had room."""
    NO_ROOM = "no_room"
    UNFIT = "unfit"
    """The selfie check rejects it: blurred, turned away, too dark, too small, or not clear who is meant."""
    NO_FACE = "no_face"


@dataclass(frozen=True, slots=True)
class Choice:
    used: tuple[int, ...]
    """Indices into the selfies, best first: the order in which they go in."""
    reasons: tuple[Reason, ...]
    """One per selfie, in the selfies' own order."""


_REJECTING = frozenset(
    {"second_face", "face_too_small", "blurred", "turned_away", "tilted_away", "too_dark", "burnt_out"}
)
"""Concerns of the selfie check (`core.vision.selfie.Concern.rejects`) by their stored names."""
_ENOUGH_SHARPNESS, _ENOUGH_WIDTH = 500.0, 400.0
"""The median of 300 good portraits (Laplacian variance; px of face): more says nothing about identity."""
_VIEW_DEGREES = 35.0
"""Turn between two views from which they count as wholly different."""
_NEW_VIEW = 0.3


def choose(reports: Sequence[Mapping[str, Json] | None], limit: int) -> Choice:
    """The selfies worth sending: first the best, then whatever adds a view. `reports` are `SelfieReport.to_dict()`;
    None is an unchecked one, which counts as middling. When all are unfit the first still goes in."""
    reasons = [Reason.NO_ROOM] * len(reports)
    fit = []
    for index, report in enumerate(reports):
        if report is not None and report["reading"] is None:
            reasons[index] = Reason.NO_FACE
        elif report is not None and _REJECTING & set(report["concerns"]):
            reasons[index] = Reason.UNFIT
        else:
            fit.append(index)
    pool = fit or list(range(len(reports)))[:1]
    used: list[int] = []
    while pool and len(used) < limit:
        novelty = {index: _novelty(reports, index, used) for index in pool}
        # max() keeps the first of equals: the order the person sent them in.
        best = max(pool, key=lambda index: _quality(reports[index]) * (0.4 + novelty[index]))
        pool.remove(best)
        if reasons[best] is Reason.NO_ROOM:
            reasons[best] = (
                Reason.BEST if not used else Reason.NEW_VIEW if novelty[best] >= _NEW_VIEW else Reason.ROOM_LEFT
            )
        used.append(best)
    return Choice(tuple(used), tuple(reasons))


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
        return 0.5 * _NEW_VIEW
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
    ReferenceRole.CANVAS: "CANVAS. The picture to change; everything not named in the request stays as it is in it",
}


def labels(references: Sequence[Reference]) -> tuple[str, ...]:
    """One line before each image: its number, its role, and whether it shows somebody already shown."""
    result, people = [], 0
    for number, reference in enumerate(references, 1):
        again = ""
        if reference.role is ReferenceRole.PERSON:
            people += 1
            again = ". The same person again" if people > 1 else ""
        result.append(f"Image {number}: {_ROLES[reference.role]}{again}.")
    return tuple(result)
