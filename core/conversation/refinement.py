"""Refinements: what is done to a finished variant or job, by a press or in words."""

from __future__ import annotations

from dataclasses import replace

from core.conversation import answer, card, errand, offer, order, receipt, scoring, typography, variant
from core.conversation.action import (
    Action,
    Again,
    AltText,
    BeforeAfter,
    BestThree,
    CancelJob,
    ChangeVibe,
    Delete,
    DownloadAll,
    EditText,
    FeedPreview,
    GetFile,
    Info,
    OpenVariant,
    OtherSize,
    Pin,
    Reroll,
    Restyle,
    Retouch,
    Run,
    SameLook,
    Score,
    Share,
    Undo,
    Upscale,
)
from core.conversation.answer import Accepted, Unfit
from core.conversation.draft import next_step
from core.conversation.effect import CancelJobs, MarkVariant, Order
from core.conversation.event import Photo
from core.conversation.script import PER_VIDEO
from core.conversation.talk import Talk, button, rows
from core.conversation.turn import Turn
from core.conversation.view import (
    Button,
    FieldKind,
    FormView,
    GalleryView,
    NoticeView,
    Option,
    Row,
    Style,
    TextView,
    Tone,
    Topic,
    View,
)
from core.conversation.world import JobFacts, Limit, VariantFacts
from core.domain import series
from core.domain.brief import Brief, FileType, Vibe
from core.domain.concern import Concern
from core.domain.format import FORMATS, Quality
from core.domain.guild import Payer
from core.domain.job import JobKind
from core.domain.price import Quote
from core.domain.prompt import Touch
from core.domain.record import Json, to_record
from core.domain.restyle import Style as Part
from core.domain.restyle import restyled

VariantAction = (
    OpenVariant
    | EditText
    | ChangeVibe
    | Reroll
    | Retouch
    | Restyle
    | Upscale
    | OtherSize
    | GetFile
    | FeedPreview
    | Score
    | Info
    | Share
    | AltText
    | Pin
    | SameLook
    | Undo
    | BeforeAfter
    | Delete
)
JobAction = CancelJob | Again | DownloadAll | BestThree

CHOICE, WORDS = "choice:", "words"
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


def pressed(talk: Talk, action: VariantAction) -> Turn:
    facts = talk.world.variant
    if facts is None or facts.deleted:
        return gone(talk)
    match action:
        case OpenVariant() | Info() | BeforeAfter() | FeedPreview() | Score() | Share():
            return _shown(talk, facts, action)
        case AltText():
            return errand.look(talk, facts)
        case Pin() | Undo() | Delete():
            return _marked(talk, facts, action)
        case EditText() | Restyle() | SameLook():
            return _worded_anew(talk, facts, action)
        case ChangeVibe():
            return _change_vibe(talk, facts, action.vibe)
        case Reroll():
            return _reroll(talk, facts, action.credits)
        case Retouch():
            return _retouch(talk, facts, action.change)
        case Upscale() | OtherSize() | GetFile():
            return _made_of(talk, facts, action)


# -- looking at it -------------------------------------------------------------------------------------------------


def _shown(
    talk: Talk, facts: VariantFacts, action: OpenVariant | Info | BeforeAfter | FeedPreview | Score | Share
) -> Turn:
    voice, catalogue = talk.voice, talk.world.catalogue
    match action:
        case OpenVariant():
            return Turn(talk.session, (variant.alone(voice, facts, catalogue),))
        case Info():
            return Turn(talk.session, (info_view(talk, facts),))
        case Share():
            return _shared(talk, facts)
        case FeedPreview():
            return _free_work(talk, facts, JobKind.FEED_PREVIEW)
        case Score():
            return scored(talk, facts)
        case BeforeAfter():
            earlier = variant.earlier(facts)
            if earlier is None:
                return talk.toast(voice.say("variant.first_version"))
            before, now = (
                replace(variant.bare(voice, earlier, catalogue), variant="", caption=voice.say("variant.before")),
                replace(variant.bare(voice, facts, catalogue), caption=voice.say("variant.after")),
            )
            undo = rows(button(voice.say("button.undo"), Undo(facts.code)))
            return Turn(talk.session, (GalleryView(pictures=(before, now), rows=undo),))


