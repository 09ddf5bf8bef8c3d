"""What a reader brings back goes into the brief it was sent for, and nowhere else."""

from dataclasses import replace

import pytest

from core.conversation import prefill
from core.conversation.action import AltText, Ask, Choose, GetFile, OpenDetails, OpenVariant, Read, Run, parse
from core.conversation.effect import Order
from core.conversation.event import AlbumSettled, CommandSent, HasRead, Photo, PhotosSent, TextSent
from core.conversation.view import FormView, NoticeView, ProgressView, TextView
from core.conversation.world import Limit
from core.domain.brief import Brief
from core.domain.errand import Errand
from core.domain.job import Failure, JobKind
from tests.conversation.building import (
    BLURRED,
    FREE_ONLY,
    SELFIE,
    WITH_PAID,
    WITH_READER,
    Chat,
    buttons,
    recipe,
    texts,
    variant,
    world,
)

VIDEO = "https://youtu.be/dQw4w9WgXcQ"
KEPT = "https://www.youtube.com/watch?v=dQw4w9WgXcQ"
LONG = " ".join(["word"] * 40)
BEYOND = " ".join(["word"] * 70)


def errands(chat: Chat) -> set[str]:
    found = (parse(button.token) for button in buttons(*chat.turn.views))
    return {one.errand for one in found if isinstance(one, Read)}


def ordered(chat: Chat) -> list[tuple[JobKind, object]]:
    return [(one.kind, one.options.get("errand")) for one in chat.turn.effects if isinstance(one, Order)]


def settled(chat: Chat) -> Chat:
    """With the card on the screen."""
    chat.photo(caption="I QUIT")
    chat.press(Choose(chat.session.draft, "quality.standard"))
    return chat


def test_a_headline_of_any_length_gets_the_help_it_needs() -> None:
    chat = Chat(catalogue=WITH_READER)
    chat.photo(caption="I QUIT")
    chat.press(Ask(chat.session.draft, "headline"))
    assert errands(chat) == {Errand.IDEAS}
    chat.say(LONG)
    chat.press(Ask(chat.session.draft, "headline"))
    assert errands(chat) == {Errand.SHORTEN, Errand.BRIEF}


def test_ideas_are_offered_only_where_a_model_reads_and_old_buttons_are_told_why() -> None:
    chat = Chat(catalogue=WITH_PAID)
    chat.photo(caption="I QUIT")
    assert not errands(chat)
    chat.press(Ask(chat.session.draft, "headline"))
    assert not errands(chat)
    assert "no ideas without a model key" in texts(chat.press(Read(chat.session.draft, Errand.IDEAS)))


def test_words_too_many_to_be_kept_as_a_headline_may_be_shortened_all_the_same() -> None:
    chat = Chat(catalogue=WITH_READER)
    chat.say(BEYOND)
    chat.press(Ask(chat.session.draft, "headline"))
    assert errands(chat) == {Errand.SHORTEN, Errand.BRIEF}
    turn = chat.press(Read(chat.session.draft, Errand.SHORTEN))
    assert ordered(chat) == [(JobKind.READ, "shorten")]
    (order,) = (one for one in turn.effects if isinstance(one, Order))
    assert order.brief.title == BEYOND and order.quote.free


def test_a_reading_that_is_refused_by_a_limit_leaves_the_brief_and_a_way_on() -> None:
    chat = settled(Chat(catalogue=WITH_READER))
    turn = chat.press(Read(chat.session.draft, Errand.IDEAS), limit=Limit.READINGS, retry_after_s=60)
    (view,) = turn.views
    assert isinstance(view, NoticeView) and "nothing is lost" in view.text and view.rows
    assert not turn.effects


def test_a_headline_nobody_thought_of_any_more_is_an_expired_button() -> None:
    chat = settled(Chat(catalogue=WITH_READER))
    assert chat.press(Choose(chat.session.draft, "headline.idea7")).toast is not None
    assert chat.press(Read(chat.session.draft, "gone")).toast is not None


