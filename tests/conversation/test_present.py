"""What the worker's results look like: who drew it, what it cost, and what to do next, always."""

from dataclasses import replace
from typing import Any

import pytest

from core.conversation import action, card, present, receipt, report
from core.conversation.action import Again, CancelJob, DownloadAll, Expired, OpenVariant, parse
from core.conversation.texts import speaker
from core.conversation.view import FileView, GalleryView, NoticeView, ProgressView, Style, TextView, Tone, View
from core.conversation.world import JobFacts
from core.domain.advice import Advice, Ailment
from core.domain.alphabet import alphabets
from core.domain.format import Size
from core.domain.job import Failure, JobKind, JobStatus, Recipe, Stage
from core.domain.model import Origin
from core.domain.record import from_record, to_record
from core.domain.score import Grade, Measure, Target, checked
from tests.conversation.building import FREE_ONLY, WITH_PAID, buttons, job, recipe, variant

VOICE = speaker("en")
FOUR = tuple(variant(code=f"V{place}", position=place) for place in range(4))
BY_STAND_IN: Recipe = replace(recipe(), model="stand-in", origin=Origin.STAND_IN)


CHECKS = (
    checked(Measure.CONTRAST, 3.5),
    checked(Measure.CAP_HEIGHT, 4.0),
    checked(Measure.WORDS, 2),
    checked(Measure.BYTES, 150_000, Target(2_000_000, 2_000_000, False)),
)


def tokens(view: View) -> set[str]:
    return {button.token for button in buttons(view)}


def ready(facts: JobFacts, count: int = 4) -> GalleryView:
    return present.set_ready(VOICE, facts, FOUR[:count], ordered=4, sheet="sheet-asset", catalogue=WITH_PAID)


def test_the_preview_stands_in_the_cards_place_with_its_buttons() -> None:
    view = present.preview_ready(VOICE, draft="DRAFT", recipe=recipe(), asset="preview", catalogue=WITH_PAID)
    assert view.slot == "card:DRAFT"
    assert view.pictures[0].asset == "preview"
    labels = {button.label for button in buttons(view)}
    assert {"Generate 4 · 2 cr", "2 drafts · 1 cr", "Change details", "Cancel", "Shock reaction"} <= labels
    assert "Free studio set of 4 · 0 cr" in labels
    assert "local studio" in view.pictures[0].caption
    assert "stand-in" in view.text


def test_without_a_paid_model_the_card_says_free_and_by_whom() -> None:
    view = present.preview_ready(VOICE, draft="DRAFT", recipe=recipe(), asset="preview", catalogue=FREE_ONLY)
    offers = {button.label for button in buttons(view)}
    assert "Generate 4" in offers and not any("Free studio set" in label for label in offers)
    assert "Free. Drawn by the local studio" in view.text


@pytest.mark.parametrize("failure", list(Failure))
def test_a_failed_preview_leaves_the_card(failure: Failure) -> None:
    view = present.preview_failed(VOICE, draft="DRAFT", brief=recipe().brief, failure=failure, catalogue=FREE_ONLY)
    assert isinstance(view, TextView)
    assert view.slot == "card:DRAFT"
    way_on = "Change the headline" if failure in present.IN_THE_WORDS else "Generate 4"
    assert [button.label for button in buttons(view) if button.style is Style.PRIMARY] == [way_on]


@pytest.mark.parametrize(
    ("headline", "named"),
    [
        ("Բարեւ", "Armenian"),
        ("ሰላም", "Ethiopic (Amharic)"),
        ("გამარჯობა ᲒᲐ", "Georgian"),
        ("வணக்கம்", "Tamil"),
        ("日本のラーメン", "Japanese"),
        ("안녕 你好", "Korean, Chinese"),
        ("ਪੰਜਾਬੀ ★", "Gurmukhi (Punjabi)"),
    ],
)
def test_letters_no_typeface_covers_are_called_by_their_name(headline: str, named: str) -> None:
    why, facts = Failure.SCRIPT_NOT_COVERED, job(status=JobStatus.FAILED, captured=0)
    missing = alphabets(headline)
    card = present.preview_failed(
        VOICE, draft="DRAFT", brief=recipe().brief, failure=why, catalogue=FREE_ONLY, unwritten=missing
    )
    end = present.job_failed(VOICE, facts, why, unwritten=missing)
    assert all(f"covers these letters of your headline: {named}." in view.text for view in (card, end))


