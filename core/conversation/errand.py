"""Errands: a reader is sent out, and what it brings is said once it is back (`reading`)."""

from __future__ import annotations

from core.conversation import order, prefill
from core.conversation.action import CancelJob
from core.conversation.effect import Order
from core.conversation.talk import Talk, button, rows
from core.conversation.turn import Turn
from core.conversation.view import ProgressView, Tone, View
from core.conversation.world import VariantFacts
from core.domain.errand import Errand
from core.domain.job import JobKind
from core.domain.model import Capability, Catalogue, Role
from core.domain.price import Quote, Work

ON_WORDS = (Errand.IDEAS, Errand.SHORTEN, Errand.BRIEF)
"""What a button of a brief may send a reader for."""


def can_watch(catalogue: Catalogue) -> bool:
    return any(model.can(Capability.VIDEO_CONTEXT) for model in catalogue.for_role(Role.READER))


def pressed(talk: Talk, name: str) -> Turn:
    brief = prefill.brief(talk.session, talk.world)
    if name not in ON_WORDS or not brief.words:
        return talk.toast(talk.voice.say("expired.button"), Tone.WARNING)
    return send(talk, Errand(name))


def look(talk: Talk, facts: VariantFacts) -> Turn:
    """Have a finished picture described; what comes back takes the place of the waiting. Free, like `send`."""
    voice, code = talk.voice, talk.code(Errand.ALT)
    made = Order(
        code=code,
        kind=JobKind.READ,
        brief=facts.recipe.brief,
        quote=Quote(0, "", Work.RETYPE, 1),
        variant=facts.code,
        options={"for": "", "errand": Errand.ALT.value},
    )
    return order.place(talk, talk, (made,), order.queued(voice, code, 1, voice.say("alt.looking")))


def send(talk: Talk, errand: Errand, *before: View) -> Turn:
    """Order the reading: free, as often as the limits allow."""
    voice, draft = talk.voice, talk.session.draft
    kind = JobKind.WATCH if errand is Errand.VIDEO else JobKind.READ
    code = talk.code(errand)
    made = Order(
        code=code,
        kind=kind,
        brief=prefill.brief(talk.session, talk.world),
        quote=Quote(0, "", Work.RETYPE, 1),
        options={"for": draft, "errand": errand.value},
    )
    waiting = ProgressView(
        text=voice.say("working.look" if errand is Errand.LOOK else f"working.{kind}"),
        done=0,
        total=1,
        rows=rows(button(voice.say("button.cancel_job"), CancelJob(code))),
        slot=order.status_slot(code),
        retires=(order.status_slot(talk.session.reading),) if talk.session.reading else (),
    )
    return order.place(talk, talk.having(reading=code), (made,), *before, waiting)
