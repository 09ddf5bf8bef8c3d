"""Anybody's thumbnail is judged: what is sent for it is nobody's selfie, and every weak row says what to change."""

import pytest

from core.conversation import report, scoring
from core.conversation.action import EditText, Run, Score, parse
from core.conversation.effect import Order
from core.conversation.event import CommandSent, Photo, PhotosSent, TextSent
from core.conversation.texts import speaker
from core.conversation.view import TextView
from core.conversation.world import Limit
from core.domain.job import JobKind
from core.domain.score import Appraisal, Check, Grade, Measure, Target, checked
from tests.conversation.building import FREE_ONLY, SELFIE, Chat, buttons, job, texts, variant

THUMBNAIL = Photo("t" * 8)
EN = speaker("en")


def ordered(chat: Chat) -> dict[str, object]:
    (effect,) = chat.turn.effects
    assert isinstance(effect, Order) and effect.kind is JobKind.SCORE and effect.quote.credits == 0
    return effect.options


def test_a_picture_with_the_command_is_measured_and_leaves_the_brief_alone() -> None:
    chat = Chat()
    chat.send(PhotosSent(photos=(SELFIE,)))
    before = chat.session
    chat.send(PhotosSent(photos=(THUMBNAIL,), command="score"))
    assert ordered(chat) == {"asset": THUMBNAIL.asset}
    assert (chat.session.photos, chat.session.draft, chat.session.asking) == (before.photos, before.draft, "headline")


def test_after_the_command_the_next_picture_is_measured_and_the_one_after_is_a_selfie() -> None:
    chat = Chat()
    chat.command("score")
    assert "anybody's" in texts(chat.turn)
    chat.send(PhotosSent(photos=(THUMBNAIL,)))
    assert ordered(chat) == {"asset": THUMBNAIL.asset}
    chat.send(PhotosSent(photos=(SELFIE,)))
    assert chat.session.photos == (SELFIE,)


def test_after_an_album_was_measured_the_next_selfie_begins_a_brief() -> None:
    chat = Chat()
    chat.command("score")
    for asset in ("a" * 8, "b" * 8):
        chat.send(PhotosSent(photos=(Photo(asset),), album="album"))
        assert ordered(chat) == {"asset": asset}
    chat.send(PhotosSent(photos=(SELFIE,)))
    assert chat.session.photos == (SELFIE,)


def test_all_that_was_sent_to_be_measured_is_remembered_as_that_even_if_the_order_is_not_taken() -> None:
    sent = PhotosSent(photos=(THUMBNAIL, Photo("u" * 8)), command="score")
    for limit in (None, Limit.SUBMITS):
        chat = Chat()
        chat.send(sent, limit=limit)
        assert bool(chat.turn.effects) is (limit is None)
        assert chat.session.judged == (THUMBNAIL.asset, "u" * 8)


def test_a_picture_with_words_of_its_own_is_a_brief_all_the_same() -> None:
    chat = Chat()
    chat.command("score")
    chat.send(PhotosSent(photos=(SELFIE,), caption="I QUIT"))
    assert chat.session.photos == (SELFIE,)


def test_words_instead_of_the_picture_give_it_up() -> None:
    chat = Chat()
    chat.command("score")
    chat.send(TextSent(text="I QUIT"))
    chat.send(PhotosSent(photos=(SELFIE,)))
    assert chat.session.photos == (SELFIE,)


def test_who_has_pictures_of_ours_is_offered_another_one() -> None:
    chat = Chat(gallery=tuple(variant(code=f"V{place}" * 5, position=place) for place in (1, 0)))
    chat.command("score")
    assert parse(buttons(*chat.turn.views)[-1].token) == Run("score", scoring.ANOTHER)
    chat.send(CommandSent(name="score", argument=scoring.ANOTHER))
    assert chat.session.judging


def test_asked_which_one_shall_be_measured_a_picture_is_an_answer_as_a_number_is() -> None:
    ours = tuple(variant(code=f"V{place}" * 5, position=place) for place in (1, 0))
    chat = Chat(gallery=ours)
    chat.send(PhotosSent(photos=(SELFIE,)))
    chat.command("score")
    asked = chat.session
    chat.send(PhotosSent(photos=(THUMBNAIL,)))
    assert ordered(chat) == {"asset": THUMBNAIL.asset} and chat.session.photos == (SELFIE,)
    chat.session = asked
    chat.press(Score(ours[1].code), variant=ours[1])
    assert chat.turn.effects
    chat.send(PhotosSent(photos=(Photo("later"),)))
    assert chat.session.photos == (SELFIE, Photo("later"))


FIVE = checked(Measure.WORDS, 5)


@pytest.mark.parametrize(
    ("check", "fix"),
    [
        (checked(Measure.CAP_HEIGHT, 6.1), "Cut it to 3 words, or enlarge them by 32 %."),
        (checked(Measure.CAP_HEIGHT, 2.0), "Cut it to 1 word, or enlarge the words by 300 %."),
        (checked(Measure.CONTRAST, 1.2, about="light"), "Give the light letters a dark outline of 16 px"),
        (checked(Measure.CONTRAST, 2.2, about="dark"), "Give the dark letters a light outline of 16 px"),
        (checked(Measure.RECALL, 0.4), "Cut it to 3 words"),
        (checked(Measure.OVERLAYS, 0.2, about="words.duration_badge"), "Move the words out of the lower right corner"),
        (checked(Measure.OVERLAYS, 0.2, about="face.duration_badge"), "Move the face out of the lower right corner"),
        (checked(Measure.FACE, 0.01), "Crop closer, until the face is 100 % taller."),
        (checked(Measure.ON_FACE, 0.4), "Move the words beside the face"),
        (checked(Measure.WIDTH, 480.0, Target(1280, 640, True)), "Export it 1280 px wide."),
    ],
)
def test_a_weak_row_says_the_one_thing_to_change(check: Check, fix: str) -> None:
    found = Appraisal((FIVE, check), "youtube", "FIVE WORDS OF ANY KIND", read=True)
    view = report.elsewhere(EN, job(kind=JobKind.SCORE), found)
    assert fix in view.facts[1].note
    assert view.facts[0].note == "Read in one glance."


def test_what_could_not_be_read_is_said() -> None:
    def told(found: Appraisal) -> str:
        view = report.elsewhere(EN, job(kind=JobKind.SCORE), found)
        assert isinstance(view, TextView)
        return view.text

    assert "can't read words here" in told(Appraisal((), "youtube"))
    assert "read no words" in told(Appraisal((), "youtube", read=True))


def test_the_report_of_ours_leads_with_what_mends_it() -> None:
    view = report.own(EN, job(), variant(), (FIVE, checked(Measure.CAP_HEIGHT, 6.0)), catalogue=FREE_ONLY)
    assert view.facts[1].grade is Grade.FAIR and "Cut it to 3 words" in view.facts[1].note
    assert parse(buttons(view)[0].token) == EditText("V" * 10)
    view = report.own(EN, job(), variant(), (checked(Measure.OVERLAYS, 0.1),), catalogue=FREE_ONLY)
    assert buttons(view)[0].label.startswith("Re-roll")