def test_signs_without_an_alphabet_leave_the_plain_reason() -> None:
    end = present.job_failed(VOICE, job(), Failure.SCRIPT_NOT_COVERED, unwritten=alphabets("★ ⵿"))
    assert VOICE.say("failure.script_not_covered") in end.text


def test_a_status_says_stage_place_and_what_is_finished_and_can_be_cancelled() -> None:
    running = job(status=JobStatus.RUNNING, stage=Stage.DRAWING, seconds_left=12)
    view = present.variant_ready(VOICE, running, FOUR[:2], total=4, catalogue=WITH_PAID)
    assert isinstance(view, ProgressView)
    assert view.text == "2 of 4 ready. Drawing, about 12 s"
    assert [picture.asset for picture in view.pictures] == ["picture-1", "picture-1"]
    assert tokens(view) == {CancelJob("J" * 10).pack()}
    again = present.progress(VOICE, running, done=2, total=4, resumed=True)
    assert "charged twice" in again.text


def test_a_finished_set_has_every_variant_its_buttons_and_its_price() -> None:
    view = ready(job())
    assert (view.slot, view.sheet, len(view.pictures)) == ("status:" + "J" * 10, "sheet-asset", 4)
    assert {OpenVariant(facts.code).pack() for facts in FOUR} <= tokens(view)
    assert {DownloadAll("J" * 10).pack(), Again("J" * 10).pack()} <= tokens(view)
    assert "Paid: 2 credits." in view.text
    assert {button.label for button in buttons(view)} >= {
        *("Edit text · free", "Change vibe · free", "Re-roll · free", "Other sizes · free", "File"),
        *("Feed preview · free", "Info", "Pin", "Delete", "1", "2", "3", "4"),
    }


def test_a_set_that_came_up_short_says_what_was_given_back() -> None:
    view = ready(job(captured=1), count=3)
    assert "3 of 4 are ready" in view.text
    assert "1 could not be drawn and is not charged" in view.text
    assert "Paid: 1 cr. Given back: 1 cr." in view.text


def test_pictures_of_the_stand_in_are_marked_everywhere() -> None:
    drawn = variant(recipe=BY_STAND_IN)
    view = present.set_ready(VOICE, job(), [drawn], ordered=1, sheet="", catalogue=WITH_PAID)
    assert "stand-in for tests" in view.text
    assert view.pictures[0].origin is Origin.STAND_IN
    assert "Re-roll · 1 cr" in {button.label for button in buttons(view)}


def test_who_drew_is_said_once_of_a_set_and_of_each_picture_of_a_mixed_one() -> None:
    same = ready(job())
    assert {picture.caption for picture in same.pictures} == {""}
    mixed = present.set_ready(
        VOICE, job(), [FOUR[0], variant(recipe=BY_STAND_IN)], ordered=2, sheet="", catalogue=WITH_PAID
    )
    assert ["stand-in for tests" in picture.caption for picture in mixed.pictures] == [False, True]


@pytest.mark.parametrize("kind", [JobKind.EDIT_TEXT, JobKind.CHANGE_VIBE, JobKind.REROLL, JobKind.RESIZE])
def test_a_refined_variant_can_be_undone(kind: JobKind) -> None:
    newer = variant(version=2, versions=2, previous=1, previous_picture="picture-0")
    view = present.refined(VOICE, job(kind=kind, price=0, captured=0), newer, catalogue=FREE_ONLY)
    assert {action.Undo("V" * 10).pack(), action.BeforeAfter("V" * 10).pack()} <= tokens(view)
    assert "It cost nothing." in view.text


