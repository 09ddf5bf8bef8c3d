"""A finished variant drawn anew: in another vibe, or once more as it is."""

from __future__ import annotations

from dataclasses import replace

from core.conversation import offer, rework, variant
from core.conversation.action import ChangeVibe, Reroll
from core.conversation.talk import Talk, button, rows
from core.conversation.turn import Turn
from core.conversation.view import Button
from core.conversation.world import VariantFacts
from core.domain.brief import Vibe
from core.domain.job import JobKind
from core.domain.price import Quote


def pressed(talk: Talk, facts: VariantFacts, action: ChangeVibe | Reroll) -> Turn:
    match action:
        case ChangeVibe():
            return _vibe(talk, facts, action.vibe)
        case Reroll():
            return _once_more(talk, facts, action.credits)


def quote_of(talk: Talk, facts: VariantFacts) -> Quote:
    return offer.redraw(facts.recipe.brief, facts.recipe.model, talk.world.catalogue)


def price_tag(talk: Talk, facts: VariantFacts) -> str:
    return offer.tag(talk.voice, quote_of(talk, facts).credits, talk.world.catalogue)


def _vibe(talk: Talk, facts: VariantFacts, wanted: str) -> Turn:
    name, said, pays = rework.parse(wanted)
    voice, catalogue = talk.voice, talk.world.catalogue
    if name not in list(catalogue.vibes()):
        text = voice.say("variant.which_vibe" if not name else "variant.vibe_gone")
        return rework.choose(talk, facts, text, variant.vibe_rows(voice, facts, catalogue))
    brief = replace(facts.recipe.brief, vibe=Vibe(name))
    quote = offer.redraw(brief, facts.recipe.model, catalogue)
    if str(quote.credits) != (said or "0"):
        text = rework.repriced(talk, said, quote)
        return rework.choose(talk, facts, text, variant.vibe_rows(voice, facts, catalogue))
    own = None if pays else ChangeVibe(facts.code, f"{name}.{quote.credits}{rework.OWN}")
    return rework.place(talk, facts, JobKind.CHANGE_VIBE, brief, quote, own, vibe=name)


def _once_more(talk: Talk, facts: VariantFacts, offered: str) -> Turn:
    _, said, pays = rework.parse(f".{offered}")
    quote = quote_of(talk, facts)
    if str(quote.credits) != (said or "0"):
        label = talk.voice.say("button.reroll", price=price_tag(talk, facts))
        again: Button = button(label, Reroll(facts.code, str(quote.credits)))
        return rework.choose(talk, facts, rework.repriced(talk, said, quote), rows(again))
    own = None if pays else Reroll(facts.code, f"{quote.credits}{rework.OWN}")
    return rework.place(talk, facts, JobKind.REROLL, facts.recipe.brief, quote, own)
