"""The type of a finished picture, by buttons: what it has, what else there is, and each in three presses at most."""

from dataclasses import replace
from typing import Any

import pytest

from core.conversation import prefill, present, variant
from core.conversation.action import Action, OpenVariant, Restyle, Set, parse
from core.conversation.effect import Order, SaveSettings
from core.conversation.texts import speaker
from core.conversation.view import FormView, TextView, View
from core.conversation.world import VariantFacts
from core.domain import typeface
from core.domain.brief import Brief, Highlight, Outline, TypeEffect, TypeMood
from core.domain.job import JobKind
from core.domain.restyle import restyled
from tests.bots.test_parity import in_browser, on_discord, on_telegram, tokens
from tests.conversation.building import WITH_PAID, Chat, buttons, job, recipe, texts, world
from tests.conversation.building import variant as made

CODE = "V" * 10
EN = speaker("en")


def facts(face: str = "Anton-Regular", **brief: Any) -> VariantFacts:
    return made(recipe=replace(recipe(), brief=replace(recipe().brief, **brief)), face=face)


def chat(**brief: Any) -> Chat:
    return Chat(catalogue=WITH_PAID, variant=facts(**brief))


def order(talk: Chat) -> Order:
    (found,) = talk.turn.effects
    assert isinstance(found, Order)
    return found


@pytest.fixture(scope="module")
def walked() -> tuple[dict[str, int], list[View]]:
    """Every change of the type that can be pressed, with the presses it takes from the delivered picture; and the views
    on the way."""
    found: dict[str, int] = {}
    views: list[View] = []
    known: set[str] = set()
    delivered = tokens(variant.alone(EN, facts(), WITH_PAID))
    waiting: list[tuple[Action, int]] = [(parse(token), 1) for token in delivered]
    while waiting:
        action, presses = waiting.pop(0)
        if not isinstance(action, Restyle) or action.pack() in known:
            continue
        known.add(action.pack())
        talk = chat()
        talk.press(action)
        if talk.turn.effects:
            found[str(order(talk).options["change"])] = presses
        else:
            views += talk.turn.views
            waiting += [(parse(one), presses + 1) for view in talk.turn.views for one in tokens(view)]
    return found, views


def test_every_mood_effect_outline_and_highlight_is_three_presses_away(
    walked: tuple[dict[str, int], list[View]],
) -> None:
    found, _ = walked
    assert max(found.values()) <= 3
    briefs = [restyled(facts().recipe.brief, change) for change in found]
    assert {brief.type_mood for brief in briefs} == set(TypeMood)
    assert {effect for brief in briefs for effect in brief.type_effects} == set(TypeEffect)
    assert {brief.outline for brief in briefs} == set(Outline)
    assert {brief.highlight for brief in briefs} == set(Highlight)
    assert {brief.key_word for brief in briefs} == set(range(len(recipe().brief.headline.split()) + 1))
    assert any(TypeEffect.STROKE not in brief.type_effects for brief in briefs), "no outline at all"


def test_on_every_front_end_the_same_can_be_pressed(walked: tuple[dict[str, int], list[View]]) -> None:
    _, views = walked
    assert {type(view) for view in views} == {TextView, FormView}
    for view in (*views, variant.alone(EN, facts(), WITH_PAID)):
        assert tokens(view) <= on_telegram(view) & on_discord(view) & in_browser(view)


def test_a_change_is_free_says_what_it_does_and_leaves_its_question_open() -> None:
    talk = chat()
    talk.press(Restyle(CODE, "mood.comic"))
    made_order = order(talk)
    assert (made_order.kind, made_order.options) == (JobKind.RESTYLE, {"change": "mood.comic"})
    assert (made_order.quote.credits, made_order.brief.type_mood) == (0, TypeMood.COMIC)
    question, working = talk.turn.views
    assert isinstance(question, FormView)
    assert [option.value for option in question.options if option.chosen] == ["comic"]
    assert "Setting the type" in working.text


def test_two_presses_in_a_row_both_hold() -> None:
    brief = restyled(restyled(Brief(), "effect.extrude"), "effect.gradient")
    assert {TypeEffect.EXTRUDE, TypeEffect.GRADIENT} <= {*brief.type_effects}
    assert restyled(brief, "effect.no_extrude").type_effects == restyled(Brief(), "effect.gradient").type_effects