def _shared(talk: Talk, facts: VariantFacts) -> Turn:
    member = talk.world.member
    if member and not member.posts:
        return talk.toast(talk.voice.say("server.no_posting"), Tone.WARNING)
    topic = None
    if member and len(member.channels) == 1:  # within a thread nothing begins another one
        topic = Topic(facts.job, facts.recipe.brief.headline, closed=not member.threads)
    return Turn(talk.session, (variant.shared(talk.voice, facts, talk.world.catalogue, topic),))


def scored(talk: Talk, facts: VariantFacts) -> Turn:
    """Measured by the worker, on the picture as it is now; which one it shall be is asked no more."""
    return _free_work(talk.having(judging=False), facts, JobKind.SCORE)


def info_view(talk: Talk, facts: VariantFacts) -> TextView:
    """A message of its own: no question about the variant takes its place."""
    voice = talk.voice
    return TextView(
        title=voice.say("info.title"),
        text=variant.info(voice, facts, talk.world.catalogue),
        copy=series.encode(facts.recipe),
        facts=receipt.searches(voice, (facts,)),
        chips=receipt.chips((facts,)),
        rows=rows(
            button(voice.say("button.show"), OpenVariant(facts.code)),
            button(voice.say("button.alt"), AltText(facts.code)),
            button(voice.say("button.same_look"), SameLook(facts.code)),
        ),
    )


_WHICH: dict[str, type[Info | OpenVariant | Score]] = {"info": Info, "refine": OpenVariant, "score": Score}


def which(talk: Talk, command: str, codes: tuple[str, ...]) -> Turn:
    """Several pictures may be meant by `/info`, `/refine` or `/score`: one button each. One that is sent to be scored
    instead of pressing is an answer as well."""
    action = _WHICH[command]
    buttons = [
        button(talk.voice.say("button.number", number=number), action(code)) for number, code in enumerate(codes, 1)
    ]
    if command == "score":
        buttons.append(button(talk.voice.say("button.score_another"), Run("score", scoring.ANOTHER)))
    text = talk.voice.say("score.which" if command == "score" else "info.which")
    return Turn(talk.having(judging=command == "score").session, (TextView(text=text, rows=rows(*buttons, width=6)),))


# -- marks ---------------------------------------------------------------------------------------------------------


def _marked(talk: Talk, facts: VariantFacts, action: Pin | Undo | Delete) -> Turn:
    match action:
        case Pin():
            return _pin(talk, facts, pinned=action.on == "1")
        case Undo():
            return _undo(talk, facts)
        case Delete():
            return _delete(talk, facts, sure=bool(action.sure))


def _pin(talk: Talk, facts: VariantFacts, *, pinned: bool) -> Turn:
    voice = talk.voice
    text = voice.say("variant.pinned" if pinned else "variant.unpinned")
    back = button(voice.say("button.unpin" if pinned else "button.pin"), Pin(facts.code, "0" if pinned else "1"))
    view = NoticeView(text=text, rows=rows(back), slot=choice_slot(facts.code))
    return Turn(talk.session, (view,), (MarkVariant(variant=facts.code, pinned=pinned),))


def _undo(talk: Talk, facts: VariantFacts) -> Turn:
    if not facts.previous:
        return talk.toast(talk.voice.say("variant.first_version"))
    effect, earlier = MarkVariant(variant=facts.code, current=facts.previous), variant.earlier(facts)
    if earlier is None:
        return Turn(
            talk.session, effects=(effect,), toast=NoticeView(text=talk.voice.say("variant.undone"), toast=True)
        )
    shown = variant.picture(talk.voice, earlier, talk.world.catalogue)
    view = GalleryView(pictures=(shown,), text=talk.voice.say("variant.undone"))
    return Turn(talk.session, (view,), (effect,))


def _takes_back(talk: Talk, facts: VariantFacts, text: str) -> bool:
    """Whether words about a picture that was changed say no more than Undo."""
    said = answer.clean(text).casefold().rstrip(".!")
    return bool(facts.previous) and said in talk.voice.say("retouch.undo_words").split(", ")


def _taken_back(talk: Talk, facts: VariantFacts) -> Turn:
    turn = _undo(talk.unasked(), facts)
    views = tuple(replace(view, retires=(choice_slot(facts.code),)) for view in turn.views)
    return replace(turn, views=views)


