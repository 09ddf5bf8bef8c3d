"""The short variant of a set, the three most different ones, and the same look for another headline."""

from dataclasses import replace

from core.conversation.action import BestThree, EditText
from core.conversation.present import set_ready
from core.conversation.texts import speaker
from core.conversation.variant import WHOLE, alone, info
from core.domain.job import JobKind
from tests.conversation.building import FREE_ONLY, Chat, buttons, job, recipe, variant
from tests.conversation.test_story import order, texts

EN = speaker("en")
LONG = "How I learned Spanish in 30 days"
SHORT = variant(position=2, recipe=replace(recipe(headline=LONG), short="30 days"))


def test_a_short_variant_says_how_few_words_it_shows_wherever_it_is_shown() -> None:
    said = "Short: 2 of your 7 words."
    assert said in info(EN, SHORT, FREE_ONLY).splitlines()
    assert said in alone(EN, SHORT, FREE_ONLY).pictures[0].caption
    view = set_ready(EN, job(), [variant(), SHORT], ordered=2, sheet="", catalogue=FREE_ONLY)
    assert "Variant 3 is short: “30 days”." in view.text
    assert [picture.caption for picture in view.pictures] == ["", said]
    assert LONG not in view.pictures[1].alt and "30 days" in view.pictures[1].alt


def test_without_spaces_words_are_not_counted() -> None:
    part = variant(recipe=replace(recipe(headline="たった7日で英語が話せるようになった"), short="たった7日"))
    assert "Short: part of your headline." in info(EN, part, FREE_ONLY).splitlines()


def test_edit_text_offers_the_whole_headline_of_a_short_variant_free() -> None:
    chat = Chat(variant=SHORT)
    chat.press(EditText("V" * 10))
    assert "Now: 30 days" in texts(chat.turn)
    assert EditText("V" * 10, WHOLE).pack() in {one.token for one in buttons(*chat.turn.views)}
    chat.press(EditText("V" * 10, WHOLE))
    made = order(chat)
    assert (made.kind, made.options, made.quote.credits) == (JobKind.EDIT_TEXT, {"headline": LONG}, 0)
    assert not chat.session.typing_for
    whole = Chat(variant=variant())
    whole.press(EditText("V" * 10))
    assert not [one for one in buttons(*whole.turn.views) if one.token.endswith(WHOLE)]


def test_the_best_three_are_offered_free_where_three_stand_and_the_platform_tests_them() -> None:
    chat = Chat(job=job())
    chat.press(BestThree("J" * 10))
    made = order(chat)
    assert (made.kind, made.options, made.quote.credits) == (JobKind.BEST_THREE, {"job": "J" * 10}, 0)
    reels = variant(recipe=recipe(format="reels"))
    offered = []
    for ready in ([variant()] * 3, [variant()] * 2, [reels] * 3):
        view = set_ready(EN, job(), ready, ordered=4, sheet="", catalogue=FREE_ONLY)
        offered.append(BestThree("J" * 10).pack() in {one.token for one in buttons(view)})
    assert offered == [True, False, False]
