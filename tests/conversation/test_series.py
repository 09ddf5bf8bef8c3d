"""The short variant of a set, the three most different ones, and the same look for another headline."""

from dataclasses import replace

import pytest

from core.conversation.action import BestThree, Choose, EditText, GoOn, Info, OpenVariant, SameLook
from core.conversation.card import card_rows, summary
from core.conversation.prefill import brief, lasting
from core.conversation.present import best_shown, files_ready, set_ready, without
from core.conversation.texts import speaker
from core.conversation.variant import WHOLE, alone, info
from core.conversation.view import FileView, NoticeView, TextView
from core.domain.brief import Emotion, FileType, Vibe
from core.domain.job import JobKind
from core.domain.series import encode, find, shown
from tests.conversation.building import FREE_ONLY, SELFIE, WITH_PAID, Chat, buttons, job, recipe, variant, world
from tests.conversation.test_story import SOME, order, texts

EN = speaker("en")
LONG = "How I learned Spanish in 30 days"
SHORT = variant(position=2, recipe=replace(recipe(headline=LONG), short="30 days"))


def test_a_short_variant_says_how_few_words_it_shows_wherever_it_is_shown() -> None:
    said = "Short: 2 of your 7 words."
    assert said in info(EN, SHORT, FREE_ONLY).splitlines()
    assert said in alone(EN, SHORT, FREE_ONLY).pictures[0].caption
    view = set_ready(EN, job(), [variant(), SHORT], ordered=2, sheet="", catalogue=FREE_ONLY)
    assert "Variant 3 is short: “30 days”." in view.text
    assert [picture.caption for picture in view.pictures] == ["", f"3 · {said}"]
    assert LONG not in view.pictures[1].alt and "30 days" in view.pictures[1].alt


def test_an_emoji_is_not_among_the_words_a_short_variant_lacks() -> None:
    told = variant(recipe=replace(recipe(headline=f"{LONG} 🚀"), short="30 days 🚀"))
    assert "Short: 2 of your 7 words." in info(EN, told, FREE_ONLY).splitlines()


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


def test_a_title_without_a_headline_is_shown_whole_too() -> None:
    titled = variant(position=2, recipe=replace(recipe(headline="", title=LONG), short="30 days"))
    chat = Chat(variant=titled)
    chat.press(EditText("V" * 10, WHOLE))
    assert order(chat).options == {"headline": LONG}


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


def test_the_best_three_open_under_the_letters_they_are_shown_by() -> None:
    chosen = [variant(code=code * 10, position=place) for code, place in (("B", 1), ("C", 2), ("D", 3))]
    view = best_shown(EN, chosen, FREE_ONLY)
    assert [one.caption[:1] for one in view.pictures] == ["A", "B", "C"]
    opened = [(one.label, one.token) for one in buttons(view)]
    assert opened == [(letter, OpenVariant(code * 10).pack()) for letter, code in zip("ABC", "BCD", strict=True)]


def test_info_shows_the_series_code_to_take_along() -> None:
    chat = Chat(variant=SHORT)
    chat.press(Info("V" * 10))
    (view,) = chat.turn.views
    assert isinstance(view, TextView) and view.copy == encode(SHORT.recipe)
    assert SameLook("V" * 10).pack() in {one.token for one in buttons(view)}


def test_the_same_look_takes_everything_but_the_words_and_asks_for_them() -> None:
    painted = replace(
        SHORT.recipe, brief=replace(SHORT.recipe.brief, vibe=Vibe.CLEAN, subtext="Small", model="stand-in")
    )
    chat = Chat(variant=variant(recipe=painted), **SOME)
    chat.press(SameLook("V" * 10))
    assert chat.session.asking == "headline" and not chat.session.answers.get("headline")
    assert [photo.asset for photo in chat.session.photos] == list(painted.brief.selfies)
    chat.say("EPISODE TWO")
    wanted = brief(chat.session, world(catalogue=WITH_PAID))
    assert (wanted.headline, wanted.subtext, wanted.vibe, wanted.model) == ("EPISODE TWO", "", Vibe.CLEAN, "stand-in")
    assert shown(wanted, 0, 1) == (painted.seed, painted.position)


def test_a_code_with_a_headline_is_a_brief_in_its_look_whoever_sends_it() -> None:
    code = encode(replace(recipe(vibe=Vibe.CINEMATIC, format="reels"), position=3, seed=99))
    pasted, commanded = Chat(last_answers={"emotion": "joy"}), Chat(last_selfies=(SELFIE,))
    pasted.photo(caption=f"{code} EPISODE TWO")
    commanded.command("series", f"{code.lower()} EPISODE TWO")
    for chat in (pasted, commanded):
        wanted = brief(chat.session, world(last_answers={"emotion": "joy"}))
        assert (wanted.headline, wanted.vibe, wanted.format) == ("EPISODE TWO", Vibe.CINEMATIC, "reels")
        assert (wanted.emotion, wanted.series, shown(wanted, 0, 1)) == (Emotion.CURIOSITY, code, (99, 3))
        assert code in texts(chat.turn) and order(chat).kind is JobKind.PREVIEW