def _delete(talk: Talk, facts: VariantFacts, *, sure: bool) -> Turn:
    voice, slot = talk.voice, choice_slot(facts.code)
    if sure:
        view = NoticeView(text=voice.say("variant.deleted"), slot=slot)
        return Turn(talk.session, (view,), (MarkVariant(variant=facts.code, deleted=True),))
    ask = NoticeView(
        text=voice.say("variant.delete_sure", number=facts.position + 1, headline=facts.recipe.brief.headline),
        tone=Tone.WARNING,
        rows=rows(
            button(voice.say("button.delete_sure"), Delete(facts.code, "1"), Style.DANGER),
            button(voice.say("button.keep"), OpenVariant(facts.code)),
        ),
        slot=slot,
    )
    return Turn(talk.session, (ask,))


# -- drawing it again ----------------------------------------------------------------------------------------------


def _refine(
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
        if quote.credits > talk.world.wallet.available:
            return _insufficient(talk, facts, replace(made, payer=Payer.PERSON), why)
        return _unpaid(talk, facts, quote, why, own)
    if quote.credits > talk.world.purse(payer).available:
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


def _free_work(talk: Talk, facts: VariantFacts, kind: JobKind, brief: Brief | None = None, **options: Json) -> Turn:
    brief = brief or facts.recipe.brief
    return _refine(talk, facts, kind, brief, offer.retype(brief, facts.recipe.model), **options)


def _unpaid(talk: Talk, facts: VariantFacts, quote: Quote, why: str, own: Action) -> Turn:
    """The question stays open: what was said to it is what will be done."""
    pay = button(order.own_label(talk.voice, quote.credits), own, Style.PRIMARY)
    return _choice(talk, facts, why, rows(pay, button(talk.voice.say("button.show"), OpenVariant(facts.code))))


def _insufficient(talk: Talk, facts: VariantFacts, made: Order, why: str = "") -> Turn:
    """Not enough for a model to draw it again; our own layers still change for nothing. `why`: nobody else pays."""
    voice = talk.voice
    way_on = rows(
        button(voice.say("button.edit_text", price=offer.tag(voice, 0, talk.world.catalogue)), EditText(facts.code)),
        button(voice.say("button.balance"), Run("balance")),
    )
    view = replace(order.missing(talk, made.quote.credits, why), rows=way_on)
    return Turn(order.lacking(talk.unasked(), (made,)).session, (view,))


def _worded_anew(talk: Talk, facts: VariantFacts, action: EditText | Restyle | SameLook) -> Turn:
    match action:
        case SameLook():
            return _same_look(talk, facts)
        case Restyle():
            return _restyle(talk, facts, action.change)
        case EditText():
            return _edit_text(talk, facts, action.words)


def _edit_text(talk: Talk, facts: VariantFacts, words: str) -> Turn:
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
        slot=choice_slot(facts.code),
        retires=(choice_slot(facts.code),),
    )


def retyped(talk: Talk, text: str) -> Turn:
    """The new headline of the variant that is being typed for, or that was replied to."""
    facts = talk.world.variant
    if facts is None or facts.deleted:
        return gone(talk.briefing())
    verdict = answer.headline(text)
    note = card.noted(talk.voice, verdict.note, verdict.values)
    if isinstance(verdict, Unfit):
        talk = talk.unasked().having(typing_for=facts.code)
        return Turn(talk.session, (_typing_form(talk, facts, note),))
    assert isinstance(verdict, Accepted)
    headline = str(verdict.record)
    turn = _free_work(talk, facts, JobKind.EDIT_TEXT, replace(facts.recipe.brief, headline=headline), headline=headline)
    if note and turn.effects:
        return replace(turn, views=(NoticeView(text=note, tone=Tone.WARNING), *turn.views))
    return turn


def _restyle(talk: Talk, facts: VariantFacts, change: str) -> Turn:
    """The card of its type, one part of it, or that part changed: the question stays, for whoever wants another."""
    what, _, value = change.partition(".")
    slot, talk = choice_slot(facts.code), talk.unasked()
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
    turn = _free_work(talk, facts, JobKind.RESTYLE, brief, change=change)
    return replace(turn, views=(question, *turn.views)) if turn.effects else turn