def test_an_errand_takes_the_place_of_what_the_last_one_brought() -> None:
    chat = settled(Chat(catalogue=WITH_READER))
    (first,) = chat.press(Read(chat.session.draft, Errand.IDEAS)).views
    ideas = HasRead(
        job=chat.session.reading, draft=chat.session.draft, errand=Errand.IDEAS, by="local", headlines=("I LEFT",)
    )
    (form,) = chat.send(ideas).views
    assert isinstance(form, FormView) and form.slot == first.slot and form.options[0].label == "I LEFT"
    (second,) = chat.press(Read(chat.session.draft, Errand.IDEAS)).views
    assert second.retires == (first.slot,) and second.slot != first.slot


@pytest.mark.parametrize("errand", [errand for errand in Errand if errand is not Errand.ALT])
def test_what_was_read_for_another_brief_changes_nothing(errand: Errand) -> None:
    chat = settled(Chat(catalogue=WITH_READER))
    before = chat.session
    turn = chat.send(HasRead(job="R" * 10, draft="OTHER", errand=errand, by="local", answers={"headline": "X"}))
    assert (turn.session, turn.views, turn.effects) == (before, (), ())


def test_a_link_is_read_first_whatever_came_with_it() -> None:
    events = (
        TextSent(text=VIDEO),
        TextSent(text=f"NEVER AGAIN {VIDEO}"),
        PhotosSent(photos=(SELFIE,), caption=VIDEO),
        CommandSent(name="quick", argument=VIDEO),
    )
    for event in events:
        chat = Chat(catalogue=WITH_READER)
        turn = chat.send(event)
        assert ordered(chat) == [(JobKind.WATCH, "video")]
        assert isinstance(turn.views[-1], ProgressView)
        assert chat.session.answers["video"] == KEPT


def test_a_link_with_an_album_is_read_once_the_album_is_there() -> None:
    chat = Chat(catalogue=WITH_READER)
    chat.photo(SELFIE, caption=VIDEO, album="A")
    assert ordered(chat) == []
    chat.photo(Photo("d" * 8), album="A")
    chat.send(AlbumSettled(album="A"))
    assert ordered(chat) == [(JobKind.WATCH, "video")]


def test_a_video_fills_what_was_not_said_and_learns_its_moment() -> None:
    chat = Chat(catalogue=WITH_READER)
    (order,) = (one for one in chat.say(f"NEVER AGAIN {VIDEO}").effects if isinstance(one, Order))
    read = {"title": "Why I left", "headline": "I LEFT", "vibe": "clean", "video": f"{KEPT}&t=83s"}
    told = HasRead(
        job="R" * 10,
        draft=chat.session.draft,
        errand=Errand.VIDEO,
        asked=order.brief,
        by="a-reader",
        answers=read,
    )
    turn = chat.send(told)
    note, asked = turn.views
    assert isinstance(note, NoticeView) and "Best moment: 1:23" in note.text and "Read by A Reader." in note.text
    assert isinstance(asked, FormView) and asked.question == "selfies"
    assert chat.session.answers["headline"] == "NEVER AGAIN"
    assert chat.session.answers["video"] == f"{KEPT}&t=83s"
    assert chat.session.answers["title"] == "Why I left"


def test_the_moment_somebody_pasted_is_said_to_be_theirs() -> None:
    chat = Chat(catalogue=WITH_READER)
    (order,) = (one for one in chat.say(f"NEVER AGAIN {VIDEO}?t=83").effects if isinstance(one, Order))
    read = {"title": "Why I left", "video": order.brief.video}
    told = HasRead(
        job="R" * 10,
        draft=chat.session.draft,
        errand=Errand.VIDEO,
        asked=order.brief,
        by="a-reader",
        answers=read,
    )
    turn = chat.send(told)
    assert "Your moment: 1:23" in texts(turn) and "Best moment" not in texts(turn)
    assert chat.session.answers["video"] == f"{KEPT}&t=83s"


