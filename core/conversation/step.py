"""The next step of a brief: the one thing that is missing, else its picture."""

from __future__ import annotations

from core.conversation import card, doubt, errand, intake, order, prefill
from core.conversation.action import Choose, OpenDetails
from core.conversation.script import QUESTIONS, SHORTER
from core.conversation.talk import Talk, button, rows
from core.conversation.turn import Turn
from core.conversation.view import FormView, NoticeView, Row, TextView, Tone, View
from core.domain.errand import Errand


def onward(talk: Talk) -> Turn:
    """First the video that was sent, if anybody here can watch it; what it says goes into the brief."""
    if not talk.session.watch:
        return next_step(talk)
    talk = talk.having(watch="")
    if errand.can_watch(talk.world.catalogue):
        return errand.send(talk.having(notes=()), Errand.VIDEO, *_notes(talk))
    return next_step(intake.noting(talk.answering("video", ""), talk.voice.say("note.nobody_watches")))


def next_step(talk: Talk, *, anew: bool = False) -> Turn:
    """Ask for the one thing that is missing, or show the picture. `anew`: also where it is as it was shown."""
    session = talk.session
    if session.asking == "headline" or not session.answers.get("headline"):
        return opening(talk, "headline")
    if not session.photos and not session.without_person:
        return opening(talk, "selfies")
    if (doubted := doubt.question(talk)) is not None:
        return Turn(talk.having(notes=(), asking="").session, (*_notes(talk), doubted))
    if not anew and prefill.look(prefill.brief(session, talk.world)) == session.previewed:
        return settled(talk)
    return order.preview(talk, *_notes(talk, doubt.remark(talk)))


def opening(talk: Talk, name: str) -> Turn:
    """The opening questions: a message of their own below what was just sent."""
    note = "\n".join(talk.session.notes)
    talk = talk.having(asking=name, trail=(), notes=())
    form = card.form(talk, QUESTIONS[name], note)
    text, hint, ways = form.text, form.hint, form.rows
    headline = str(talk.session.answers.get("headline", ""))
    if name == "headline":
        text = _greeted(talk) or text
        hint = _remembered(talk)
    elif headline:
        # What was typed is repeated, for it may not have been meant as the headline; there is no person to tell of yet.
        text, hint = talk.voice.say("photos.wanted", headline=headline), ""
        ways = (*_shorter(talk), *ways)
    details = button(talk.voice.say("button.details"), OpenDetails(talk.session.draft))
    shown = FormView(
        draft=form.draft,
        question=form.question,
        kind=form.kind,
        text=text,
        note=form.note,
        hint=hint,
        options=form.options,
        rows=(*ways, *rows(details)),
    )
    return Turn(talk.session, (shown,))


def _greeted(talk: Talk) -> str:
    """The photos there are, those that were just sent and those remembered each as what they are; empty without."""
    photos = {photo.asset for photo in talk.session.photos}
    if not photos:
        return ""
    remembered = photos <= {photo.asset for photo in talk.world.last_selfies}
    return talk.voice.say("photos.remembered" if remembered else "photos.received", n=len(photos))


def _shorter(talk: Talk) -> tuple[Row, ...]:
    """The way out of too many words; nothing where there are few."""
    proposal = card.proposed(prefill.brief(talk.session, talk.world))
    if not proposal:
        return ()
    shorter = Choose(talk.session.draft, f"headline.{SHORTER}")
    return rows(button(talk.voice.say("option.shorter", proposal=proposal), shorter))


def _remembered(talk: Talk) -> str:
    """What fills the rest, said once where the headline is asked for."""
    brief = prefill.brief(talk.session, talk.world)
    look = {
        "format": card.label(talk.voice, "format", brief.format),
        "vibe": card.label(talk.voice, "vibe", brief.vibe),
    }
    return talk.voice.say("photos.last_look" if talk.world.last_answers else "photos.first_look", **look)


def _notes(talk: Talk, *more: str) -> tuple[View, ...]:
    """Notes stand in a message of their own, because the picture soon takes the place of the one below."""
    notes = [note for note in (*talk.session.notes, *more) if note]
    if not notes:
        return ()
    shorter = _shorter(talk) if talk.session.notes else ()
    return (NoticeView(text="\n".join(notes), tone=Tone.WARNING, rows=shorter),)


def settled(talk: Talk) -> Turn:
    """The picture is as shown; only what is said about it may have changed."""
    voice, draft = talk.voice, talk.session.draft
    brief = prefill.brief(talk.session, talk.world)
    view = TextView(
        text="\n\n".join((*talk.session.notes, card.summary(voice, brief, talk.world.catalogue, talk.world.means))),
        title=voice.say("card.title"),
        rows=card.card_rows(voice, draft, brief, talk.world.catalogue, talk.world.means),
        slot=card.details_slot(draft),
    )
    return Turn(talk.having(trail=(), asking="", notes=()).session, (view,))
