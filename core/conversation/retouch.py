"""A finished picture changed in words, by a model that edits: asked with its price, done once."""

from __future__ import annotations

from core.conversation import answer, card, mark, offer, redraw, rework
from core.conversation.action import ChangeVibe, EditText, OpenVariant, Retouch, Run
from core.conversation.talk import Talk, button, rows
from core.conversation.turn import Turn
from core.conversation.view import Button, FieldKind, FormView, NoticeView, Option, Style
from core.conversation.world import VariantFacts
from core.domain.job import JobKind
from core.domain.price import Quote
from core.domain.prompt import Touch
from core.domain.record import Json

WORDS = "words"
LONGEST_CHANGE = 600
"""Characters a model is told; what is longer was not meant as a change of a picture."""
ON_PICTURE = (Touch.DARKER_BACKGROUND, Touch.BRIGHTER_BACKGROUND, Touch.BLUR_BACKGROUND, Touch.SIMPLER)
ON_PERSON = (
    Touch.DARKER_BACKGROUND,
    Touch.BIGGER_SMILE,
    Touch.STRONGER_EMOTION,
    Touch.MORE_LIGHT_ON_FACE,
    Touch.SIMPLER,
    Touch.FIX_FACE,
)
"""What buttons offer; everything else can be typed."""


def replied(talk: Talk, text: str) -> Turn:
    """Words sent as a reply to a variant: how its picture is to change, for the price on the button, or its new
    headline."""
    facts, voice = talk.world.variant, talk.voice
    if facts is None or facts.deleted:
        return rework.gone(talk)
    if mark.takes_back(talk, facts, text):
        return mark.taken_back(talk, facts)
    words = answer.clean(text)[:LONGEST_CHANGE]
    talk = talk.having(changing_for="", changing_at=0, quoted=words, quoted_for=facts.code)
    quote = _edit_quote(talk, facts)
    headline = button(
        voice.say("button.use_as_headline", price=offer.tag(voice, 0, talk.world.catalogue)), EditText(facts.code)
    )
    cancel = button(voice.say("button.cancel"), Run("cancel"))
    if quote is None:
        vibe = button(voice.say("button.change_vibe", price=redraw.price_tag(talk, facts)), ChangeVibe(facts.code))
        told = f"{voice.say('edit_text.replied', text=card.cut(words))} {voice.say('retouch.nobody')}"
        return _answered(talk, facts, told, headline, vibe, cancel)
    change = button(
        voice.say("button.retouch_words", price=offer.tag(voice, quote.credits, talk.world.catalogue)),
        Retouch(facts.code, f"{WORDS}.{quote.credits}"),
        Style.PRIMARY,
    )
    asked = voice.say("retouch.replied", number=facts.position + 1, words=card.cut(words))
    return _answered(talk, facts, asked, change, headline, cancel)


def replied_to_several(talk: Talk, text: str, codes: tuple[str, ...]) -> Turn:
    """Words sent as a reply to a whole set: which of its pictures are they about?"""
    voice, words = talk.voice, answer.clean(text)[:LONGEST_CHANGE]
    talk = talk.having(changing_for="", changing_at=0, quoted=words, quoted_for="")
    buttons = [
        button(voice.say("button.number", number=number), Retouch(code, WORDS)) for number, code in enumerate(codes, 1)
    ]
    cancel = button(voice.say("button.cancel"), Run("cancel"))
    view = NoticeView(
        text=voice.say("retouch.which", words=card.cut(words)),
        rows=(*rows(*buttons, width=len(buttons)), *rows(cancel)),
        slot=rework.choice_slot(codes[0]),
    )
    return Turn(talk.session, (view,))


def _answered(talk: Talk, facts: VariantFacts, text: str, *buttons: Button) -> Turn:
    view = NoticeView(text=text, rows=rows(*buttons), slot=rework.choice_slot(facts.code))
    return Turn(talk.session, (view,))


def _edit_quote(talk: Talk, facts: VariantFacts) -> Quote | None:
    return offer.edit(facts.recipe.brief, facts.recipe.model, talk.world.catalogue)


def pressed(talk: Talk, facts: VariantFacts, change: str) -> Turn:
    """What a button said, once, while its question stands: a second tap finds the question answered."""
    asked, said, pays = rework.parse(change)
    quote, session = _edit_quote(talk, facts), talk.session
    if asked == WORDS and session.quoted and not said and not session.quoted_for:
        return replied(talk, session.quoted)
    if quote is None:
        return _cannot(talk, facts)
    words = session.quoted if session.quoted_for == facts.code else ""
    wanted: dict[str, Json] = {}
    if asked == WORDS and words:
        wanted = {"words": words}
    elif asked in list(Touch) and session.changing_for == facts.code:
        wanted = {"touch": asked}
    if not wanted:
        return _ask_change(talk, facts, quote)
    if str(quote.credits) != said:
        return _ask_change(talk, facts, quote, rework.repriced(talk, said, quote))
    own = None if pays else Retouch(facts.code, f"{asked}.{said}{rework.OWN}")
    return rework.place(talk, facts, JobKind.EDIT_PROMPT, facts.recipe.brief, quote, own, **wanted)


def described(talk: Talk, text: str) -> Turn:
    """What the picture is to become, in words, after the question that said the price."""
    facts, said = talk.world.variant, talk.session.changing_at
    if facts is None or facts.deleted:
        return rework.gone(talk.briefing())
    if mark.takes_back(talk, facts, text):
        return mark.taken_back(talk, facts)
    quote, words = _edit_quote(talk, facts), answer.clean(text)[:LONGEST_CHANGE]
    if quote is None:
        return _cannot(talk, facts)
    if not words:
        return _ask_change(talk, facts, quote, talk.voice.say("note.empty"))
    if quote.credits != said:
        return _ask_change(talk, facts, quote, rework.repriced(talk, str(said), quote))
    talk = talk.having(quoted=words, quoted_for=facts.code)
    own = Retouch(facts.code, f"{WORDS}.{quote.credits}{rework.OWN}")
    return rework.place(talk, facts, JobKind.EDIT_PROMPT, facts.recipe.brief, quote, own, words=words)


def _cannot(talk: Talk, facts: VariantFacts) -> Turn:
    voice = talk.voice
    ways = (
        button(voice.say("button.edit_text", price=offer.tag(voice, 0, talk.world.catalogue)), EditText(facts.code)),
        button(voice.say("button.change_vibe", price=redraw.price_tag(talk, facts)), ChangeVibe(facts.code)),
        button(voice.say("button.show"), OpenVariant(facts.code)),
    )
    return _answered(talk.unasked(), facts, voice.say("retouch.nobody"), *ways)


def _ask_change(talk: Talk, facts: VariantFacts, quote: Quote, note: str = "") -> Turn:
    voice, price = talk.voice, offer.price(talk.voice, quote.credits)
    talk = talk.unasked().having(changing_for=facts.code, changing_at=quote.credits)
    view = FormView(
        draft="",
        question="retouch",
        kind=FieldKind.TEXT,
        text=voice.say("retouch.ask", number=facts.position + 1, price=price),
        note=note,
        options=tuple(
            Option(
                voice.say("button.priced", what=voice.say(f"touch.{touch}"), price=price),
                touch,
                Retouch(facts.code, f"{touch}.{quote.credits}").pack(),
            )
            for touch in (ON_PERSON if facts.recipe.brief.selfies else ON_PICTURE)
        ),
        rows=rows(button(voice.say("button.cancel"), Run("cancel"))),
        slot=rework.choice_slot(facts.code),
    )
    return Turn(talk.session, (view,))
