"""Where an answer appears: the card of a brief changes under the finger that pressed it, or comes anew at the end."""

from core.conversation.action import Ask, Back, Choose, GoOn, OpenDetails, Preview, UsePreset
from core.conversation.card import MORE_PRESETS, card_slot, details_slot
from core.conversation.view import View
from tests.conversation.building import BLURRED, FREE_ONLY, SELFIE, Chat


def briefed() -> Chat:
    chat = Chat(catalogue=FREE_ONLY)
    chat.photo(SELFIE, caption="I QUIT")
    return chat


def card(chat: Chat) -> View:
    return next(view for view in chat.turn.views if view.slot == card_slot(chat.session.draft))


def anew(chat: Chat) -> bool:
    """Whether the card is a new message, and neither the old one nor the details keep anything to press."""
    draft = chat.session.draft
    retired = {card_slot(draft), details_slot(draft)} <= set(card(chat).retires)
    assert retired or not card(chat).retires
    return retired


def test_a_preset_pressed_on_the_card_changes_the_card_where_it_stands() -> None:
    chat = briefed()
    chat.press(UsePreset(chat.session.draft, "tutorial"))
    assert not anew(chat)


def test_a_preset_among_more_presets_brings_the_card_to_the_end() -> None:
    chat = briefed()
    chat.press(OpenDetails(chat.session.draft, MORE_PRESETS))
    chat.press(UsePreset(chat.session.draft, "documentary"))
    assert anew(chat)
    chat.press(UsePreset(chat.session.draft, "tutorial"))
    assert not anew(chat), "it is the last message now"


def test_what_was_changed_in_the_details_is_drawn_below_them() -> None:
    chat = briefed()
    draft = chat.session.draft
    for action in (OpenDetails(draft), OpenDetails(draft, "B"), Ask(draft, "vibe"), Choose(draft, "vibe.cinematic")):
        chat.press(action)
    while not any(view.slot == card_slot(draft) for view in chat.turn.views):
        chat.press(Back(draft))
    assert anew(chat)


def test_a_brief_asked_for_again_and_a_doubt_that_is_settled_are_answered_below() -> None:
    chat = briefed()
    chat.press(Preview(chat.session.draft))
    assert anew(chat)
    chat = Chat(catalogue=FREE_ONLY)
    chat.photo(BLURRED, caption="I QUIT")
    chat.press(GoOn(chat.session.draft, "photo"))
    assert anew(chat)


def test_details_that_changed_nothing_leave_the_card_as_it_is_until_a_preset_follows() -> None:
    chat = briefed()
    draft = chat.session.draft
    chat.press(OpenDetails(draft))
    chat.press(Back(draft))
    assert [view.slot for view in chat.turn.views] == [details_slot(draft)]
    chat.press(UsePreset(draft, "tutorial"))
    assert anew(chat)