def test_undo_is_the_first_thing_offered_on_a_changed_picture_and_nowhere_else() -> None:
    newer = variant(version=2, versions=2, previous=1, previous_picture="picture-0")
    (shown,) = present.refined(VOICE, job(kind=JobKind.REROLL), newer, catalogue=WITH_PAID).pictures
    assert shown.rows[0].buttons[0].token == action.Undo("V" * 10).pack()
    (plain,) = present.refined(VOICE, job(kind=JobKind.REROLL), variant(), catalogue=WITH_PAID).pictures
    assert action.Undo("V" * 10).pack() not in {one.token for row in plain.rows for one in row.buttons}


@pytest.mark.parametrize("failure", list(Failure))
def test_every_failure_says_reason_what_was_given_back_and_the_next_step(failure: Failure) -> None:
    view = present.job_failed(VOICE, job(status=JobStatus.FAILED, captured=0, variants=()), failure)
    assert view.tone is Tone.ERROR
    assert VOICE.say(f"failure.{failure}") in view.text
    assert "Your 2 credits are given back." in view.text
    assert VOICE.say(f"next.{failure}") in view.text
    assert Again("J" * 10).pack() in tokens(view)
    urged = Again("J" * 10, "headline") if failure in present.IN_THE_WORDS else Again("J" * 10)
    first, *rest = buttons(view)
    assert (parse(first.token), first.style) == (urged, Style.PRIMARY)
    assert Style.PRIMARY not in {one.style for one in rest}


def test_a_cancelled_job_keeps_what_was_ready() -> None:
    view = present.job_cancelled(VOICE, job(status=JobStatus.CANCELLED, captured=1), delivered=2)
    assert "2 pictures that were ready are yours" in view.text
    assert "Given back: 1 cr" in view.text
    none = present.job_cancelled(VOICE, job(status=JobStatus.CANCELLED, captured=0, variants=()))
    assert "before anything was finished" in none.text


def test_a_file_says_its_size_and_an_archive_what_it_holds() -> None:
    facts: dict[str, Any] = {"asset": "file", "name": "quit.jpg", "media_type": "image/jpeg", "size_bytes": 1_234_567}
    view = present.file_ready(VOICE, job(kind=JobKind.FILE), width=1280, height=720, **facts)
    assert view.text == "1280×720 px, 1.23 MB."
    archive = present.file_ready(VOICE, job(kind=JobKind.DOWNLOAD_ALL), **facts)
    assert archive.text == "All files of the set. 1.23 MB."
    assert isinstance(archive, FileView)


def test_another_size_shows_the_picture_beside_its_file() -> None:
    file = FileView(asset="crop", name="quit.jpg", media_type="image/jpeg")
    view = present.size_ready(VOICE, variant(), file, "reels", Size(1080, 1920))
    assert view.picture is not None
    assert (view.picture.asset, view.picture.width, view.picture.height) == ("crop", 1080, 1920)
    assert view.picture.alt.startswith("Variant 1: “I QUIT”") and view.picture.caption == "Reels / Shorts"
    assert [button.token for row in view.rows for button in row.buttons] == [action.OtherSize("V" * 10).pack()]


def test_a_score_names_what_is_weakest_and_says_every_figure_beside_its_aim() -> None:
    view = report.own(VOICE, job(kind=JobKind.SCORE), variant(), CHECKS, catalogue=WITH_PAID)
    assert view.text == "Better not yet. It will suffer from: letter height."
    shown = {fact.name: (fact.value, fact.grade) for fact in view.facts}
    assert shown["Contrast"] == ("3.5 : 1 (aim: 4.5 : 1)", Grade.FAIR)
    assert shown["Letter height"] == ("4.0 px (aim: 8.0 px)", Grade.POOR)
    assert shown["File"] == ("0.15 MB (limit: 2.00 MB)", Grade.GOOD)
    assert all(fact.note for fact in view.facts)


def test_a_picture_without_a_fault_is_ready_to_publish() -> None:
    view = report.own(VOICE, job(kind=JobKind.SCORE), variant(), CHECKS[2:], catalogue=WITH_PAID)
    assert view.text.startswith("Ready to publish")


def test_the_receipt_counts_what_is_gone_and_what_stays() -> None:
    view = present.person_deleted(VOICE, pictures=12, variants=8, credits_lost=4, receipt="r-1")
    assert "12 picture files, 8 thumbnails" in view.text
    assert "written off: 4" in view.text
    assert "Receipt r-1" in view.text


