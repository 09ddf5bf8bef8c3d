"""Changing a picture by a button or in words: its price is said first, and a second tap buys nothing."""

from dataclasses import replace
from typing import Any

import pytest

from core.conversation.action import ChangeVibe, EditText, GetFile, Info, OpenVariant, Retouch, Run, parse
from core.conversation.effect import MarkVariant
from core.conversation.event import Pressed, TextSent
from core.conversation.view import FormView, NoticeView
from core.domain.job import JobKind
from core.domain.model import EDITING, Catalogue, Origin, Role
from core.domain.prompt import Touch
from core.domain.wallet import Wallet
from tests.conversation.building import (
    FREE_ONLY,
    STUDIO,
    WITH_PAID,
    Chat,
    buttons,
    labels,
    model,
    recipe,
    texts,
    variant,
)

CODE = "V" * 10
PAINTER = replace(model("painter", Origin.MODEL), capabilities=EDITING, roles=(Role.STANDARD, Role.EDIT))
EDITOR = replace(PAINTER, id="editor", roles=(Role.EDIT,))
EDITORS = Catalogue((PAINTER, EDITOR, STUDIO))
PAINTED = variant(recipe=replace(recipe(), model="painter", origin=Origin.MODEL))
HALF = 1
"""Of a standard set's two credits."""


def chat(**facts: Any) -> Chat:
    return Chat(**{"catalogue": EDITORS, "wallet": Wallet(purchased=20), "variant": PAINTED, **facts})


def press(talk: Chat, label: str, **changes: Any) -> None:
    found = next(one for one in buttons(*talk.turn.views) if one.label == label)
    talk.press(parse(found.token), **changes)


def order(talk: Chat) -> Any:
    (made,) = talk.turn.effects
    return made


def test_a_reply_says_the_price_and_is_done_when_confirmed() -> None:
    talk = chat()
    talk.send(TextSent(text="darker background", variant=CODE))
    assert not talk.turn.effects
    assert "“darker background”?" in texts(talk.turn)
    assert labels(talk.turn) == ["Change it · 1 cr", "New headline · free", "Cancel"]

    press(talk, "Change it · 1 cr")

    made = order(talk)
    assert (made.kind, made.variant, made.options) == (JobKind.EDIT_PROMPT, CODE, {"words": "darker background"})
    assert (made.quote.credits, made.quote.model) == (HALF, "painter")


@pytest.mark.parametrize("asked", [False, True])
def test_words_that_say_no_more_than_undo_are_an_undo(asked: bool) -> None:
    changed = variant(version=2, versions=2, previous=1, previous_picture="before", previous_recipe=recipe())
    talk = chat(variant=changed)
    if asked:
        talk.press(Retouch(CODE))
    talk.send(TextSent(text="Undo it!", variant="" if asked else CODE))
    assert talk.turn.effects == (MarkVariant(variant=CODE, current=1),)
    assert "Back to the version before." in texts(talk.turn) and not talk.session.changing_for

    first = chat()
    first.send(TextSent(text="Undo it!", variant=CODE))
    assert not first.turn.effects, "there is nothing to go back to: words like any other"


def test_a_second_tap_on_the_same_button_asks_and_orders_nothing() -> None:
    for begin in (TextSent(text="darker", variant=CODE), Pressed(action=Retouch(CODE))):
        talk = chat()
        talk.send(begin)
        first = next(one for one in buttons(*talk.turn.views) if one.label.endswith("1 cr"))
        talk.press(parse(first.token))
        assert order(talk).quote.credits == HALF

        talk.press(parse(first.token))

        assert not talk.turn.effects
        assert isinstance(talk.turn.views[0], FormView)


def test_words_after_the_question_that_said_the_price_are_the_change() -> None:
    talk = chat()
    talk.press(Retouch(CODE))
    assert "Each change costs 1 cr." in texts(talk.turn)

    talk.say("  remove the cup ")

    assert order(talk).options == {"words": "remove the cup"}
    assert not talk.session.changing_for


def test_every_change_on_offer_is_ordered_as_it_is_named() -> None:
    for person, count in ((("a" * 8,), 6), ((), 4)):
        shown = replace(PAINTED, recipe=replace(PAINTED.recipe, brief=replace(PAINTED.recipe.brief, selfies=person)))
        talk = chat(variant=shown)
        talk.press(Retouch(CODE))
        form = talk.turn.views[0]
        assert isinstance(form, FormView) and len(form.options) == count
        for option in form.options:
            assert option.label.endswith(" · 1 cr")
            talk.press(Retouch(CODE))
            talk.press(parse(option.token))
            assert order(talk).options == {"touch": option.value}
            assert Touch(option.value)