def replied(talk: Talk, text: str) -> Turn:
    """Words sent as a reply to a variant: how its picture is to change, for the price on the button, or its new
    headline."""
    facts, voice = talk.world.variant, talk.voice
    if facts is None or facts.deleted:
        return gone(talk)
    if _takes_back(talk, facts, text):
        return _taken_back(talk, facts)
    words = answer.clean(text)[:LONGEST_CHANGE]
    talk = talk.having(changing_for="", changing_at=0, quoted=words, quoted_for=facts.code)
    quote = _edit_quote(talk, facts)
    headline = button(
        voice.say("button.use_as_headline", price=offer.tag(voice, 0, talk.world.catalogue)), EditText(facts.code)
    )
    cancel = button(voice.say("button.cancel"), Run("cancel"))
    if quote is None:
        vibe = button(voice.say("button.change_vibe", price=_redraw_price(talk, facts)), ChangeVibe(facts.code))
        return _answered(talk, facts, f"{_headline_asked(talk, words)} {_no_editor(talk)}", headline, vibe, cancel)
    change = button(
        voice.say("button.retouch_words", price=offer.tag(voice, quote.credits, talk.world.catalogue)),
        Retouch(facts.code, f"{WORDS}.{quote.credits}"),
        Style.PRIMARY,
    )
    asked = voice.say("retouch.replied", number=facts.position + 1, words=_shown_words(words))
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
        text=voice.say("retouch.which", words=_shown_words(words)),
        rows=(*rows(*buttons, width=len(buttons)), *rows(cancel)),
        slot=choice_slot(codes[0]),
    )
    return Turn(talk.session, (view,))


def _answered(talk: Talk, facts: VariantFacts, text: str, *buttons: Button) -> Turn:
    view = NoticeView(text=text, rows=rows(*buttons), slot=choice_slot(facts.code))
    return Turn(talk.session, (view,))


def _headline_asked(talk: Talk, words: str) -> str:
    return talk.voice.say("edit_text.replied", text=_shown_words(words))


def _shown_words(words: str) -> str:
    return words if len(words) <= card.SHOWN_LENGTH else words[: card.SHOWN_LENGTH - 1].rstrip() + "…"


# -- changing the picture ------------------------------------------------------------------------------------------


def _edit_quote(talk: Talk, facts: VariantFacts) -> Quote | None:
    return offer.edit(facts.recipe.brief, facts.recipe.model, talk.world.catalogue)


def _no_editor(talk: Talk) -> str:
    """What is missing, where it is had, and what works without."""
    return talk.voice.say("retouch.nobody")


def _retouch(talk: Talk, facts: VariantFacts, change: str) -> Turn:
    """What a button said, once, while its question stands: a second tap finds the question answered."""
    asked, said, pays = _offer(change)
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
        return _ask_change(talk, facts, quote, _repriced(talk, said, quote))
    own = None if pays else Retouch(facts.code, f"{asked}.{said}{OWN}")
    return _refine(talk, facts, JobKind.EDIT_PROMPT, facts.recipe.brief, quote, own, **wanted)


def described(talk: Talk, text: str) -> Turn:
    """What the picture is to become, in words, after the question that said the price."""
    facts, said = talk.world.variant, talk.session.changing_at
    if facts is None or facts.deleted:
        return gone(talk.briefing())
    if _takes_back(talk, facts, text):
        return _taken_back(talk, facts)
    quote, words = _edit_quote(talk, facts), answer.clean(text)[:LONGEST_CHANGE]
    if quote is None:
        return _cannot(talk, facts)
    if not words:
        return _ask_change(talk, facts, quote, talk.voice.say("note.empty"))
    if quote.credits != said:
        return _ask_change(talk, facts, quote, _repriced(talk, str(said), quote))
    talk = talk.having(quoted=words, quoted_for=facts.code)
    own = Retouch(facts.code, f"{WORDS}.{quote.credits}{OWN}")
    return _refine(talk, facts, JobKind.EDIT_PROMPT, facts.recipe.brief, quote, own, words=words)


def _cannot(talk: Talk, facts: VariantFacts) -> Turn:
    voice = talk.voice
    ways = (
        button(voice.say("button.edit_text", price=offer.tag(voice, 0, talk.world.catalogue)), EditText(facts.code)),
        button(voice.say("button.change_vibe", price=_redraw_price(talk, facts)), ChangeVibe(facts.code)),
        button(voice.say("button.show"), OpenVariant(facts.code)),
    )
    return _answered(talk.unasked(), facts, _no_editor(talk), *ways)


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
        slot=choice_slot(facts.code),
    )
    return Turn(talk.session, (view,))


