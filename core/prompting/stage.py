"""The stage in words: percentages of the picture, counted from its top left corner."""

from __future__ import annotations

from core.domain.prompt import Area, Staging

_LONGEST_REACH = 0.75
"""Share of a side from which an area is called as wide or as high as the picture."""


def fitted(staging: Staging, wanted: float, painted: float) -> Staging:
    """The stage on a canvas of another ratio, of which the middle is kept."""
    across, down = min(1.0, wanted / painted), min(1.0, painted / wanted)

    def placed(area: Area) -> Area:
        return Area(
            0.5 + (area.left - 0.5) * across,
            0.5 + (area.top - 0.5) * down,
            0.5 + (area.right - 0.5) * across,
            0.5 + (area.bottom - 0.5) * down,
        )

    return Staging(
        type_areas=tuple(map(placed, staging.type_areas)),
        head=placed(staging.head) if staging.head else None,
        heads=tuple(map(placed, staging.heads)),
        covered=tuple(map(placed, staging.covered)),
    )


def head(staging: Staging) -> str:
    """Where the head goes, and on which side of it the type is; empty without one."""
    if staging.head is None:
        return ""
    box = staging.head
    return (
        f"The head, from the top of the hair to the chin, fills {_spans(box)}: {_side(box)}, "
        f"{_percent(box.bottom - box.top)} of the picture's height. The whole head is inside the picture; neck and "
        "shoulders continue below it."
    )


def heads(staging: Staging) -> str:
    """Where two heads go."""
    places = [f"the head on the {side} fills {_spans(box)}" for side, box in zip(SIDES, staging.heads, strict=False)]
    return (
        f"From the top of the hair to the chin, {'; '.join(places)}. Both heads are whole, of one height and level "
        "with each other; neck and shoulders continue below them."
    )


SIDES = ("left", "right")


def type_space(staging: Staging, ground: str) -> str:
    """What stays quiet for the type; `ground` is "dark" or "light"."""
    lines = [f"- {_place(area)}: {_spans(area)}{_chest(area, staging.head)}" for area in staging.type_areas]
    return "\n".join(
        (
            f"Space for type. These parts hold backdrop only: {ground} and even in tone, low in detail, soft in focus, "
            "with no face, hand, object or light source in them:",
            *lines,
        )
    )


def covered(staging: Staging) -> str:
    """What the platform draws over; empty when it does not."""
    if not staging.covered:
        return ""
    lines = [f"- {_place(area)}: {_spans(area)}" for area in staging.covered]
    return "\n".join(
        (
            "Covered by the platform afterwards. The picture continues there, but no face, hand or important object "
            "reaches into:",
            *lines,
        )
    )


def _chest(area: Area, person: Area | None) -> str:
    """Type across the body needs calm clothes."""
    if person is None or area.top < person.bottom - 0.02:
        return ""
    if area.right <= person.left or area.left >= person.right:
        return ""
    return " (this lies across the chest: plain clothing that falls into shadow, arms down, no hands)"


def _spans(area: Area) -> str:
    return (
        f"{_percent(area.left)} to {_percent(area.right)} of the width and "
        f"{_percent(area.top)} to {_percent(area.bottom)} of the height"
    )


def _side(area: Area) -> str:
    middle = (area.left + area.right) / 2
    if abs(middle - 0.5) < 0.06:
        return "in the middle"
    return "left of the middle" if middle < 0.5 else "right of the middle"


def _place(area: Area) -> str:
    wide, high = area.right - area.left > _LONGEST_REACH, area.bottom - area.top > _LONGEST_REACH
    x, y = (area.left + area.right) / 2, (area.top + area.bottom) / 2
    across = "" if wide or abs(x - 0.5) < 0.08 else "left" if x < 0.5 else "right"
    down = "" if high or abs(y - 0.5) < 0.08 else "upper" if y < 0.5 else "lower"
    if wide and high:
        return "the whole picture"
    if not across and not down:
        return "the middle of the picture"
    return f"the {' '.join(word for word in (down, across) if word)} part of the picture"


def _percent(share: float) -> str:
    return f"{round(100 * share)} %"
