import html
from uuid import uuid4

from core.conversation.action import Generate, Pin
from core.conversation.event import CommandSent, Photo, PhotoRefused, PhotosSent, Pressed, Started, TextSent
from tests.web.scripted import LIMIT_BYTES, plain_artist
from tests.web.stage import SENTENCES, NewVisitor, Stage, Visitor
from web.chat.intake import Parcel, words

PICTURE = plain_artist("test", 1)


async def test_several_pictures_and_a_caption_are_one_event(stage: Stage, visitor: Visitor) -> None:
    answer = await visitor.say("I quit", ("a.jpg", PICTURE), ("b.jpg", PICTURE))
    assert answer.status == 200
    (event,) = stage.desk.taken.values()
    assert isinstance(event, PhotosSent)
    assert event.caption == "I quit"
    assert len(event.photos) == 2


async def test_a_message_sent_twice_is_taken_once(stage: Stage, visitor: Visitor) -> None:
    event_id = uuid4().hex
    for _ in range(2):
        await visitor.say("hello", event_id=event_id)
    assert len(stage.desk.taken) == 1
    assert (await visitor.open()).count(">hello<") == 1


async def test_a_double_click_is_one_press(stage: Stage, visitor: Visitor) -> None:
    event_id = uuid4().hex
    for _ in range(2):
        await visitor.press(Generate("d1", "4.standard.0").pack(), event_id=event_id)
    assert list(stage.desk.taken) == [f"web:{event_id}"]


async def test_a_bad_file_among_good_ones_is_refused_alone_and_the_caption_kept(stage: Stage, visitor: Visitor) -> None:
    await visitor.say("I quit", ("good.jpg", PICTURE), ("page.jpg", b"<html>"))
    taken = list(stage.desk.taken.values())
    assert isinstance(taken[0], PhotosSent)
    assert taken[0].caption == "I quit"
    assert taken[1:] == [PhotoRefused(reason="not_a_picture")]
    assert SENTENCES["not_taken"].format(name="page.jpg") in await visitor.open()


async def test_only_bad_files_still_carry_the_caption_and_are_refused_once_for_each_reason(
    stage: Stage, visitor: Visitor
) -> None:
    await visitor.say("I quit", ("a.gif", b"x"), ("huge.jpg", bytes(LIMIT_BYTES + 1)), ("b.svg", b"y"))
    assert list(stage.desk.taken.values()) == [
        PhotoRefused(reason="not_a_picture", caption="I quit"),
        PhotoRefused(reason="too_large"),
    ]


async def test_a_file_beyond_every_limit_is_refused_in_the_desks_own_words(stage: Stage, visitor: Visitor) -> None:
    huge = bytes(stage.options.upload_bytes + 5_000_000)
    answer = await visitor.say("I quit", ("huge.jpg", huge))
    assert answer.status == 200
    assert list(stage.desk.taken.values()) == [PhotoRefused(reason="too_large", caption="I quit")]
    assert f"larger than {LIMIT_BYTES // 1_000_000} MB" in await visitor.open()


async def test_a_message_beyond_the_request_limit_is_refused_before_it_is_read(visitor: Visitor) -> None:
    headers = visitor.own() | {"Content-Type": "multipart/form-data; boundary=x", "Content-Length": str(10**10)}
    async with visitor.session.post("/say", data=b"--x", headers=headers) as answer:
        assert answer.status == 413
        assert SENTENCES["fault_413"] in await answer.text()


async def test_an_empty_message_is_nothing(stage: Stage, visitor: Visitor) -> None:
    assert (await visitor.say("   ")).status == 200
    assert stage.desk.taken == {}


def test_a_picture_with_the_command_is_one_to_be_judged() -> None:
    photo = Photo("a" * 8)
    (event,) = Parcel(fields={"text": "/score"}, photos=[photo]).events()
    assert event == PhotosSent(photos=(photo,), command="score")
    (event,) = Parcel(fields={"text": "/new"}, photos=[photo]).events()
    assert event == PhotosSent(photos=(photo,), caption="/new")


def test_a_slash_makes_a_command() -> None:
    assert words("/Gallery") == CommandSent(name="gallery")
    assert words("/edit  new words ") == CommandSent(name="edit", argument="new words")
    assert words("/start abc") == Started(payload="abc")
    assert words("24/7 open", "v3") == TextSent(text="24/7 open", variant="v3")


async def test_a_token_nobody_can_read_is_an_expired_button_and_not_a_fault(stage: Stage, visitor: Visitor) -> None:
    answer = await visitor.press("9:zz:whatever", Accept="application/json")
    assert "expired" in (await answer.json())["toast"]
    (event,) = stage.desk.taken.values()
    assert isinstance(event, Pressed)


async def test_without_script_a_press_answers_with_the_page_and_its_toast(visitor: Visitor) -> None:
    await visitor.say("hello")
    answer = await visitor.press(Pin("v1").pack())
    text = await answer.text()
    assert "Pinned: it stays." in text
    assert "hello" in text


async def test_the_browser_is_anonymous_and_its_place_is_its_person(stage: Stage, new_visitor: NewVisitor) -> None:
    for _ in range(2):
        visitor = new_visitor()
        await visitor.open()
        await visitor.say("hello")
    assert set(stage.transcript.lines) == {"person-1", "person-2"}


async def test_what_people_type_is_never_markup(visitor: Visitor) -> None:
    nasty = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'"
    await visitor.say(nasty)
    text = await visitor.open()
    assert "<script>alert" not in text
    assert "<img src=x" not in text
    assert html.escape(nasty, quote=False).split('"')[0] in text


async def test_a_message_during_an_outage_is_offered_again_under_its_id(stage: Stage, visitor: Visitor) -> None:
    event_id = uuid4().hex
    stage.desk.is_down = True
    assert (await visitor.say("hello", event_id=event_id)).status == 503
    stage.desk.is_down = False
    assert (await visitor.say("hello", event_id=event_id)).status == 200
    assert len(stage.desk.taken) == 1
    assert (await visitor.open()).count(">hello<") == 1