def test_a_picture_with_words_after_a_videos_brief_is_a_brief_of_its_own() -> None:
    chat = Chat(catalogue=WITH_READER)
    (order,) = (one for one in chat.photo(SELFIE, Photo("d" * 8), caption=VIDEO).effects if isinstance(one, Order))
    read = {"title": "Why I left", "headline": "I LEFT", "subtext": "after ten years", "vibe": "clean"}
    chat.send(
        HasRead(
            job="R" * 10,
            draft=chat.session.draft,
            errand=Errand.VIDEO,
            asked=order.brief,
            by="a-reader",
            answers=read,
        )
    )
    first = chat.session
    assert first.answers["subtext"] == "after ten years"

    turn = chat.photo(Photo("e" * 8), caption="MY NEW PHONE")

    assert chat.session.draft != first.draft
    assert chat.session.answers == {"headline": "MY NEW PHONE"}
    assert [photo.asset for photo in chat.session.photos] == ["e" * 8]
    assert texts(turn).startswith("A new brief, then")
    assert {f"card:{first.draft}", f"details:{first.draft}"} <= {*turn.views[0].retires}


def test_a_picture_that_was_asked_for_joins_the_brief_whatever_words_come_with_it() -> None:
    chat = Chat(catalogue=WITH_READER)
    (order,) = (one for one in chat.say(VIDEO).effects if isinstance(one, Order))
    asked, read = order.brief, {"headline": "I LEFT", "subtext": "after ten years"}
    chat.send(
        HasRead(job="R" * 10, draft=chat.session.draft, errand=Errand.VIDEO, asked=asked, by="a-reader", answers=read)
    )
    draft = chat.session.draft
    chat.photo(caption="NEVER AGAIN")
    assert chat.session.draft == draft
    assert {name: chat.session.answers[name] for name in ("headline", "subtext")} == {
        "headline": "NEVER AGAIN",
        "subtext": "after ten years",
    }
    chat.photo(BLURRED)
    assert chat.session.draft == draft and len(chat.session.photos) == 2, "one more of the same person"


def test_a_video_that_could_not_be_watched_is_given_up_and_the_headline_asked_for() -> None:
    chat = Chat(catalogue=WITH_READER)
    (order,) = (one for one in chat.say(VIDEO).effects if isinstance(one, Order))
    down = Failure.PROVIDER_DOWN
    turn = chat.send(
        HasRead(job="R" * 10, draft=chat.session.draft, errand=Errand.VIDEO, asked=order.brief, failure=down)
    )
    note, asked = turn.views
    assert isinstance(note, NoticeView) and "could not watch" in note.text
    assert isinstance(asked, FormView) and asked.question == "headline"
    assert chat.session.answers["video"] == ""


def test_where_nobody_watches_that_is_said_at_once() -> None:
    chat = Chat(catalogue=FREE_ONLY)
    (asked,) = chat.say(VIDEO).views
    assert isinstance(asked, FormView) and "takes a Gemini key" in asked.note
    assert ordered(chat) == [] and chat.session.answers["video"] == ""


def test_looking_things_up_is_asked_only_where_whoever_draws_can() -> None:
    for catalogue, asked in ((WITH_PAID, True), (FREE_ONLY, False)):
        chat = Chat(catalogue=catalogue)
        chat.photo(caption="I QUIT")
        (view,) = chat.press(OpenDetails(chat.session.draft, "H")).views
        assert isinstance(view, TextView)
        assert ("Look things up: No" in view.text) is asked
        assert (Ask(chat.session.draft, "search").pack() in {one.token for one in buttons(view)}) is asked


# -- what was changed meanwhile ------------------------------------------------------------------------------------

READ = {"title": "Why I left", "headline": "I LEFT", "vibe": "clean", "emotion": "joy", "colours": "warm"}


def sent(chat: Chat, errand: Errand) -> Brief:
    """Out it goes, with the brief as it stands."""
    chat.press(Read(chat.session.draft, errand))
    (order,) = (one for one in chat.turn.effects if isinstance(one, Order))
    return order.brief


def back(chat: Chat, errand: Errand, asked: Brief, **found: object) -> str:
    """What is said first."""
    event = HasRead(job="R" * 10, draft=chat.session.draft, errand=errand, asked=asked, by="local", **found)  # type: ignore[arg-type]
    return chat.send(event).views[0].text


