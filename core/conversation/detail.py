"""The details of a brief: questions of its sections, asked and answered one by one."""

from __future__ import annotations

from core.conversation import answer, card, errand, intake, prefill, step
from core.conversation.answer import Accepted, Unfit, Verdict
from core.conversation.script import IDEA, NONE, QUESTIONS, SHORTER, Question, Reading, Section
from core.conversation.talk import Talk
from core.conversation.turn import Turn
from core.conversation.view import FieldKind, Tone
from core.domain.errand import Errand
from core.domain.model import Role
from core.domain.record import Json, to_record


def answered(talk: Talk, question: Question, verdict: Verdict) -> Turn:
    note = card.noted(talk.voice, verdict.note, verdict.values)
    if isinstance(verdict, Unfit):
        first = talk.session.asking == question.id and not talk.session.trail
        return ask_first(talk, question, note) if first else ask(talk, question, note)
    if question.id == "inspiration" and verdict.record:
        return more_liked(intake.liking(talk, verdict.record))
    after = talk.answering(question.id, verdict.record)
    if not talk.session.trail:
        return step.next_step(intake.noting(after.having(asking=""), note) if note else after.having(asking=""))
    return one_up(after, note)


def liked(talk: Talk) -> Turn:
    """A model that reads says what makes the look; whoever paints is shown the pictures in any case."""
    if not talk.world.catalogue.for_role(Role.READER):
        return one_up(talk, talk.voice.say("note.inspiration_kept"))
    return errand.send(talk.having(asking="", trail=()), Errand.LOOK)


def more_liked(talk: Talk) -> Turn:
    """The question stays: pictures and links may come one by one, until somebody says that this is all."""
    return ask(talk.having(notes=()), QUESTIONS["inspiration"], "\n".join(talk.session.notes))


def one_up(talk: Talk, note: str = "") -> Turn:
    """From a question back to its section."""
    name = next((one for one in reversed(talk.session.trail) if one in list(Section)), Section.PROJECT)
    talk = talk.having(trail=("sections", str(name)), asking="")
    return Turn(talk.session, (card.one_section(talk, Section(name), note),))


def ask(talk: Talk, question: Question, note: str = "") -> Turn:
    talk = talk.having(asking=question.id, trail=("sections", question.section.value, question.id))
    return Turn(talk.session, (card.form(talk, question, note),))


def ask_first(talk: Talk, question: Question, note: str) -> Turn:
    """Before the card is shown at all: what comes next goes on from there."""
    talk = talk.having(asking=question.id, trail=())
    return Turn(talk.session, (card.form(talk, question, note),))


def open_details(talk: Talk, name: str) -> Turn:
    if name == card.MORE_PRESETS:
        return Turn(talk.having(trail=("sections",), asking="").session, (card.presets(talk),))
    if name not in list(Section):
        talk = talk.having(trail=("sections",), asking="")
        return Turn(talk.session, (card.sections(talk),))
    talk = talk.having(trail=("sections", name), asking="")
    return Turn(talk.session, (card.one_section(talk, Section(name)),))


def choose(talk: Talk, option: str) -> Turn:
    name, _, value = option.partition(".")
    question = QUESTIONS.get(name)
    if question is None:
        return talk.toast(talk.voice.say("expired.button"), Tone.WARNING)
    if value == NONE and question.optional:
        several = question.reading in (Reading.COLOURS, Reading.VIDEOS, Reading.HEADLINES)
        return answered(talk, question, Accepted([] if several else ""))
    brief = prefill.brief(talk.session, talk.world)
    if value == SHORTER and question.id == "headline":
        proposal = card.proposed(brief)
        if not proposal:
            return talk.toast(talk.voice.say("expired.button"), Tone.WARNING)
        return answered(talk, question, Accepted(proposal))
    if value.startswith(IDEA) and question.id == "headline":
        number = value.removeprefix(IDEA)
        if not number.isdecimal() or int(number) >= len(talk.session.ideas):
            return talk.toast(talk.voice.say("expired.button"), Tone.WARNING)
        return answered(talk, question, answer.headline(talk.session.ideas[int(number)]))
    catalogue = talk.world.catalogue
    value, offered = question.unpack(catalogue, value), question.offers(catalogue)
    if question.kind is not FieldKind.CHOICES:
        return answered(talk, question, answer.chosen(question, (value,), offered))
    return _toggle(talk, question, value, to_record(getattr(brief, question.id)))


def _toggle(talk: Talk, question: Question, value: str, now: Json) -> Turn:
    """One of several on or off; the question stays, so that more can be switched."""
    wanted = {*now} ^ {value}
    verdict = answer.chosen(question, tuple(wanted), question.offers(talk.world.catalogue))
    if isinstance(verdict, Unfit):
        return ask(talk, question, card.noted(talk.voice, verdict.note, verdict.values))
    return ask(talk.answering(question.id, verdict.record), question)
