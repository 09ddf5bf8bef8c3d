"""Every view as Telegram gets it: delivered to the server that checks contract and rules."""

import asyncio
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bots.telegram.bot import TelegramBot
from bots.telegram.message import Album, Document, Photo, Text
from bots.telegram.prose import to_html
from bots.telegram.render import BUTTONS, BUTTONS_PER_ROW, render
from core.conversation.action import Cancel, Choose, OpenVariant
from core.conversation.view import (
    Button,
    Fact,
    FieldKind,
    FileView,
    FormView,
    GalleryView,
    NoticeView,
    Option,
    Picture,
    ProgressView,
    Row,
    Style,
    TextView,
    Tone,
    View,
)
from core.domain.score import Grade
from core.services.desk import Delivery
from core.supervisor import Supervisor
from tests.bots.scripted import Cards, ScriptedDesk
from tests.telegram_server.person import Person
from tests.telegram_server.server import TelegramServer

COLOURS = ("navy", "teal", "olive", "maroon", "purple", "gray")

_TEXTS = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        ["<b>bold", "a & b < c > d", "</i></b>", "&amp;lt;", "👩‍🚀" * 300, "word " * 1000, "x" * 5000, " \n\t "]
    ),
)
_TOKENS = st.builds(lambda id_: Cancel(id_).pack(), st.text("abc123", min_size=1, max_size=20))
_BUTTONS = st.builds(Button, _TEXTS, _TOKENS, st.sampled_from(Style))
_ROWS = st.lists(st.builds(Row, st.lists(_BUTTONS, max_size=14).map(tuple)), max_size=9).map(tuple)
_OPTIONS = st.lists(
    st.builds(Option, _TEXTS, st.just("v"), st.builds(lambda n: Choose("d", f"q.{n}").pack(), st.integers(0, 999)),
              st.booleans()), max_size=120,
).map(tuple)  # fmt: skip
_ASSETS = st.sampled_from(COLOURS)
_PICTURE = st.builds(Picture, asset=_ASSETS, alt=_TEXTS, caption=_TEXTS, rows=_ROWS)
_PICTURES = st.lists(_PICTURE, max_size=12).map(tuple)
_FACTS = st.lists(
    st.one_of(
        st.builds(Fact, name=_TEXTS, value=_TEXTS, note=_TEXTS, grade=st.one_of(st.none(), st.sampled_from(Grade))),
        st.builds(Fact, name=_TEXTS, value=_TEXTS, link=st.just("https://www.google.com/search?q=a%26b&x=\"<>'")),
    ),
    max_size=9,
).map(tuple)
VIEWS = st.one_of(
    st.builds(TextView, text=_TEXTS, title=_TEXTS, facts=_FACTS, copy=_TEXTS, chips=st.just(("V.1",)), rows=_ROWS),
    st.builds(GalleryView, pictures=_PICTURES, text=_TEXTS, title=_TEXTS, facts=_FACTS,
              sheet=st.one_of(st.just(""), _ASSETS), rows=_ROWS),
    st.builds(FormView, draft=st.just("d"), question=st.just("q"), kind=st.sampled_from(FieldKind), text=_TEXTS,
              note=_TEXTS, hint=_TEXTS, options=_OPTIONS, rows=_ROWS),
    st.builds(ProgressView, text=_TEXTS, done=st.integers(0, 30), total=st.integers(0, 30), rows=_ROWS),
    st.builds(NoticeView, text=_TEXTS, tone=st.sampled_from(Tone), rows=_ROWS),
    st.builds(FileView, asset=_ASSETS, name=st.sampled_from(["a.png", 'we"ird\n.zip', "снимок.jpg"]),
              media_type=st.just("image/png"), picture=st.one_of(st.none(), _PICTURE), text=_TEXTS, rows=_ROWS),
)  # fmt: skip


def picture(name: str, caption: str = "") -> Picture:
    return Picture(asset=name, alt="A picture", caption=caption)


def buttons(count: int) -> tuple[Button, ...]:
    return tuple(Button(f"Open {number}", OpenVariant(f"v{number}").pack()) for number in range(count))


async def _deliver_all(contracts: Path, views: list[View]) -> list[str]:
    desk = ScriptedDesk()
    for colour in COLOURS:
        desk.assets[colour] = desk.assets[desk.picture(colour)]
    async with TelegramServer(contracts) as server:
        person = Person(server, 42)
        bot = TelegramBot(
            server.token,
            desk=desk,
            references=Cards(),
            supervisor=Supervisor(),
            polling=False,
            api_url=server.base_url.removesuffix("/bot"),
        )
        await bot.start()
        last: dict[str, object] = {}
        for number, view in enumerate(views):
            place = str(person.chat.id)
            one = Delivery(id=number, key=str(number), place=place, view=view, language="en", replaces=last)
            last = await bot.courier.deliver(one)
        await bot.stop()
        return server.violations


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(views=st.lists(VIEWS, min_size=1, max_size=5))
def test_any_views_after_each_other_in_one_slot_keep_telegrams_contract(views: list[View], contracts: Path) -> None:
    assert asyncio.run(_deliver_all(contracts, views)) == []


