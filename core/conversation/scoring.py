"""Scoring what somebody else made: a picture is sent for its report, which says what to change about it."""

from __future__ import annotations

from core.conversation import order
from core.conversation.action import Run
from core.conversation.command import ON_PICTURES
from core.conversation.effect import Order
from core.conversation.event import PhotosSent
from core.conversation.talk import Talk, button, rows
from core.conversation.turn import Turn
from core.conversation.view import TextView
from core.domain.brief import Brief
from core.domain.job import JobKind
from core.domain.price import Quote, Work

ANOTHER = "another"
"""Argument of /score: none of ours."""


def ask(talk: Talk) -> Turn:
    """The next picture is one to be scored; a brief in the making stays."""
    view = TextView(text=talk.voice.say("score.send"), rows=rows(button(talk.voice.say("button.new"), Run("new"))))
    return Turn(talk.having(judging=True).session, (view,))


def meant(talk: Talk, event: PhotosSent) -> bool:
    """Whether pictures are sent to be scored: they say so, were asked for, or are more of an album that was."""
    asked = talk.session.judging or (event.album and event.album == talk.session.judged_album)
    return event.command in ON_PICTURES or bool(asked and not event.caption.strip())


def sent(talk: Talk, event: PhotosSent) -> Turn:
    """Measured by the worker, free; of several pictures the first. Those of an album come one by one, and all count."""
    code = talk.code(JobKind.SCORE)
    # No model has drawn it; the quote names none.
    made = Order(
        code=code,
        kind=JobKind.SCORE,
        brief=Brief(language=talk.session.language),
        quote=Quote(0, "", Work.RETYPE, 1),
        options={"asset": event.photos[0].asset},
    )
    # Whether or not the order is taken.
    judged = talk.having(judged=tuple(photo.asset for photo in event.photos), judged_album=event.album)
    return order.place(
        judged, judged.briefing(), (made,), order.queued(talk.voice, code, 1, talk.voice.say("working.score"))
    )
