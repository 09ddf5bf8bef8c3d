"""Plans: what each gives, the one somebody has, and the way out of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from core.conversation.action import Run
from core.conversation.talk import Talk, button, rows
from core.conversation.texts import Speaker
from core.conversation.turn import Turn
from core.conversation.view import Fact, Shelf, TextView
from core.domain.plan import PLANS, Plan, PlanId
from core.domain.subscription import GIVEN, Status, Subscription

RUNNING = (Status.ACTIVE, Status.GRACE, Status.PAST_DUE)
"""More is collected, or asked for."""
SLOT = "plans"


def plans(talk: Talk, _: str) -> Turn:
    """What each plan that is sold gives, beside what everybody has; the present one is marked. Where none is sold no
    door is shut, so that none has limits to tell."""
    voice, world = talk.voice, talk.world
    lines = [voice.say("plans.doors" if world.sold else "plans.unsold")]
    if held := held_by(world.subscriptions):
        lines.append(standing(voice, held))
    running = collected(world.subscriptions)
    shown = [PLANS[one] for one in PlanId if one is PlanId.FREE or one in world.sold or one is world.plan.id]
    ways = [button(voice.say("button.buy"), Run("buy")), button(voice.say("button.balance"), Run("balance"))]
    if world.plan.id is PlanId.TEAM or world.seat:
        ways.append(button(voice.say("button.team"), Run("team")))
    if running:
        ways.append(button(voice.say("button.end_plan"), Run("cancel_subscription")))
    view = TextView(
        title=voice.say("plans.title"),
        text="\n".join(lines),
        facts=tuple(_fact(talk, one) for one in shown) if world.sold else (),
        shelf=_shelf(running) if running else Shelf(tuple(one for one in world.sold if one not in world.elsewhere)),
        rows=rows(*ways),
        slot=SLOT,
    )
    return Turn(talk.session, (view,))


def held_by(subscriptions: tuple[Subscription, ...]) -> Subscription | None:
    """The one that is collected, else one whose paid time still runs, else what an operator gave."""
    ranks = {status: rank for rank, status in enumerate((*RUNNING, Status.CANCELLED))}
    live = [one for one in subscriptions if one.status in ranks]
    return min(live, key=lambda one: (one.provider == GIVEN, ranks[one.status]), default=None)


def collected(subscriptions: tuple[Subscription, ...]) -> Subscription | None:
    """The one that somebody pays for until they end it."""
    held = held_by(subscriptions)
    return held if held and held.status in RUNNING and held.provider != GIVEN else None


def standing(voice: Speaker, held: Subscription) -> str:
    if held.provider == GIVEN:
        return voice.say("plans.given", plan=voice.say(f"plan.{held.plan or PlanId.FREE}"))
    plan = voice.say(f"plan.{held.paid_plan or held.plan or PlanId.FREE}")
    until = held.until.date().isoformat() if held.until else ""
    return voice.say(f"plans.{held.status}", plan=plan, date=until)


def stalled(talk: Talk) -> Turn:
    """Nobody pressed anything: it is said once, with the way to mend it, unless that was done meanwhile."""
    held = held_by(talk.world.subscriptions)
    if held is None or held.status not in (Status.GRACE, Status.PAST_DUE):
        return Turn(talk.session)
    ways = rows(button(talk.voice.say("button.plans"), Run("plans")))
    return Turn(talk.session, (TextView(text=standing(talk.voice, held), shelf=_shelf(held), rows=ways),))


NOW = "now"
"""Behind the command: the way out was pressed, where a chat can offer one that needs no page of its company's."""


def leave(talk: Talk, said: str) -> Turn:
    """What ends and when, with the way out; all that is paid is kept until then."""
    voice, held = talk.voice, held_by(talk.world.subscriptions)
    ways = rows(button(voice.say("button.plans"), Run("plans")), button(voice.say("button.balance"), Run("balance")))
    if held is None or held.provider == GIVEN:
        return Turn(talk.session, (TextView(text=voice.say("plans.none_held"), rows=ways, slot=SLOT),))
    if held.status not in RUNNING:
        return Turn(talk.session, (TextView(text=standing(voice, held), rows=ways, slot=SLOT),))
    plan, until = voice.say(f"plan.{held.paid_plan or held.plan or PlanId.FREE}"), held.until
    date = until.date().isoformat() if until else talk.world.now.date().isoformat()
    text = voice.say(f"plans.leave.{held.provider}", plan=plan, date=date)
    ended = voice.say(f"plans.{Status.CANCELLED}", plan=plan, date=date) if said == NOW else ""
    view = TextView(text=text, shelf=replace(_shelf(held, ending=True), ended=ended), rows=ways, slot=SLOT)
    return Turn(talk.session, (view,))


def _shelf(held: Subscription, *, ending: bool = False) -> Shelf:
    return Shelf(provider=held.provider, order=held.order, ending=ending)


def _fact(talk: Talk, plan: Plan) -> Fact:
    """What is told is what somebody gets by it, and where, if not here; limits of everybody's are not."""
    voice, world = talk.voice, talk.world
    given = [voice.say("plans.credits", n=plan.monthly_credits)] if plan.monthly_credits else []
    given.append(voice.say(f"plans.best.{plan.best}"))
    if plan.premium:
        given.append(voice.say("plans.premium"))
    if plan.seats > 1:
        given.append(voice.say("plans.seats", n=plan.seats))
    given.append(voice.say("plans.slots", n=plan.slots))
    return Fact(
        name=voice.say(f"plan.{plan.id}"),
        value=", ".join(given),
        note=_present(talk) if plan is world.plan else _where(voice, world.elsewhere.get(plan.id, ())),
    )


def _present(talk: Talk) -> str:
    return talk.voice.say("plans.through_team" if talk.world.through_team else "plans.present")


def _where(voice: Speaker, places: Sequence[str]) -> str:
    return (
        voice.say("plans.elsewhere", places=", ".join(voice.say(f"platform.{one}") for one in places)) if places else ""
    )