# -- drawn anew ----------------------------------------------------------------------------------------------------


def _redraw(talk: Talk, facts: VariantFacts) -> Quote:
    return offer.redraw(facts.recipe.brief, facts.recipe.model, talk.world.catalogue)


def _redraw_price(talk: Talk, facts: VariantFacts) -> str:
    return offer.tag(talk.voice, _redraw(talk, facts).credits, talk.world.catalogue)


def _choice(talk: Talk, facts: VariantFacts, text: str, choices: tuple[Row, ...]) -> Turn:
    view = TextView(text=text, rows=choices, slot=choice_slot(facts.code))
    return Turn(talk.session, (view,))


def _change_vibe(talk: Talk, facts: VariantFacts, wanted: str) -> Turn:
    name, said, pays = _offer(wanted)
    voice, catalogue = talk.voice, talk.world.catalogue
    if name not in list(catalogue.vibes()):
        text = voice.say("variant.which_vibe" if not name else "variant.vibe_gone")
        return _choice(talk, facts, text, variant.vibe_rows(voice, facts, catalogue))
    brief = replace(facts.recipe.brief, vibe=Vibe(name))
    quote = offer.redraw(brief, facts.recipe.model, catalogue)
    if str(quote.credits) != (said or "0"):
        text = _repriced(talk, said, quote)
        return _choice(talk, facts, text, variant.vibe_rows(voice, facts, catalogue))
    own = None if pays else ChangeVibe(facts.code, f"{name}.{quote.credits}{OWN}")
    return _refine(talk, facts, JobKind.CHANGE_VIBE, brief, quote, own, vibe=name)


def _reroll(talk: Talk, facts: VariantFacts, offered: str) -> Turn:
    _, said, pays = _offer(f".{offered}")
    quote = _redraw(talk, facts)
    if str(quote.credits) != (said or "0"):
        label = talk.voice.say("button.reroll", price=_redraw_price(talk, facts))
        again: Button = button(label, Reroll(facts.code, str(quote.credits)))
        return _choice(talk, facts, _repriced(talk, said, quote), rows(again))
    own = None if pays else Reroll(facts.code, f"{quote.credits}{OWN}")
    return _refine(talk, facts, JobKind.REROLL, facts.recipe.brief, quote, own)


def _offer(text: str) -> tuple[str, str, bool]:
    """What a button offers, the credits it said, and whether it says that the person pays where the server would."""
    what, _, said = text.removesuffix(OWN).partition(".")
    return what, said, text.endswith(OWN)


def _repriced(talk: Talk, said: str, quote: Quote) -> str:
    old = offer.price(talk.voice, int(said) if said.isdecimal() else 0)
    return talk.voice.say("price.changed", old=old, new=offer.price(talk.voice, quote.credits))


def _made_of(talk: Talk, facts: VariantFacts, action: Upscale | OtherSize | GetFile) -> Turn:
    match action:
        case Upscale():
            return _upscale(talk, facts)
        case OtherSize():
            return _other_size(talk, facts, action.format)
        case GetFile():
            return _get_file(talk, facts, action.type)


def _upscale(talk: Talk, facts: VariantFacts) -> Turn:
    brief = replace(facts.recipe.brief, quality=Quality.FOUR_K)
    if not variant.larger(facts):
        return talk.toast(talk.voice.say("variant.largest"))
    return _free_work(talk, facts, JobKind.UPSCALE, brief)


def _other_size(talk: Talk, facts: VariantFacts, name: str) -> Turn:
    if name == variant.ALL_SIZES:
        return _free_work(talk, facts, JobKind.ALL_SIZES)
    if name not in FORMATS:
        return _choice(
            talk,
            facts,
            talk.voice.say("variant.which_size"),
            variant.size_rows(talk.voice, facts, talk.world.catalogue),
        )
    return _free_work(talk, facts, JobKind.RESIZE, replace(facts.recipe.brief, format=name), format=name)


