"""Readings: what a reader brought back, put into the brief it was sent for, and said with whose words they are."""

from __future__ import annotations

from core.conversation import answer, card, prefill, rework, step, variant
from core.conversation.action import OpenVariant, Preview
from core.conversation.answer import Accepted
from core.conversation.event import HasRead
from core.conversation.order import status_slot
from core.conversation.script import QUESTIONS
from core.conversation.talk import Talk, button, rows
from core.conversation.turn import Turn
from core.conversation.view import FormView, NoticeView, TextView, Tone
from core.domain.errand import Errand
from core.domain.job import Failure
from core.domain.video import video_link

SOURCES = {Errand.VIDEO: "video", Errand.LOOK: "inspiration"}
"""The answers a reader is sent to look at."""
LOCAL = "local"
"""`HasRead.by` where no model was asked."""


def returned(talk: Talk, event: HasRead) -> Turn:
    """Nothing, where the brief is gone, ordered or dropped meanwhile. What was changed in it meanwhile stands."""
    if event.errand is Errand.ALT:
        return _described(talk, event)
    if not event.draft or event.draft != talk.session.draft:
        return Turn(talk.session)
    source = SOURCES.get(event.errand)
    if source and not _unchanged(talk, event, source):
        return _overtaken(talk, event)  # what it says of another one is nobody's
    if event.failure is not None:
        return _failed(talk, event)
    match event.errand:
        case Errand.IDEAS:
            return _ideas(talk, event)
        case Errand.SHORTEN | Errand.BRIEF:
            return _filled(talk, event, _unchanged(talk, event, *event.answers))
        case Errand.VIDEO | Errand.LOOK:
            # What the person has said themselves stands; a video's link has learnt its moment.
            kept = {name for name, record in talk.session.answers.items() if record and name != "video"}
            return _filled(talk, event, _unchanged(talk, event, *event.answers) - kept)


def _unchanged(talk: Talk, event: HasRead, *names: str) -> set[str]:
    """Of these fields, those that still say what they said when the reader was sent."""
    now = prefill.brief(talk.session, talk.world)
    return {name for name in names if getattr(now, name) == getattr(event.asked, name)}


def _overtaken(talk: Talk, event: HasRead) -> Turn:
    """The session goes on as it is, with what is just being typed."""
    voice = talk.voice
    way_on = rows(button(voice.say("button.this_brief"), Preview(event.draft)))
    note = NoticeView(text=voice.say("reading.overtaken"), rows=way_on, slot=status_slot(event.job))
    return Turn(talk.session, (note,))


def _by(talk: Talk, event: HasRead) -> str:
    voice, label = talk.voice, talk.world.catalogue.label
    if event.by != LOCAL:
        return voice.say("reading.by_model", model=label(event.by))
    rules = voice.say("alt.by_rules" if event.errand is Errand.ALT else "reading.by_rules")
    if not event.tried:
        return rules
    return voice.say("reading.instead", models=", ".join(map(label, dict.fromkeys(event.tried))), rules=rules)


def _described(talk: Talk, event: HasRead) -> Turn:
    """Where nobody looked, what is known without looking."""
    facts, voice = talk.world.variant, talk.voice
    if facts is None or facts.deleted:
        return rework.gone(talk)
    view = TextView(
        title=voice.say("reading.alt"),
        text=_by(talk, event),
        copy=event.text or variant.described(voice, facts),
        rows=rows(button(voice.say("button.show"), OpenVariant(facts.code))),
        slot=status_slot(event.job),
    )
    return Turn(talk.session, (view,))


def _ideas(talk: Talk, event: HasRead) -> Turn:
    """As chips of the question; one's own words still answer it."""
    own = str(talk.session.answers.get("headline", "")).casefold()
    fits = (line for line in event.headlines if isinstance(answer.headline(line), Accepted))
    ideas = tuple(line for line in fits if line.casefold() != own)
    talk = talk.having(ideas=ideas, asking="headline", trail=())
    form = card.form(talk, QUESTIONS["headline"])
    shown = FormView(
        draft=form.draft,
        question=form.question,
        kind=form.kind,
        text=talk.voice.say("reading.ideas" if ideas else "reading.nothing"),
        hint=_by(talk, event),
        options=form.options,
        rows=form.rows,
        slot=status_slot(event.job),
    )
    return Turn(talk.session, (shown,))


def _filled(talk: Talk, event: HasRead, names: set[str]) -> Turn:
    uncut = event.errand is Errand.SHORTEN and not event.answers
    if not names and not uncut:
        return _overtaken(talk, event)
    voice, answers = talk.voice, {name: event.answers[name] for name in event.answers if name in names}
    talk = talk.having(answers={**talk.session.answers, **answers}, asking="", trail=(), ideas=())
    said = [
        voice.say(
            "reading.answer",
            name=voice.say(f"question.{name}.name"),
            answer=card.spoken(voice, row, answers[name], talk.world.catalogue),
        )
        for name, row in QUESTIONS.items()
        if name != "video" and answers.get(name) not in (None, "")
    ]
    moment = _moment(talk, event) if event.errand is Errand.VIDEO else ""
    lines = [
        voice.say("reading.uncut" if uncut else f"reading.{event.errand}"),
        *said,
        *([moment] if moment else []),
        _by(talk, event),
    ]
    note = NoticeView(text="\n".join(lines), slot=status_slot(event.job))
    turn = step.next_step(talk, anew=True)
    return Turn(turn.session, (note, *turn.views), turn.effects, turn.toast)


def _moment(talk: Talk, event: HasRead) -> str:
    link = video_link(str(talk.session.answers.get("video", "")))
    if link is None or link.moment_s is None:
        return ""
    own, moment = video_link(event.asked.video), f"{link.moment_s // 60}:{link.moment_s % 60:02}"
    if own is not None and own.moment_s is not None:
        return talk.voice.say("reading.own_moment", moment=moment)
    return talk.voice.say("reading.moment", moment=moment)


def _failed(talk: Talk, event: HasRead) -> Turn:
    """Who could not watch a video leaves no link behind, for whoever draws could not watch it either. What could not be
    looked at stays: a painter may have better luck. A link that leads nowhere goes."""
    voice = talk.voice
    if event.errand is Errand.LOOK:
        lost = event.failure is Failure.PICTURE_LOST
        if lost:  # whoever paints could not be shown it either
            kept = [one for one in talk.session.answers.get("inspiration") or () if video_link(str(one)) is None]
            talk = talk.answering("inspiration", kept)
        text = voice.say("reading.look_lost" if lost else "reading.look_failed")
        note = NoticeView(text=text, tone=Tone.WARNING, slot=status_slot(event.job))
        turn = step.next_step(talk, anew=True)
        return Turn(turn.session, (note, *turn.views), turn.effects, turn.toast)
    note = NoticeView(text=voice.say("reading.failed"), tone=Tone.WARNING, slot=status_slot(event.job))
    turn = step.next_step(talk.answering("video", ""), anew=True)
    return Turn(turn.session, (note, *turn.views), turn.effects, turn.toast)