def test_a_headline_typed_while_it_was_being_shortened_stands() -> None:
    chat = settled(Chat(catalogue=WITH_READER))
    asked = sent(chat, Errand.SHORTEN)
    chat.press(Ask(chat.session.draft, "headline"))
    chat.say("MY OWN WORDS")
    before = chat.session
    told = back(chat, Errand.SHORTEN, asked, answers={"headline": "I LEFT"})
    assert replace(chat.session, beside=before.beside) == before and before.answers["headline"] == "MY OWN WORDS"
    assert "stays as you have it" in told and buttons(*chat.turn.views)


def test_a_sentence_that_was_read_fills_only_what_was_not_changed_meanwhile() -> None:
    chat = settled(Chat(catalogue=WITH_READER))
    asked = sent(chat, Errand.BRIEF)
    chat.press(Choose(chat.session.draft, "vibe.cinematic"))
    told = back(chat, Errand.BRIEF, asked, answers=READ)
    assert chat.session.answers == {**chat.session.answers, **READ, "vibe": "cinematic"}
    assert "Headline: " in told and "Vibe" not in told


def test_a_reading_that_changes_nothing_that_is_seen_brings_the_picture_all_the_same() -> None:
    chat = settled(Chat(catalogue=WITH_READER))
    asked, look = sent(chat, Errand.SHORTEN), chat.session.previewed
    back(chat, Errand.SHORTEN, asked, answers={"headline": asked.headline})
    assert chat.session.previewed == look and ordered(chat) == [(JobKind.PREVIEW, None)]
    slot = f"card:{chat.session.draft}"
    assert chat.turn.views[-1].slot == slot and slot in chat.turn.views[-1].retires


@pytest.mark.parametrize("found", [{"answers": {**READ, "video": f"{KEPT}&t=83s"}}, {"failure": Failure.PROVIDER_DOWN}])
def test_what_was_read_of_a_video_says_nothing_of_the_one_that_took_its_place(found: dict[str, object]) -> None:
    chat = Chat(catalogue=WITH_READER)
    (order,) = (one for one in chat.say(VIDEO).effects if isinstance(one, Order))
    chat.say("https://youtu.be/abcdefghijk")
    before = chat.session
    back(chat, Errand.VIDEO, order.brief, **found)
    assert chat.session == before and "abcdefghijk" in str(before.answers["video"])


# -- who read it ---------------------------------------------------------------------------------------------------

RULES = "By rules of thumb, without an AI model."


def read(chat: Chat, errand: Errand, **found: object) -> str:
    """What is said of who read it."""
    asked = prefill.brief(chat.session, world(**chat.facts))
    event = HasRead(job="R" * 10, draft=chat.session.draft, errand=errand, asked=asked, **found)  # type: ignore[arg-type]
    (view, *_) = chat.send(event).views
    return f"{view.hint if isinstance(view, FormView) else view.text}"


@pytest.mark.parametrize("errand", [Errand.IDEAS, Errand.SHORTEN, Errand.BRIEF])
def test_rules_that_stand_in_for_a_model_say_whom_they_stand_in_for(errand: Errand) -> None:
    answers = {} if errand is Errand.IDEAS else {"headline": "I LEFT"}
    for tried, said in (((), RULES), (("a-reader", "a-reader"), f"A Reader could not. {RULES}")):
        chat = settled(Chat(catalogue=WITH_READER))
        told = read(chat, errand, by="local", tried=tried, headlines=("I LEFT",), answers=answers)
        assert told.splitlines()[-1] == said


def test_a_persons_own_headline_does_not_come_back_as_an_idea() -> None:
    chat = settled(Chat(catalogue=WITH_READER))
    (form,) = chat.send(
        HasRead(job="R" * 10, draft=chat.session.draft, errand=Errand.IDEAS, by="local", headlines=("I Quit", "I LEFT"))
    ).views
    assert isinstance(form, FormView) and [option.label for option in form.options] == ["I LEFT"]


def test_where_nothing_new_came_back_that_is_said() -> None:
    chat = settled(Chat(catalogue=WITH_READER))
    (form,) = chat.send(
        HasRead(job="R" * 10, draft=chat.session.draft, errand=Errand.IDEAS, by="local", headlines=("I QUIT",))
    ).views
    assert isinstance(form, FormView) and form.text.startswith("No idea but yours") and RULES in form.hint


