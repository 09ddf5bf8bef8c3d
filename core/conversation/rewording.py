"""A finished variant's words set anew: another headline, or the same one in another type."""

from __future__ import annotations

from dataclasses import replace

from core.conversation import answer, card, rework, typography, variant
from core.conversation.action import EditText, Restyle, Run
from core.conversation.answer import Accepted, Unfit
from core.conversation.talk import Talk, button, rows
from core.conversation.turn import Turn
from core.conversation.view import FieldKind, FormView, NoticeView, Tone
from core.conversation.world import VariantFacts
from core.domain.job import JobKind
from core.domain.restyle import Style as Part
from core.domain.restyle import restyled


def pressed(talk: Talk, facts: VariantFacts, action: EditText | Restyle) -> Turn:
    match action:
        case EditText():
            return _edit(talk, facts, action.words)
        case Restyle():
            return _restyle(talk, facts, action.change)


def _edit(talk: Talk, facts: VariantFacts, words: str) -> Turn:
    """The next words are the new headline and nothing else; words already replied to this variant are used at once."""
    if words == variant.WHOLE:
        return retyped(talk, facts.recipe.brief.words)
    if talk.session.quoted and talk.session.quoted_for == facts.code:
        return retyped(talk, talk.session.quoted)
    talk = talk.unasked().having(typing_for=facts.code)
    return Turn(talk.session, (_typing_form(talk, facts),))


def _typing_form(talk: Talk, facts: VariantFacts, note: str = "") -> FormView:
    voice = talk.voice
    whole = button(voice.say("button.whole_headline"), EditText(facts.code, variant.WHOLE))
    return FormView(
        draft="",
        question="headline",
        kind=FieldKind.TEXT,
        text=voice.say("edit_text.ask", number=facts.position + 1),
        note=note,
        hint=voice.say("details.now", answer=facts.recipe.headline),
        rows=rows(*([whole] if facts.recipe.short else []), button(voice.say("button.cancel"), Run("cancel"))),
        slot=rework.choice_slot(facts.code),
        retires=(rework.choice_slot(facts.code),),
    )


def retyped(talk: Talk, text: str) -> Turn:
    """The new headline of the variant that is being typed for, or that was replied to."""
    facts = talk.world.variant
    if facts is None or facts.deleted:
        return rework.gone(talk.briefing())
    verdict = answer.headline(text)
    note = card.noted(talk.voice, verdict.note, verdict.values)
    if isinstance(verdict, Unfit):
        talk = talk.unasked().having(typing_for=facts.code)
        return Turn(talk.session, (_typing_form(talk, facts, note),))
    assert isinstance(verdict, Accepted)
    headline = str(verdict.record)
    brief = replace(facts.recipe.brief, headline=headline)
    turn = rework.place_free(talk, facts, JobKind.EDIT_TEXT, brief, headline=headline)
    if note and turn.effects:
        return replace(turn, views=(NoticeView(text=note, tone=Tone.WARNING), *turn.views))
    return turn


def _restyle(talk: Talk, facts: VariantFacts, change: str) -> Turn:
    """The card of its type, one part of it, or that part changed: the question stays, for whoever wants another."""
    what, _, value = change.partition(".")
    slot, talk = rework.choice_slot(facts.code), talk.unasked()
    if what not in list(typography.GROUPS) and not value:
        return Turn(talk.session, (typography.menu(talk, facts, slot),))
    try:
        brief = restyled(facts.recipe.brief, change) if value else facts.recipe.brief
    except ValueError:
        return talk.toast(talk.voice.say("expired.button"), Tone.WARNING)
    part = Part.HIGHLIGHT if what == Part.WORD else Part(what)
    question = typography.question(talk, facts, part, brief, slot)
    if not value:
        return Turn(talk.session, (question,))
    turn = rework.place_free(talk, facts, JobKind.RESTYLE, brief, change=change)
    return replace(turn, views=(question, *turn.views)) if turn.effects else turn
