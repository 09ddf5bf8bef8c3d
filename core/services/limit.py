"""Limits as data: what one person, and everybody together, may order for free or at all (they survive restarts)."""

from __future__ import annotations

from core.conversation.world import Limit
from core.domain.job import READINGS, SETS, JobKind
from core.domain.plan import Plan
from core.store.turn import SubmitLimit

MINUTE_S, DAY_S = 60.0, 86_400.0
EVERYBODYS_FREE_SETS_PER_HOUR = 2_000
EVERYBODYS_DISK_BYTES = 200_000_000_000
READINGS_PER_HOUR, VIDEOS_PER_DAY, EVERYBODYS_READINGS_PER_HOUR = 40, 10, 1_000
"""Free to the person; a line costs us a twentieth of a cent, an hour of video some thirty cents."""
ARCHIVES = (JobKind.EXPORT, JobKind.DOWNLOAD_ALL, JobKind.ALL_SIZES, JobKind.BEST_THREE)
ARCHIVES_PER_HOUR = 6
"""Each holds a copy of everything in it."""


DRAWING = tuple(kind.value for kind in (*SETS, JobKind.CHANGE_VIBE, JobKind.REROLL, JobKind.RESIZE, JobKind.ALL_SIZES))
"""What keeps the processor busy."""
FILLING = (
    *DRAWING,
    *(kind.value for kind in (JobKind.PREVIEW, JobKind.EDIT_TEXT, JobKind.RESTYLE, JobKind.FEED_PREVIEW)),
)
"""What leaves pictures on disk. Files and archives of what is there already stay open: they are the way out."""


def submits(plan: Plan) -> tuple[SubmitLimit, ...]:
    """Checked in the transaction that stores the orders."""
    return (
        SubmitLimit(name=Limit.SUBMITS, seconds=MINUTE_S, most=plan.submits_per_minute),
        SubmitLimit(
            name=Limit.SUBMITS,
            seconds=60 * MINUTE_S,
            most=ARCHIVES_PER_HOUR,
            kinds=tuple(kind.value for kind in ARCHIVES),
        ),
        SubmitLimit(name=Limit.FREE_SETS, seconds=DAY_S, most=plan.free_sets_per_day, kinds=DRAWING, free=True),
        SubmitLimit(name=Limit.READINGS, seconds=60 * MINUTE_S, most=READINGS_PER_HOUR, kinds=(JobKind.READ.value,)),
        SubmitLimit(name=Limit.READINGS, seconds=DAY_S, most=VIDEOS_PER_DAY, kinds=(JobKind.WATCH.value,)),
        SubmitLimit(
            name=Limit.EVERYBODY,
            seconds=60 * MINUTE_S,
            most=EVERYBODYS_READINGS_PER_HOUR,
            kinds=tuple(kind.value for kind in READINGS),
            everyone=True,
        ),
        SubmitLimit(name=Limit.DISK, most=plan.disk_bytes, kinds=FILLING, free=True, octets=True),
        SubmitLimit(
            name=Limit.EVERYBODY, most=EVERYBODYS_DISK_BYTES, kinds=FILLING, free=True, everyone=True, octets=True
        ),
        SubmitLimit(
            name=Limit.EVERYBODY,
            seconds=60 * MINUTE_S,
            most=EVERYBODYS_FREE_SETS_PER_HOUR,
            kinds=(*DRAWING, JobKind.PREVIEW.value),
            free=True,
            everyone=True,
        ),
    )


def reached(name: str) -> Limit:
    """The limit of a refusal's name."""
    return Limit(name)