BROKEN, LATER = "TF-20000-07000-HG0A5-Y3", "TF-40000-07000-0E20B"


def test_a_code_that_leads_nowhere_is_said_and_the_picture_it_came_with_and_its_headline_are_kept() -> None:
    for code, said in ((BROKEN, "not a whole"), (LATER, "later release")):
        chat = Chat()
        chat.photo(caption=f"{code} EPISODE TWO")
        assert said in texts(chat.turn) and chat.session.answers["headline"] == "EPISODE TWO"


@pytest.mark.parametrize(
    ("code", "said"), [(BROKEN, "not a whole"), (LATER, "later release"), ("TF-12", "not a whole")]
)
def test_a_code_that_cannot_be_read_leaves_an_open_brief_as_it_was(code: str, said: str) -> None:
    chat = Chat(last_selfies=(SELFIE,))
    chat.photo(caption="EPISODE ONE")
    before = chat.session
    chat.command("series", f"{code} EPISODE TWO")
    assert said in texts(chat.turn) and not chat.turn.effects
    assert replace(chat.session, beside=before.beside) == before
    if find(code)[0]:  # anything else is a headline
        chat.say(f"{code} EPISODE TWO")
        assert said in texts(chat.turn) and not chat.turn.effects
        assert replace(chat.session, beside=before.beside) == before


def test_a_series_begun_by_its_code_keeps_the_photos_there_are_and_asks_for_none() -> None:
    chat = Chat()
    chat.photo(caption="EPISODE ONE")
    chat.command("series", f"{encode(recipe(vibe=Vibe.CINEMATIC))} EPISODE TWO")
    assert chat.session.photos == (SELFIE,) and order(chat).kind is JobKind.PREVIEW
    assert order(chat).brief.headline == "EPISODE TWO" and "Now send me" not in texts(chat.turn)


def test_the_card_says_that_a_series_is_in_force_and_drops_it_at_a_press() -> None:
    chat = Chat(last_answers={"vibe": "clean"})
    chat.photo(caption=f"{encode(recipe(vibe=Vibe.CINEMATIC))} EPISODE TWO")
    wanted = order(chat).brief
    said = "Series: the look of your code; the first picture has exactly it"
    assert said in summary(EN, wanted, FREE_ONLY)
    assert "with what you changed" in summary(EN, replace(wanted, vibe=Vibe.BOLD), FREE_ONLY)
    drop = GoOn(chat.session.draft, "no_series")
    assert drop.pack() in {one.token for row in card_rows(EN, drop.draft, wanted, FREE_ONLY) for one in row.buttons}
    chat.press(drop)
    left = order(chat).brief
    assert (left.series, left.vibe, left.headline) == ("", Vibe.CLEAN, "EPISODE TWO")
    assert "Series:" not in summary(EN, left, FREE_ONLY)
    assert drop.pack() not in {one.token for row in card_rows(EN, drop.draft, left, FREE_ONLY) for one in row.buttons}


def test_dropping_a_series_keeps_what_was_chosen_since() -> None:
    chat = Chat(last_answers={"vibe": "clean"})
    chat.photo(caption=f"{encode(recipe(vibe=Vibe.CINEMATIC))} EPISODE TWO")
    chat.press(Choose(chat.session.draft, "emotion.joy"))
    chat.press(GoOn(chat.session.draft, "no_series"))
    wanted = brief(chat.session, world(last_answers={"vibe": "clean"}))
    assert (wanted.vibe, wanted.emotion) == (Vibe.CLEAN, Emotion.JOY)


def test_the_command_alone_says_what_a_series_is() -> None:
    without = Chat()
    without.command("series")
    assert "series code" in texts(without.turn) and not without.session.draft


def test_a_headline_that_begins_like_a_code_is_kept_whole() -> None:
    chat = Chat()
    chat.photo(caption="tf-idf-for-seo in 5 minutes")
    assert chat.session.answers["headline"] == "tf-idf-for-seo in 5 minutes"
    assert "not a whole" not in texts(chat.turn)


def test_a_series_is_of_one_video_and_not_of_the_next_brief() -> None:
    assert "series" not in lasting({"series": "TF-1", "vibe": "clean"})


def test_what_was_asked_for_and_is_not_in_an_archive_is_named() -> None:
    brief = recipe(file_type=FileType.PSD).brief
    packed = {"id": "a" * 36, "media_type": "application/zip", "byte_count": 1 << 20}
    whole = files_ready(EN, brief, packed, [])
    assert isinstance(whole, FileView) and "not inside" not in whole.text
    part = files_ready(EN, brief, packed, [SHORT])
    assert isinstance(part, FileView) and "not inside: variant 3." in part.text
    nothing = files_ready(EN, brief, None, [variant(), SHORT])
    assert isinstance(nothing, NoticeView) and "PSD" in nothing.text and "variant 1, variant 3" in nothing.text
    assert without(EN, whole, ["Portrait"]).text.endswith("not inside: Portrait.")