@pytest.mark.parametrize("kind", get_args(View))
def test_every_kind_of_view_is_rendered(kind: type[View]) -> None:
    examples: dict[type, View] = {
        TextView: TextView(text="Hello"),
        GalleryView: GalleryView(pictures=(picture("a"),)),
        FormView: FormView(draft="d", question="headline", kind=FieldKind.TEXT, text="Your headline?"),
        ProgressView: ProgressView(text="Drawing", done=1, total=4),
        NoticeView: NoticeView(text="Saved"),
        FileView: FileView(asset="a", name="a.png", media_type="image/png"),
    }
    assert render(examples[kind])


def test_the_picture_ahead_of_a_file_has_the_buttons_too_for_it_is_what_people_reply_to() -> None:
    further = (Row(buttons(1)),)
    photo, document = render(FileView(asset="a", name="a.png", media_type="i/p", picture=picture("p"), rows=further))
    assert isinstance(photo, Photo) and isinstance(document, Document)
    assert photo.keyboard == document.keyboard == (buttons(1),)


def test_a_table_is_a_line_for_each_fact_and_judged_ones_stand_apart() -> None:
    plain = (Fact(name="Language", value="English"), Fact(name="Logo", value="set"))
    judged = Fact(name="Contrast", value="9 : 1", note="Stands out.", grade=Grade.GOOD)
    (message,) = render(TextView(title="Table", text="", facts=(*plain, judged)))
    assert isinstance(message, Text)
    assert [run.text for run in message.words] == [
        "Table",
        "Language: English\nLogo: set",
        "✅ Contrast: 9 : 1\nStands out.",
    ]


def test_what_leads_outside_is_a_link_on_a_line_of_its_own() -> None:
    found = tuple(
        Fact(name="Searched", value=query, link=f"https://www.google.com/search?q={query}&x")
        for query in ("<boats>", "b")
    )
    (message,) = render(TextView(title="Info", text="Seed: 1", facts=(Fact(name="Logo", value="set"), *found)))
    assert isinstance(message, Text)
    assert to_html(message.words, 4096) == (
        "<b>Info</b>\n\nSeed: 1\n\nLogo: set\n\n"
        '<a href="https://www.google.com/search?q=&lt;boats&gt;&amp;x">Searched: &lt;boats&gt; ↗</a>\n'
        '<a href="https://www.google.com/search?q=b&amp;x">Searched: b ↗</a>'
    )


def test_words_to_take_along_are_copied_by_a_tap() -> None:
    (message,) = render(TextView(title="Alt text", text="Read by a model.", copy="A <boat>."))
    assert isinstance(message, Text)
    assert to_html(message.words, 4096) == "<b>Alt text</b>\n\nRead by a model.\n\n<code>A &lt;boat&gt;.</code>"


def test_one_picture_carries_words_and_buttons_itself() -> None:
    view = GalleryView(pictures=(picture("a", "Drawn here"),), title="Your preview", rows=(Row(buttons(1)),))
    (photo,) = render(view)
    assert isinstance(photo, Photo)
    assert [run.text for run in photo.words] == ["Your preview", "Drawn here"]
    assert photo.keyboard == (buttons(1),)


def test_several_pictures_with_a_sheet_are_one_message() -> None:
    view = GalleryView(pictures=tuple(map(picture, "abcd")), sheet="s", rows=(Row(buttons(4)),))
    (photo,) = render(view)
    assert isinstance(photo, Photo)
    assert photo.asset == "s"


def test_several_pictures_without_a_sheet_are_an_album_and_one_control_message() -> None:
    view = GalleryView(pictures=tuple(map(picture, "abcd")), text="Pick one", rows=(Row(buttons(4)),))
    album, control = render(view)
    assert isinstance(album, Album)
    assert isinstance(control, Text)
    assert control.keyboard == (buttons(4),)


def test_a_caption_too_long_follows_as_a_text_with_the_buttons() -> None:
    photo, text = render(GalleryView(pictures=(picture("a"),), text="word " * 400, rows=(Row(buttons(2)),)))
    assert isinstance(photo, Photo)
    assert not photo.keyboard
    assert isinstance(text, Text)
    assert text.keyboard == (buttons(2),)


def test_options_stand_in_rows_of_three_two_or_one_by_their_length() -> None:
    def widths(*labels: str) -> list[int]:
        options = tuple(Option(label, label, Choose("d", f"q.{n}").pack()) for n, label in enumerate(labels))
        (text,) = render(FormView(draft="d", question="q", kind=FieldKind.CHOICE, text="?", options=options))
        assert isinstance(text, Text)
        return [len(row) for row in text.keyboard]

    assert widths("Bold", "Clean", "Neon", "Tech") == [3, 1]
    assert widths("High contrast", "Warm", "Cool") == [2, 1]
    assert widths("Only lighting and background", "Anything") == [1, 1]


def test_a_keyboard_keeps_the_views_own_buttons_when_there_are_too_many_options() -> None:
    options = tuple(Option(str(n), str(n), Choose("d", f"q.{n}").pack()) for n in range(150))
    rows = (Row((Button("Back", Cancel("d").pack()),)),)
    (text,) = render(FormView(draft="d", question="q", kind=FieldKind.CHOICE, text="?", options=options, rows=rows))
    assert isinstance(text, Text)
    assert sum(map(len, text.keyboard)) == BUTTONS
    assert max(map(len, text.keyboard)) <= BUTTONS_PER_ROW
    assert text.keyboard[-1][0].label == "Back"