def test_a_price_that_changed_meanwhile_is_said_and_nothing_is_ordered() -> None:
    dearer = Catalogue((replace(PAINTER, surcharge=2), EDITOR, STUDIO))
    for answer in (TextSent(text="darker"), Pressed(action=Retouch(CODE, "darker_background.1"))):
        talk = chat()
        talk.press(Retouch(CODE))
        talk.send(answer, catalogue=dearer)
        assert not talk.turn.effects
        assert "it was 1 cr, it is 2 cr now" in texts(talk.turn)


def test_the_studios_picture_is_changed_by_a_model_at_that_models_price() -> None:
    talk = chat(variant=variant())

    talk.press(Retouch(CODE))
    talk.say("darker")

    assert (order(talk).quote.model, order(talk).quote.credits) == ("painter", HALF)


def test_another_model_changes_what_one_painted_that_is_gone() -> None:
    talk = chat(catalogue=Catalogue((EDITOR, STUDIO)))

    talk.press(Retouch(CODE))
    talk.say("darker")

    assert order(talk).quote.model == "editor"


def test_without_a_model_a_reply_says_what_is_missing_and_what_works() -> None:
    for catalogue in (FREE_ONLY, WITH_PAID):
        talk = chat(catalogue=catalogue)
        talk.send(TextSent(text="darker background", variant=CODE))
        assert "GEMINI_API_KEY" in texts(talk.turn)
        free = " · free" if catalogue is WITH_PAID else ""
        assert labels(talk.turn)[0] == f"New headline{free}"

        talk.press(Retouch(CODE, "words.1"))
        assert "GEMINI_API_KEY" in texts(talk.turn) and not talk.turn.effects
        assert labels(talk.turn)[0] == f"Edit text{free}"


def test_who_cannot_pay_is_told_so_and_keeps_the_free_ways() -> None:
    talk = chat(wallet=Wallet())
    talk.press(Retouch(CODE))

    talk.say("darker")

    assert not talk.turn.effects
    assert "This costs 1 cr and you have 0: 1 is missing." in texts(talk.turn)
    assert [view.lacking for view in talk.turn.views if isinstance(view, NoticeView)] == [1]
    assert "Edit text · free" in labels(talk.turn)
    assert not talk.session.changing_for, "the next words are no change that cannot be paid either"


def test_who_owes_lacks_what_they_owe_before_what_a_change_costs() -> None:
    talk = chat(wallet=Wallet(debt=6))
    talk.press(Retouch(CODE))

    talk.say("darker")

    assert [view.lacking for view in talk.turn.views if isinstance(view, NoticeView)] == [7]


def test_a_reply_can_still_be_the_headline_and_the_question_can_be_dropped() -> None:
    talk = chat()
    talk.send(TextSent(text="I STAYED", variant=CODE))
    press(talk, "New headline · free")
    assert (order(talk).kind, order(talk).quote.credits) == (JobKind.EDIT_TEXT, 0)

    talk.press(Retouch(CODE))
    talk.press(Run("cancel"))
    assert not talk.session.changing_for and "Left as it was" in texts(talk.turn)


def test_who_goes_on_to_edit_text_is_not_charged_for_the_next_words() -> None:
    talk = chat()
    talk.press(Retouch(CODE))
    talk.press(EditText(CODE))

    talk.say("NEW WORDS")

    assert (order(talk).kind, order(talk).quote.credits) == (JobKind.EDIT_TEXT, 0)


def test_a_card_about_a_picture_stands_below_what_came_since_and_changes_in_place_until_then() -> None:
    talk = chat()
    slot = f"choice:{CODE}"

    talk.press(GetFile(CODE))
    assert slot in talk.turn.views[-1].retires, "the first one is a message of its own"
    talk.press(ChangeVibe(CODE))
    assert slot not in talk.turn.views[-1].retires
    talk.press(OpenVariant(CODE))
    talk.press(GetFile(CODE))
    assert slot in talk.turn.views[-1].retires


def test_no_question_takes_the_place_of_a_receipt() -> None:
    talk = chat()
    talk.press(Info(CODE))
    receipt = talk.turn.views[-1]
    assert (receipt.slot, receipt.retires) == ("", ())
    talk.press(GetFile(CODE))
    assert talk.turn.views[-1].slot in talk.turn.views[-1].retires


def test_a_reply_to_a_whole_set_asks_which_picture_is_meant() -> None:
    talk = chat()
    talk.send(TextSent(text="darker", variants=(CODE, "W" * 10)))
    assert "“darker”: which one do you mean?" in texts(talk.turn)
    assert labels(talk.turn) == ["1", "2", "Cancel"]

    press(talk, "1")
    assert "Change the picture of variant 1: “darker”?" in texts(talk.turn)
    press(talk, "Change it · 1 cr")
    assert order(talk).options == {"words": "darker"}
