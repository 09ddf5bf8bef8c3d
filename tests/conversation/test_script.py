"""The questionnaire as data: complete, reachable, answerable, and promising only what can be drawn."""

from dataclasses import fields, replace

import pytest

from core.conversation import action, prefill
from core.conversation.action import Ask, Choose, OpenDetails
from core.conversation.command import COMMANDS
from core.conversation.event import AlbumSettled, FormSent, Photo, PhotosSent
from core.conversation.script import QUESTIONS, Section, section
from core.conversation.session import Session
from core.conversation.view import FieldKind, FormView
from core.domain.brief import Brief
from core.domain.model import Catalogue
from core.domain.preset import PRESETS, Preset
from core.domain.record import from_record, to_record
from tests.conversation.building import SELFIE, STUDIO, WITH_PAID, Chat, buttons, texts, world

TYPED = {
    "format": "1000x500",
    "title": "Why I left",
    "headline": "I STAYED",
    "subtext": "and why",
    "no_go_note": "my scar",
    "brand_colours": "#ff0000, #00ff00",
    "brand_guide": "calm and bright",
    "inspiration": "https://youtu.be/dQw4w9WgXcQ https://www.youtube.com/shorts/abcdefghijk",
    "video": "https://youtu.be/dQw4w9WgXcQ?t=83",
    "prompts": "WE QUIT\nTHEY QUIT",
}


def test_every_field_of_a_brief_is_asked_for_but_those_of_settings() -> None:
    untold = {"selfie_places", "exhibit", "series", "signature", "logo", "language", "brand_font"}
    assert set(QUESTIONS) == {row.name for row in fields(Brief)} - untold - {"key_word"}, (
        "a word is chosen in a picture"
    )


def test_every_section_has_questions() -> None:
    assert all(section(name) for name in Section)


def _open(question: str) -> Chat:
    """By presses alone: card, sections, section, question."""
    chat = Chat(catalogue=WITH_PAID)
    chat.photo(*((SELFIE, Photo("second")) if question == "people" else (SELFIE,)), caption="I QUIT")
    for press in (
        OpenDetails(chat.session.draft),
        OpenDetails(chat.session.draft, QUESTIONS[question].section.value),
        Ask(chat.session.draft, question),
    ):
        offered = {button.token for button in buttons(*chat.turn.views)}
        assert press.pack() in offered or (isinstance(press, OpenDetails) and not press.section)
        chat.press(press)
    return chat


def _form(chat: Chat) -> FormView:
    [form] = chat.turn.views
    assert isinstance(form, FormView)
    return form


def _option(chat: Chat, value: str) -> action.Action:
    [token] = [option.token for option in _form(chat).options if option.value == value]
    return action.parse(token)


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_question_is_reached_by_presses(question: str) -> None:
    form = _form(_open(question))
    assert (form.question, form.kind) == (question, QUESTIONS[question].kind)


@pytest.mark.parametrize("question", [row.id for row in QUESTIONS.values() if row.kind is not FieldKind.PHOTOS])
def test_every_option_is_an_answer_its_field_can_hold(question: str) -> None:
    for value in [option.value for option in _form(_open(question)).options]:
        chat = _open(question)
        chat.press(_option(chat, value))
        record = chat.session.answers[question]
        kind = prefill._kinds()[question]
        assert to_record(from_record(kind, record)) == record


@pytest.mark.parametrize("question", TYPED)
def test_every_question_in_words_is_answered_by_typing(question: str) -> None:
    chat = _open(question)
    chat.say(TYPED[question])
    assert getattr(prefill.brief(chat.session, world()), question) != getattr(Brief(), question)


@pytest.mark.parametrize("question", [row.id for row in QUESTIONS.values() if row.kind is FieldKind.CHOICE])
def test_a_choice_may_be_typed_by_its_label(question: str) -> None:
    for option in _form(_open(question)).options:
        chat = _open(question)
        chat.say(option.label.upper())
        pressed = _open(question)
        pressed.press(_option(pressed, option.value))
        assert chat.session.answers[question] == pressed.session.answers[question]


@pytest.mark.parametrize("question", [row.id for row in QUESTIONS.values() if row.kind is FieldKind.CHOICES])
def test_a_list_of_choices_may_be_emptied(question: str) -> None:
    chat = _open(question)
    chat.send(FormSent(draft=chat.session.draft, question=question, values=()))
    assert chat.session.answers[question] == []


def test_the_selfies_question_is_answered_by_photos() -> None:
    chat = _open("selfies")
    chat.photo(Photo("second"))
    assert [photo.asset for photo in chat.session.photos] == ["aaaaaaaa", "second"]


def test_inspiration_gathers_pictures_and_links_until_that_is_all_and_takes_no_selfie() -> None:
    chat = _open("inspiration")
    for name in ("one", "two"):
        chat.send(PhotosSent(photos=(Photo(name),), album="A"))
    chat.send(AlbumSettled(album="A"))
    chat.say("https://vimeo.com/12345")
    assert chat.session.answers["inspiration"] == ["one", "two"]
    chat.say("this https://youtu.be/dQw4w9WgXcQ and https://youtu.be/abcdefghijk")
    assert chat.session.answers["inspiration"] == ["one", "two", "https://www.youtube.com/watch?v=dQw4w9WgXcQ"]
    assert [photo.asset for photo in chat.session.photos] == ["aaaaaaaa"]

    chat.press(Choose(chat.session.draft, "inspiration.none"))
    assert chat.session.answers["inspiration"] == []


def test_only_vibes_a_model_can_draw_are_offered() -> None:
    bold_only = Catalogue((replace(STUDIO, vibes=STUDIO.vibes[:1]),))
    assert [str(vibe) for vibe in QUESTIONS["vibe"].offers(bold_only)] == ["bold"]
    chat = Chat(catalogue=bold_only, settings={"vibe": "clean"})
    chat.photo(caption="I QUIT")
    assert prefill.brief(chat.session, world(catalogue=bold_only, settings={"vibe": "clean"})).vibe == "bold"
    chat.press(Choose(chat.session.draft, "vibe.clean"))
    assert "vibe" not in chat.session.answers


@pytest.mark.parametrize("preset", PRESETS.values(), ids=lambda preset: preset.id)
def test_every_preset_is_a_valid_brief(preset: Preset) -> None:
    records = {name: to_record(value) for name, value in preset.answers.items()}
    photos = (SELFIE, Photo("second"))
    brief = prefill.brief(Session(draft="D", answers={**records, "headline": "X"}, photos=photos), world())
    assert all(getattr(brief, name) == value for name, value in preset.answers.items())
    assert not {"headline", "selfies"} & set(preset.answers)
    assert preset.vibe in STUDIO.vibes


def test_eight_to_ten_commands_are_visible_and_all_are_answered() -> None:
    assert 8 <= sum(row.visible for row in COMMANDS.values()) <= 10
    for name in COMMANDS:
        chat = Chat()
        chat.command(name)
        assert chat.turn.views
        assert f"I don't know /{name}" not in texts(chat.turn)
