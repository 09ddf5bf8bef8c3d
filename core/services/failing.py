"""What an exception under a job means to the person who waits for it."""

from __future__ import annotations

import structlog

from core.domain.job import Failure
from core.providers.error import PolicyRefusal
from core.routing.failover import RouteExhausted
from core.services.desk import AssetGone
from core.services.drawing import PlateGone
from core.store.error import BlobsFull, BlobsUnavailable
from core.workshop.crew import WorkLost
from core.workshop.refusal import SCRIPT_NOT_COVERED, TypeRefused

log = structlog.get_logger(__name__)

Expected = (RouteExhausted, TypeRefused, AssetGone, PlateGone, BlobsFull, BlobsUnavailable, WorkLost)
"""Everything else is a bug: the job is tried again, and after three times ended as such."""


OWN_DOING = frozenset(
    {Failure.REFUSED_BY_POLICY, Failure.SCRIPT_NOT_COVERED, Failure.TEXT_TOO_LONG, Failure.PICTURE_LOST}
    | {Failure.PLATE_GONE}
)
"""What a person asked for, or let go, is why: nothing an operator could mend."""


def note(event: str, failure: Failure, error: BaseException, **about: object) -> None:
    """What came to nothing, in the log: by its code where it is the person's own doing, else with the error itself."""
    if failure in OWN_DOING:
        log.info(event, reason=failure.value, **about)
    else:
        log.warning(event, reason=failure.value, error=repr(error), **about)


def unwritten(error: BaseException) -> tuple[str, ...]:
    """The alphabets (`core.domain.alphabet`) no typeface here covers, where that is why."""
    if isinstance(error, TypeRefused) and error.reason == SCRIPT_NOT_COVERED:
        return tuple(filter(None, error.detail.split(",")))
    return ()


def failure_of(error: BaseException) -> Failure:
    match error:
        case RouteExhausted(last=PolicyRefusal()):
            return Failure.REFUSED_BY_POLICY
        case RouteExhausted(attempts=()):
            return Failure.NO_MODEL
        case RouteExhausted():
            return Failure.PROVIDER_DOWN
        case TypeRefused():
            return Failure(error.reason)
        case AssetGone():
            return Failure.PICTURE_LOST
        case PlateGone():
            return Failure.PLATE_GONE
        case BlobsFull():
            return Failure.STORAGE_FULL
        case _:
            return Failure.INTERNAL
