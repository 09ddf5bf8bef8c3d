"""Rework: an order of work on one finished variant, and what is said instead when it cannot be."""

from __future__ import annotations

from dataclasses import replace

from core.conversation import offer, order
from core.conversation.action import Action, EditText, OpenVariant, Run
from core.conversation.effect import Order
from core.conversation.talk import Talk, button, rows
from core.conversation.turn import Turn
from core.conversation.view import NoticeView, Row, Style, TextView, Tone
from core.conversation.world import Limit, VariantFacts
from core.domain.brief import Brief
from core.domain.guild import Payer
from core.domain.job import JobKind
from core.domain.price import Quote
from core.domain.record import Json

CHOICE = "choice:"
OWN = ".own"
"""Of an offer: the person pays, where a server would otherwise."""


def choice_slot(code: str) -> str:
    """The one message below a variant that asks something about it."""
    return f"{CHOICE}{code}"


def gone(talk: Talk) -> Turn:
    """The variant was deleted, purged or never there."""
    voice = talk.voice
    toast = NoticeView(text=voice.say("expired.variant"), tone=Tone.WARNING, toast=True)
    way_on = rows(button(voice.say("button.gallery"), Run("gallery")), button(voice.say("button.new"), Run("new")))
    view = NoticeView(text=voice.say("expired.variant_way_on"), tone=Tone.WARNING, rows=way_on, slot="expired")
    return Turn(talk.session, (view,), toast=toast)


def place(
    talk: Talk,
    facts: VariantFacts,
    kind: JobKind,
    brief: Brief,
    quote: Quote,
    own: Action | None = None,
    **options: Json,
) -> Turn:
    """`own`: what a button would carry to have it done at the person's own cost; None: that is how it is done."""
    payer = talk.world.payer if own and quote.credits else Payer.PERSON
    made = Order(
        code=talk.code(kind), kind=kind, brief=brief, quote=quote, variant=facts.code, payer=payer, options=options
    )
    if door := order.closed(talk, (made,)):
        return Turn(talk.session, (replace(order.behind(talk, door), slot=choice_slot(facts.code)),))
    if payer is Payer.GUILD and own and (why := order.unpaid_by_guild(talk, quote.credits)):
        if talk.world.means.refused(0):
            return Turn(talk.session, (order.limited(talk, Limit.GUILD_JOBS),))
        if not talk.world.affords(quote.credits):
            return _insufficient(talk, facts, replace(made, payer=Payer.PERSON), why)
        return _unpaid(talk, facts, quote, why, own)
    if not talk.world.affords(quote.credits, payer):
        return _insufficient(talk, facts, made)
    after = talk.having(
        typing_for="", edited_for="", edited_by="", changing_for="", changing_at=0, quoted="", quoted_for=""
    )
    working = talk.voice.say(f"working.{kind}")
    if payer is Payer.GUILD:
        working = f"{working} {talk.voice.say('server.pays')}"
    waiting = order.queued(talk.voice, made.code, 1, working)
    if kind is JobKind.EDIT_PROMPT:
        waiting = replace(waiting, retires=(choice_slot(facts.code),))
    if kind is JobKind.EDIT_TEXT:
        after = after.having(edited_for=facts.code, edited_by=made.code)
        waiting = replace(waiting, retires=(choice_slot(facts.code),))  # the question is answered
    return order.place(talk, after, (made,), waiting)


def place_free(talk: Talk, facts: VariantFacts, kind: JobKind, brief: Brief | None = None, **options: Json) -> Turn:
    brief = brief or facts.recipe.brief
    return place(talk, facts, kind, brief, offer.retype(brief, facts.recipe.model), **options)


def _unpaid(talk: Talk, facts: VariantFacts, quote: Quote, why: str, own: Action) -> Turn:
    """The question stays open: what was said to it is what will be done."""
    pay = button(order.own_label(talk.voice, quote.credits), own, Style.PRIMARY)
    return choose(talk, facts, why, rows(pay, button(talk.voice.say("button.show"), OpenVariant(facts.code))))


def _insufficient(talk: Talk, facts: VariantFacts, made: Order, why: str = "") -> Turn:
    """Not enough for a model to draw it again; our own layers still change for nothing. `why`: nobody else pays."""
    voice = talk.voice
    way_on = rows(
        button(voice.say("button.edit_text", price=offer.tag(voice, 0, talk.world.catalogue)), EditText(facts.code)),
        button(voice.say("button.balance"), Run("balance")),
    )
    view = replace(order.missing(talk, made.quote.credits, why), rows=way_on)
    return Turn(order.lacking(talk.unasked(), (made,)).session, (view,))


def choose(talk: Talk, facts: VariantFacts, text: str, choices: tuple[Row, ...]) -> Turn:
    view = TextView(text=text, rows=choices, slot=choice_slot(facts.code))
    return Turn(talk.session, (view,))


def parse(text: str) -> tuple[str, str, bool]:
    """What a button offers, the credits it said, and whether it says that the person pays where the server would."""
    what, _, said = text.removesuffix(OWN).partition(".")
    return what, said, text.endswith(OWN)


def repriced(talk: Talk, said: str, quote: Quote) -> str:
    old = offer.price(talk.voice, int(said) if said.isdecimal() else 0)
    return talk.voice.say("price.changed", old=old, new=offer.price(talk.voice, quote.credits))