def _get_file(talk: Talk, facts: VariantFacts, kind: str) -> Turn:
    if kind not in list(FileType):
        uses = (talk.voice.say(f"file_use.{one}") for one in FileType)
        text = "\n".join((talk.voice.say("variant.which_file"), *uses))
        return _choice(talk, facts, text, variant.file_rows(talk.voice, facts))
    return _free_work(talk, facts, JobKind.FILE, type=kind)


# -- jobs ----------------------------------------------------------------------------------------------------------


def job_pressed(talk: Talk, action: JobAction) -> Turn:
    job = talk.world.job
    if job is None:
        return gone_job(talk)
    match action:
        case CancelJob():
            return _cancel_job(talk, job)
        case Again():
            return _again(talk, job)
        case DownloadAll():
            return _packed(talk, job, JobKind.DOWNLOAD_ALL)
        case BestThree():
            return _packed(talk, job, JobKind.BEST_THREE)


def gone_job(talk: Talk) -> Turn:
    voice = talk.voice
    way_on = rows(button(voice.say("button.jobs"), Run("jobs")), button(voice.say("button.new"), Run("new")))
    view = NoticeView(text=voice.say("expired.job"), tone=Tone.WARNING, rows=way_on, slot="expired")
    toast = NoticeView(text=voice.say("expired.button"), tone=Tone.WARNING, toast=True)
    return Turn(talk.session, (view,), toast=toast)


def _cancel_job(talk: Talk, job: JobFacts) -> Turn:
    if job.status.ended:
        return talk.toast(talk.voice.say("cancel.ended"))
    toast = NoticeView(text=talk.voice.say("cancel.job"), toast=True)
    return Turn(talk.session, effects=(CancelJobs(job=job.code),), toast=toast)


def _again(talk: Talk, job: JobFacts) -> Turn:
    """The same brief as a new draft: its card shows today's price before anything is ordered."""
    if job.recipe is None:
        return gone_job(talk)
    brief = job.recipe.brief
    after = (
        talk.closed()
        .drafting()
        .having(
            answers=_told(brief),
            photos=_sent(brief),
            without_person=not brief.selfies,
            accepted_concerns=True,
        )
    )
    return next_step(after)


def _same_look(talk: Talk, facts: VariantFacts) -> Turn:
    """A brief with everything but the words; the headline is what is asked for."""
    brief = facts.recipe.brief
    told = {name: value for name, value in _told(brief).items() if name not in PER_VIDEO}
    code = series.encode(facts.recipe)
    found = series.decode(code)
    assert isinstance(found, series.Series)
    after = (
        talk.closed()
        .drafting()
        .having(
            answers={**told, **found.answers, "series": code},
            photos=_sent(brief),
            without_person=not brief.selfies,
            accepted_concerns=True,
            asking="headline",
        )
    )
    return next_step(after)


def _sent(brief: Brief) -> tuple[Photo, ...]:
    """The selfies in the order they were sent, which is what they are called by."""
    if brief.exhibit and not brief.selfies:
        return (Photo(brief.exhibit, concerns=(Concern.NO_FACE,), faces=0),)
    if not brief.selfie_places:
        return tuple(map(Photo, brief.selfies))
    placed = zip(brief.selfie_places, brief.selfies, strict=True)
    ranks = {place: Photo(asset, rank=rank) for rank, (place, asset) in enumerate(placed, 1)}
    return tuple(ranks[place] for place in sorted(ranks))


def _told(brief: Brief) -> dict[str, Json]:
    """What differs from a plain brief; the selfies are photos again, and the rules choose the word that stands out."""
    plain, record = to_record(Brief()), to_record(replace(brief, selfies=(), selfie_places=(), key_word=0, exhibit=""))
    return {name: value for name, value in record.items() if value != plain[name]}


def _packed(talk: Talk, job: JobFacts, kind: JobKind) -> Turn:
    """Files of a set, as one."""
    if job.recipe is None or not job.variants:
        return gone_job(talk)
    code = talk.code(kind)
    made = Order(
        code=code,
        kind=kind,
        brief=job.recipe.brief,
        quote=offer.retype(job.recipe.brief, job.recipe.model),
        options={"job": job.code},
    )
    waiting: View = order.queued(talk.voice, code, 1, talk.voice.say(f"working.{kind}"))
    return order.place(talk, talk, (made,), waiting)
