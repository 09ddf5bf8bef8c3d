"""Marks on a finished variant: pinned, taken back, deleted."""

from __future__ import annotations

from dataclasses import replace

from core.conversation import answer, rework, variant
from core.conversation.action import Delete, OpenVariant, Pin, Undo
from core.conversation.effect import MarkVariant
from core.conversation.talk import Talk, button, rows
from core.conversation.turn import Turn
from core.conversation.view import GalleryView, NoticeView, Style, Tone
from core.conversation.world import VariantFacts


def pressed(talk: Talk, facts: VariantFacts, action: Pin | Undo | Delete) -> Turn:
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
    view = NoticeView(text=text, rows=rows(back), slot=rework.choice_slot(facts.code))
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


def takes_back(talk: Talk, facts: VariantFacts, text: str) -> bool:
    """Whether words about a picture that was changed say no more than Undo."""
    said = answer.clean(text).casefold().rstrip(".!")
    return bool(facts.previous) and said in talk.voice.say("retouch.undo_words").split(", ")


def taken_back(talk: Talk, facts: VariantFacts) -> Turn:
    turn = _undo(talk.unasked(), facts)
    views = tuple(replace(view, retires=(rework.choice_slot(facts.code),)) for view in turn.views)
    return replace(turn, views=views)


def _delete(talk: Talk, facts: VariantFacts, *, sure: bool) -> Turn:
    voice, slot = talk.voice, rework.choice_slot(facts.code)
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
