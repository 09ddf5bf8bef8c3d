"""From an order of the conversation to the row a worker will claim."""

from __future__ import annotations

from dataclasses import dataclass

from core.conversation.effect import Order
from core.domain.guild import Member, Payer
from core.domain.job import CHANGES, JobKind
from core.domain.model import Catalogue
from core.domain.plan import Plan
from core.domain.price import expected
from core.domain.record import Json, to_record
from core.services import identity
from core.store.turn import NewJob

PREVIEWS, QUICK, SETS, NIGHT, READ = "preview", "quick", "sets", "night", "read"
"""Each is served by workers of its own: what somebody waits for never stands behind sets."""

PAID_FIRST = 10
HOLD_S, NIGHT_HOLD_S = 30 * 60.0, 36 * 3600.0
"""How long credits are held at most: providers answer a batch within a day, as a rule."""


@dataclass(frozen=True, slots=True)
class _Lane:
    queue: str
    slots: int | None = None
    """Jobs of one person at the same time; None: the plan's."""
    hold_s: float = HOLD_S
    apart: bool = False
    """Each job for itself: it waits for hours and must hold up no other."""


_LANES = {kind: _Lane(QUICK, 2) for kind in JobKind} | {
    JobKind.PREVIEW: _Lane(PREVIEWS, 1),
    JobKind.SET: _Lane(SETS),
    JobKind.OVERNIGHT: _Lane(NIGHT, 1, hold_s=NIGHT_HOLD_S, apart=True),
    JobKind.READ: _Lane(READ, 2),
    JobKind.SCORE: _Lane(READ, 2),
    JobKind.WATCH: _Lane(READ, 2),
    JobKind.EXPORT: _Lane(QUICK, 1),
}


def new_job(
    order: Order, plan: Plan, user_id: str, member: Member | None, person_hash: str, catalogue: Catalogue
) -> NewJob:
    lane = _LANES[order.kind]
    draft = str(order.options.get("draft", ""))
    return NewJob(
        job_id=identity.job_id(order.code),
        code=order.code,
        kind=order.kind.value,
        order=to_record(order),
        queue=lane.queue,
        quote={**to_record(order.quote), **_expected(order, catalogue)},
        price=order.quote.credits,
        ordered=order.quote.ordered,
        model=order.quote.model,
        project_id=identity.project_id(user_id, draft) if draft else None,
        brief=to_record(order.brief) if draft else None,
        priority=PAID_FIRST if order.quote.credits else 0,
        lane=order.code if lane.apart else lane.queue,
        slots=lane.slots or plan.slots,
        # Two changes at a time would both go on from the same version, and one of them be lost from sight.
        follows=CHANGES if order.kind in CHANGES else (),
        hold_seconds=lane.hold_s,
        guild=member.guild if member else None,
        member=person_hash if member else None,
        payer=order.payer if order.quote.credits else Payer.PERSON,
    )


def _expected(order: Order, catalogue: Catalogue) -> dict[str, Json]:
    """What the job will cost us by the listed price, and with whom; nothing for what only we work on."""
    model = None if order.quote.free else catalogue.find(order.quote.model)
    if model is None or not (cost := expected(order.quote, order.brief.quality, model)):
        return {}
    return {"expected": {"provider": model.provider, "micro_usd": cost}}