def test_whoever_had_no_credits_hears_of_none_on_leaving() -> None:
    view = present.person_deleted(VOICE, pictures=1, variants=1, credits_lost=0, receipt="r-1")
    assert "1 picture file, 1 thumbnail, and everything" in view.text
    assert "redit" not in view.text


def test_every_view_reads_back_and_every_button_in_it_is_known() -> None:
    views: list[View] = [
        present.preview_ready(VOICE, draft="DRAFT", recipe=recipe(), asset="preview", catalogue=WITH_PAID),
        ready(job()),
        present.variant_ready(VOICE, job(), FOUR, total=4, catalogue=WITH_PAID),
        present.refined(VOICE, job(kind=JobKind.REROLL), variant(pinned=True), catalogue=WITH_PAID),
        present.feed_ready(VOICE, job(kind=JobKind.FEED_PREVIEW), variant(), asset="feed", size=Size(1240, 900)),
        report.own(VOICE, job(kind=JobKind.SCORE), variant(), CHECKS, catalogue=WITH_PAID),
        present.job_failed(VOICE, job(recipe=None), Failure.INTERNAL),
    ]
    kind: Any = View
    for view in views:
        assert from_record(kind, to_record(view)) == view
        assert isinstance(view, GalleryView | ProgressView | NoticeView)
        for token in tokens(view):
            assert len(token.encode()) <= action.LIMIT_BYTES
            assert not isinstance(parse(token), Expired)


def test_a_brief_says_how_much_inspiration_goes_with_it() -> None:
    plain = recipe().brief
    assert "Inspiration" not in card.summary(VOICE, plain, FREE_ONLY)
    liked = replace(plain, inspiration=("a" * 8, "b" * 8))
    assert "Inspiration: 2 " in card.summary(VOICE, liked, FREE_ONLY)


@pytest.mark.parametrize(
    ("shown", "said"),
    [([1], "Painted from selfie 1 of your 3: the sharpest"), ([1, 3], "Painted from selfies 1, 3 of your 3: the")],
)
def test_which_selfies_were_painted_from_is_said_in_whole_sentences(shown: list[int], said: str) -> None:
    one = variant(recipe=recipe(selfies=("a" * 8, "b" * 8, "c" * 8)), facts={"selfies_shown": shown})
    (line,) = receipt.chosen(VOICE, (one,))
    assert line.startswith(said)


@pytest.mark.parametrize(
    ("advice", "said", "offered"),
    [
        (
            Advice(Ailment.TINY, n=5, figure=8.4),
            "At 168 px wide the letters are only just large enough: 8.4 px tall, where 8 is the least. 5 words",
            True,
        ),
        (
            Advice(Ailment.TINY, n=5, figure=7.99),
            "At 168 px wide the letters are 7.9 px tall, where 8 is the least. 5 words would be large. As it stands no "
            "set is made of it.",
            True,
        ),
        (Advice(Ailment.LONG_WORD, word="JOB", figure=6.0), "As it stands no set is made of it.", False),
        (Advice(Ailment.FULL_STOP), "A full stop ends the curiosity, too. Leave it out.", False),
    ],
)
def test_the_card_says_what_is_wrong_with_the_headline_in_a_line_and_is_in_nobodys_way(
    advice: Advice, said: str, offered: bool
) -> None:
    long = recipe(headline="How I left my job at the best place anywhere")
    plain = present.preview_ready(VOICE, draft="DRAFT", recipe=long, asset="preview", catalogue=WITH_PAID)
    view = present.preview_ready(VOICE, draft="DRAFT", recipe=long, asset="preview", catalogue=WITH_PAID, advice=advice)
    first, rest = view.text.split("\n", 1)
    assert said in first and rest == plain.text
    assert ("For instance: “How I left my job”" in first) is offered
    before, now = ([one.label for one in buttons(shown)] for shown in (plain, view))
    assert set(before) < set(now) and "Change the headline" in now
    if "no set is made" in said:
        assert [one.label for one in buttons(view) if one.style is Style.PRIMARY] == now[:1] == ["Change the headline"]
    else:
        assert now[: now.index("Cancel")] == before[: before.index("Cancel")]