# -- alt text ------------------------------------------------------------------------------------------------------


def alt(chat: Chat, facts: object, **found: object) -> TextView:
    event = HasRead(job="R" * 10, draft="", errand=Errand.ALT, variant="V" * 10, **found)  # type: ignore[arg-type]
    (view,) = chat.send(event, variant=facts).views
    assert isinstance(view, TextView)
    return view


def test_alt_text_is_a_free_reading_of_the_picture_and_leaves_the_brief_alone() -> None:
    chat = settled(Chat(catalogue=WITH_READER))
    before = chat.session
    turn = chat.press(AltText("V" * 10), variant=variant())
    (order,) = turn.effects
    assert isinstance(order, Order)
    assert (order.kind, order.variant, order.options["errand"], order.quote.free) == (
        JobKind.READ,
        "V" * 10,
        "alt",
        True,
    )
    (waiting,) = turn.views
    assert isinstance(waiting, ProgressView) and "Looking at your picture" in waiting.text
    event = HasRead(job=order.code, draft="", errand=Errand.ALT, variant="V" * 10, by="a-reader", text="A person.")
    (view,) = chat.send(event, variant=variant()).views
    assert view.slot == waiting.slot and not view.retires  # it takes its place
    assert replace(chat.session, beside=before.beside) == before


def test_alt_text_says_who_looked() -> None:
    view = alt(Chat(catalogue=WITH_READER), variant(), by="a-reader", text="A person in a garage.")
    assert (view.copy, view.text) == ("A person in a garage.", "Read by A Reader.")
    assert {one.token for one in buttons(view)} == {OpenVariant("V" * 10).pack()}


@pytest.mark.parametrize(
    ("answers", "facts", "expected"),
    [
        ({}, {}, "YouTube thumbnail, Bold: a person and the words “I QUIT”."),
        (
            {"selfies": (), "subtext": "my story", "format": "square"},
            {},
            "Instagram square thumbnail, Bold: the words “I QUIT: my story”, without a person.",
        ),
        ({}, {"note": "A man smiles."}, "YouTube thumbnail, Bold: a person and the words “I QUIT”. A man smiles."),
    ],
)
def test_where_nobody_looked_alt_text_is_made_of_what_is_known_and_says_so(
    answers: dict[str, object], facts: dict[str, object], expected: str
) -> None:
    view = alt(Chat(catalogue=FREE_ONLY), variant(recipe=recipe(**answers), facts=facts), by="local")
    assert view.copy == expected
    assert view.text == "Put together from your brief: no AI model has looked at the picture."
    view = alt(Chat(catalogue=WITH_READER), variant(), by="local", tried=("a-reader",))
    assert view.text.startswith("A Reader could not. Put together")


def test_alt_text_of_a_picture_that_is_gone_meanwhile_is_none() -> None:
    event = HasRead(job="R" * 10, draft="", errand=Errand.ALT, variant="V" * 10, by="a-reader", text="A person.")
    for facts in (None, variant(deleted=True)):
        (view,) = Chat().send(event, variant=facts).views
        assert isinstance(view, NoticeView) and "deleted" in view.text


def test_somebody_elses_picture_is_not_described() -> None:
    turn = Chat().press(AltText("V" * 10), foreign=True)
    assert turn.toast is not None and not turn.effects


def test_the_files_of_a_picture_come_with_its_alt_text() -> None:
    turn = Chat().press(GetFile("V" * 10), variant=variant())
    assert AltText("V" * 10).pack() in {one.token for one in buttons(*turn.views)}


def test_alt_text_refused_by_a_limit_leads_where_there_is_something() -> None:
    turn = Chat().press(AltText("V" * 10), variant=variant(), limit=Limit.READINGS)
    assert {one.token for one in buttons(*turn.views)} == {Run("gallery").pack()}


def test_alt_text_cannot_be_asked_of_a_brief() -> None:
    chat = settled(Chat(catalogue=WITH_READER))
    turn = chat.press(Read(chat.session.draft, Errand.ALT))
    assert turn.toast is not None and not turn.effects