def test_an_outline_or_a_shadow_can_be_taken_off_and_put_on_again() -> None:
    plain = Brief()
    assert TypeEffect.STROKE not in restyled(plain, "outline.none").type_effects
    assert restyled(restyled(plain, "outline.none"), "outline.auto") == plain
    deep = restyled(plain, "shadow.deep")
    assert TypeEffect.DEEP_SHADOW in deep.type_effects and TypeEffect.SHADOW not in deep.type_effects
    assert restyled(restyled(deep, "shadow.none"), "shadow.auto") == plain


def test_a_word_that_is_chosen_stands_out_even_where_nothing_did() -> None:
    assert restyled(Brief(highlight=Highlight.NONE), "word.2") == Brief(key_word=2)


@pytest.mark.parametrize("change", ["mood.papyrus", "effect.no_", "word.x", "outline.", "nonsense.1", "word.1.5"])
def test_what_is_no_change_is_said_and_nothing_is_ordered(change: str) -> None:
    talk = chat()
    talk.press(Restyle(CODE, change))
    assert not talk.turn.effects and (talk.turn.toast or talk.turn.views)


def test_where_another_face_stands_in_it_is_said_with_the_picture_and_in_its_info() -> None:
    said = "Comic has no letters for part of this headline, so Rubik sets it."
    written, lacking = (
        facts("Bangers-Regular", type_mood=TypeMood.COMIC),
        facts("Rubik-Black", type_mood=TypeMood.COMIC),
    )
    ended = job(kind=JobKind.RESTYLE, variants=(CODE,))
    assert said in present.refined(EN, ended, lacking, catalogue=WITH_PAID).text
    assert said in present.set_ready(EN, ended, (lacking, lacking), ordered=2, sheet="s", catalogue=WITH_PAID).text
    assert said in variant.info(EN, lacking, WITH_PAID)
    assert said not in present.refined(EN, ended, written, catalogue=WITH_PAID).text
    assert "Font: Bangers" in variant.info(EN, written, WITH_PAID)
    squeezed = replace(facts("Anton-Regular", type_mood=TypeMood.PIXEL), squeezed=True)
    assert "Pixel is too wide for these words here" in variant.info(EN, squeezed, WITH_PAID)
    blocks = replace(facts(type_effects=(TypeEffect.STROKE, TypeEffect.EXTRUDE)), without=("gradient", "extrude"))
    assert "not be legible with 3D block, so they" in variant.info(EN, blocks, WITH_PAID)
    unboxed = replace(facts(highlight=Highlight.BOX), mark="colour")
    assert "stands out by its colour" in variant.info(EN, unboxed, WITH_PAID)
    branded = facts("Oswald-Bold", brand_font="Pacifico-Regular")
    assert "Pacifico has no letters" in present.refined(EN, ended, branded, catalogue=WITH_PAID).text


def test_the_card_shows_what_the_type_is_now() -> None:
    talk = chat(type_mood=TypeMood.PIXEL, key_word=2, headline="Level up now")
    talk.press(Restyle(CODE))
    (card,) = talk.turn.views
    assert isinstance(card, TextView)
    assert {fact.value for fact in card.facts} >= {"Pixel", "Auto · “up”"}
    assert OpenVariant(CODE).pack() in tokens(card)
    assert not texts(talk.turn).count("—") and len(buttons(card)) == 6


def test_a_brands_font_is_chosen_by_name_page_by_page_and_fills_the_next_brief() -> None:
    talk = Chat(catalogue=WITH_PAID)
    talk.press(Set("brand_font"))
    seen: set[str] = set()
    for _ in range(3):
        (form,) = talk.turn.views
        assert isinstance(form, FormView) and len(form.options) <= 13
        seen |= {option.value for option in form.options}
        assert tokens(form) <= on_telegram(form) & on_discord(form) & in_browser(form)
        talk.press(next(action for token in tokens(form) if (action := parse(token)) and "page" in token))
    assert seen == {*typeface.NAMES, "none"}

    talk.say("permanent marker")

    (saved,) = talk.turn.effects
    assert isinstance(saved, SaveSettings) and saved.values == {"brand_font": "PermanentMarker-Regular"}
    brief = prefill.brief(talk.session, world(settings=saved.values))
    assert brief.brand_font == "PermanentMarker-Regular" and brief.type_mood is TypeMood.AUTO


def test_only_words_the_picture_shows_are_offered_to_stand_out() -> None:
    whole = facts(headline="Never at my home!")
    talk = Chat(catalogue=WITH_PAID, variant=replace(whole, recipe=replace(whole.recipe, short="at home")))
    talk.press(Restyle(CODE, "highlight"))
    words = [row.label for row in buttons(*talk.turn.views) if ":word." in row.token]
    assert words == ["✓ Choose for me", "at", "home!"]
