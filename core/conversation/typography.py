"""The type of a finished picture: one card of what it has, and a question for each part of it."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from core.conversation import card
from core.conversation.action import OpenVariant, Restyle
from core.conversation.prose import clip
from core.conversation.talk import Talk, button, rows
from core.conversation.texts import Speaker
from core.conversation.view import Button, Fact, FieldKind, FormView, Option, TextView
from core.conversation.world import VariantFacts
from core.domain import typeface
from core.domain.brief import Brief, Highlight, Outline, TypeMood
from core.domain.restyle import EFFECTS, NONE, OFF, Shadow, Style, outline_of, packed, shadow_of
from core.domain.word import bare

GROUPS = (Style.MOOD, Style.EFFECT, Style.OUTLINE, Style.SHADOW, Style.HIGHLIGHT)
VALUES: dict[Style, tuple[str, ...]] = {
    Style.MOOD: tuple(TypeMood),
    Style.EFFECT: EFFECTS,
    Style.OUTLINE: (NONE, *Outline),
    Style.SHADOW: tuple(Shadow),
    Style.HIGHLIGHT: tuple(Highlight),
}
_QUESTIONS = {
    Style.MOOD: "type_mood",
    Style.EFFECT: "type_effects",
    Style.OUTLINE: "outline",
    Style.HIGHLIGHT: "highlight",
}
"""Whose options are called the same in the questionnaire."""
_MOST_WORDS = 12
"""Of a headline, that get a button each."""
_LABEL = 40


def menu(talk: Talk, facts: VariantFacts, slot: str) -> TextView:
    """What its type is now, and a button for each part."""
    voice, brief = talk.voice, facts.recipe.brief
    return TextView(
        title=voice.say("type.title", number=facts.position + 1),
        text="\n".join(departures(voice, facts)),
        facts=tuple(Fact(name=voice.say(f"type.{what}.name"), value=_spoken(voice, what, brief)) for what in GROUPS),
        rows=rows(
            *(button(voice.say(f"type.{what}.name"), Restyle(facts.code, what.value)) for what in GROUPS),
            button(voice.say("button.show"), OpenVariant(facts.code)),
        ),
        slot=slot,
    )


def question(talk: Talk, facts: VariantFacts, what: Style, brief: Brief, slot: str) -> FormView:
    """One part of it; `brief` is what is chosen, which the picture may not show yet."""
    voice, code = talk.voice, facts.code
    words = tuple(_words(voice, facts, brief)) if what is Style.HIGHLIGHT else ()
    return FormView(
        draft="",
        question=f"type.{what}",
        kind=FieldKind.CHOICE,
        text=voice.say(f"type.{what}.ask"),
        options=tuple(
            Option(label, value, Restyle(code, packed(what, value)).pack(), chosen)
            for label, value, chosen in _offered(voice, what, brief)
        ),
        rows=(*rows(*words), *rows(button(voice.say("button.back"), Restyle(code)))),
        slot=slot,
    )


def departures(voice: Speaker, *variants: VariantFacts) -> tuple[str, ...]:
    """Where the type is not what was asked for, and why; each sentence once."""
    return tuple(dict.fromkeys(said for facts in variants for part in _PARTS if (said := part(voice, facts))))


def _stand_in(voice: Speaker, facts: VariantFacts) -> str:
    """Another face: this one has not all the headline's letters, or is too wide for them."""
    brief, asked = facts.recipe.brief, typeface.asked(facts.recipe.brief)
    if not asked or not facts.face or facts.face in asked:
        return ""
    by_brand = brief.type_mood is TypeMood.AUTO
    wanted = typeface.name(brief.brand_font) if by_brand else card.label(voice, "type_mood", brief.type_mood)
    face = typeface.name(facts.face)
    if facts.squeezed:
        return voice.say("type.squeezed", wanted=wanted, face=face)
    return voice.say("type.stand_in", wanted=wanted, face=face)


def _unboxed(voice: Speaker, facts: VariantFacts) -> str:
    boxed = facts.recipe.brief.highlight is Highlight.BOX
    return voice.say("type.unboxed") if boxed and facts.mark not in ("", Highlight.BOX) else ""


def _without(voice: Speaker, facts: VariantFacts) -> str:
    """Effects that were asked for and would have made the words illegible."""
    taken = [effect for effect in facts.recipe.brief.type_effects if effect in facts.without]
    names = ", ".join(card.label(voice, "type_effects", effect) for effect in taken)
    return voice.say("type.without", effects=names) if names else ""


def _left_out(voice: Speaker, facts: VariantFacts) -> str:
    """The small line, which nobody could have read."""
    return voice.say("type.bare") if facts.bare else ""


_PARTS = (_stand_in, _unboxed, _without, _left_out)


def _offered(voice: Speaker, what: Style, brief: Brief) -> Iterator[tuple[str, str, bool]]:
    """Label, value of the change, and whether it is so already."""
    now = _now(what, brief)
    for value in VALUES[what]:
        change = OFF + value if what is Style.EFFECT and value in now else value
        yield _label(voice, what, value, brief), change, value in now


def _now(what: Style, brief: Brief) -> Collection[str]:
    match what:
        case Style.MOOD:
            return (brief.type_mood,)
        case Style.EFFECT:
            return brief.type_effects
        case Style.OUTLINE:
            return (outline_of(brief),)
        case Style.SHADOW:
            return (shadow_of(brief),)
        case Style.HIGHLIGHT:
            return (brief.highlight,)
        case Style.WORD:
            return (str(brief.key_word),)


def _label(voice: Speaker, what: Style, value: str, brief: Brief) -> str:
    if what is Style.MOOD and value == TypeMood.AUTO and brief.brand_font in typeface.NAMES:
        return typeface.name(brief.brand_font)
    if what is Style.SHADOW or (what is Style.OUTLINE and value == NONE):
        return voice.say(f"type.shadow.{value}")
    return card.label(voice, _QUESTIONS[what], value)


def _words(voice: Speaker, facts: VariantFacts, brief: Brief) -> Iterator[Button]:
    """The words that are shown, each of which may be the one that stands out, and whichever suits."""
    shown = set(map(bare, facts.recipe.headline.split()[: brief.word_cap or None])) - {""}
    asked = enumerate(brief.words.split(), 1)
    named = [(number, word) for number, word in asked if bare(word) in shown][:_MOST_WORDS]
    if len(named) < 2:
        return
    for number, word in ((0, voice.say("type.word_auto")), *named):
        label = voice.say("type.chosen", what=word) if number == brief.key_word else word
        yield button(clip(label, _LABEL), Restyle(facts.code, packed(Style.WORD, str(number))))


def _spoken(voice: Speaker, what: Style, brief: Brief) -> str:
    said = [label for label, _, chosen in _offered(voice, what, brief) if chosen]
    if what is Style.HIGHLIGHT and 0 < brief.key_word <= len(words := brief.words.split()):
        said.append(f"“{words[brief.key_word - 1]}”")
    return " · ".join(said) or voice.say("option.empty")
