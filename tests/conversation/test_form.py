"""A form that asks several things at once: pictures, the headline, and answers by their questions."""

from core.conversation.action import Ask
from core.conversation.event import FormSent, PhotosSent
from core.conversation.view import NoticeView
from tests.conversation.building import SELFIE, Chat


def sent(chat: Chat, **answers: str) -> None:
    chat.send(PhotosSent(photos=(SELFIE,), caption="I QUIT", answers=answers))


def test_what_came_along_is_answered_and_the_preview_is_drawn_at_once() -> None:
    chat = Chat()
    sent(chat, vibe="clean", format="reels", title="How I left")
    kept = chat.session.answers
    assert (kept["headline"], kept["vibe"], kept["format"], kept["title"]) == ("I QUIT", "clean", "reels", "How I left")
    assert chat.turn.effects


def test_an_answer_that_does_not_fit_is_said_and_holds_nothing_up() -> None:
    chat = Chat()
    sent(chat, vibe="plaid")
    assert "vibe" not in chat.session.answers and chat.turn.effects
    assert any(isinstance(view, NoticeView) for view in chat.turn.views)


def test_a_field_of_another_release_is_no_reason_to_refuse_a_form() -> None:
    chat = Chat()
    sent(chat, hologram="yes")
    assert chat.turn.effects


def test_a_form_without_pictures_keeps_its_answers_and_asks_for_a_selfie() -> None:
    chat = Chat()
    chat.send(PhotosSent(photos=(), caption="I QUIT", answers={"vibe": "clean"}))
    assert chat.session.answers["vibe"] == "clean" and chat.session.asking == "selfies"


def test_words_of_a_form_answer_the_question_it_was_opened_for_whatever_was_asked_since() -> None:
    chat = Chat()
    sent(chat)
    draft = chat.session.draft
    chat.press(Ask(draft, "subtext"))
    chat.send(FormSent(draft=draft, question="title", values=("How I left",)))
    assert chat.session.answers["title"] == "How I left" and "subtext" not in chat.session.answers
