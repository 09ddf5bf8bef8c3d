import re
from dataclasses import replace
from typing import get_args

import pytest

from core.conversation.action import Choose, OpenVariant, Pin
from core.conversation.view import (
    Button,
    Fact,
    FieldKind,
    FileView,
    FormView,
    GalleryView,
    Link,
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
from core.domain.model import Origin
from core.domain.record import to_record
from core.domain.score import Grade
from core.services.desk import Line
from tests.web.stage import SENTENCES, speak
from web.chat.guard import SANDBOX
from web.chat.render import TEMPLATES, Renderer
from web.chat.said import Said
from web.chat.shelf import Shelf

NASTY = "<b>&\"'"
ROWS = (Row((Button(f"Pin {NASTY}", Pin("v1").pack(), Style.DANGER),)),)
PICTURES = tuple(
    Picture(
        asset=f"a{n}",
        alt=NASTY,
        caption=NASTY,
        variant=f"v{n}",
        name=NASTY,
        origin=origin,
        width=9,
        height=16,
        rows=ROWS * 6,
    )
    for n, origin in enumerate(Origin)
)
FACTS = (
    Fact(name=NASTY, value=NASTY),
    Fact(name=NASTY, value=NASTY, link=f"https://example.com/?q={NASTY}"),
    *(Fact(name=NASTY, value="1", note=NASTY, grade=grade) for grade in Grade),
)
LINKS = (Link(NASTY, "https://example.com/pay/1.2.3"), Link("b", "https://example.com/pay/4.5.6"))
VIEWS: tuple[View | Said, ...] = (
    TextView(text=NASTY, title=NASTY, rows=ROWS),
    TextView(text="", facts=FACTS, copy=NASTY, chips=(NASTY,)),
    GalleryView(pictures=PICTURES, text=NASTY, title=NASTY, facts=FACTS, rows=ROWS),
    GalleryView(pictures=()),
    GalleryView(pictures=PICTURES, chips=(NASTY,)),
    *(
        FormView(
            draft="d",
            question="q",
            kind=kind,
            text=NASTY,
            note=NASTY,
            hint=NASTY,
            options=(Option(NASTY, "x", Choose("d", "x").pack(), True), Option("b", "y", Choose("d", "y").pack())),
            rows=ROWS,
        )
        for kind in FieldKind
    ),
    ProgressView(text=NASTY, done=1, total=4, pictures=PICTURES, rows=ROWS),
    ProgressView(text=NASTY, done=0, total=0),
    *(NoticeView(text=NASTY, tone=tone, rows=ROWS) for tone in Tone),
    NoticeView(text=NASTY, links=LINKS, rows=ROWS),
    TextView(text=NASTY, links=LINKS, rows=ROWS),
    FileView(asset="a", name=f"{NASTY}.zip", media_type="application/zip", text=NASTY, rows=ROWS),
    FileView(asset="a", name=f"{NASTY}.jpg", media_type="image/jpeg", picture=PICTURES[0], text=NASTY, rows=ROWS),
    Said(text=NASTY, pictures=("a1", "a2"), refused=(NASTY,)),
)


@pytest.fixture(scope="module")
def renderer() -> Renderer:
    return Renderer(Shelf(), speak)


def _line(record: object) -> Line:
    return Line(seq=7, key="k", by_person=False, record=record, revision=9)


def test_every_kind_of_view_is_among_the_examples() -> None:
    assert {type(view) for view in VIEWS} >= set(get_args(View))


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: type(view).__name__)
def test_every_view_renders_and_escapes_what_it_shows(renderer: Renderer, view: View | Said) -> None:
    html = renderer.line(_line(to_record(view)), "en")
    assert 'id="line-7"' in html
    assert NASTY not in html
    for button in ROWS[0].buttons if getattr(view, "rows", ()) else ():
        assert f'value="{button.token}"' in html


def test_every_picture_says_who_drew_it(renderer: Renderer) -> None:
    html = renderer.line(_line(to_record(GalleryView(pictures=PICTURES))), "en")
    for origin in Origin:
        assert SENTENCES[f"origin_{origin}"] in html


def test_a_button_that_only_leads_to_a_picture_at_hand_is_left_out(renderer: Renderer) -> None:
    numbers = Row(tuple(Button(str(n), OpenVariant(f"v{n}").pack()) for n in range(3)))
    html = renderer.line(_line(to_record(GalleryView(pictures=PICTURES, rows=(numbers, *ROWS)))), "en")
    assert OpenVariant("v1").pack() not in html
    bare = tuple(replace(picture, rows=()) for picture in PICTURES)
    html = renderer.line(_line(to_record(GalleryView(pictures=bare, rows=(numbers, *ROWS)))), "en")
    assert OpenVariant("v1").pack() in html


def test_a_chosen_option_is_said_to_assistive_technology(renderer: Renderer) -> None:
    form = next(view for view in VIEWS if isinstance(view, FormView))
    html = renderer.line(_line(to_record(form)), "en")
    assert html.count('aria-pressed="true"') == 1
    assert html.count('aria-pressed="false"') == 1


def test_a_line_of_a_forgotten_release_does_not_take_the_chat_down(renderer: Renderer) -> None:
    assert SENTENCES["unreadable"] in renderer.line(_line({"_": "HologramView"}), "en")


def test_every_sentence_the_templates_use_exists_and_none_is_left_over() -> None:
    used = set()
    for path in (*TEMPLATES.rglob("*.html"), *TEMPLATES.parent.glob("*.py")):
        used |= set(re.findall(r"[\"']web\.([a-z_0-9]+)[\"']", path.read_text()))
    used |= {name for name in SENTENCES if name.startswith(("menu_", "fault_"))} - {"web"}
    used |= {f"origin_{origin}" for origin in Origin}
    used -= {"origin_", "line_unreadable", "request_failed", "feed_failed"}
    assert used == set(SENTENCES)


def test_a_picture_is_written_about_by_its_name(renderer: Renderer) -> None:
    shown = Picture(asset="a", alt="Variant 2: “HI”", caption="2. Drawn by somebody.", variant="v2", name="variant 2")
    html = renderer.line(_line(to_record(GalleryView(pictures=(shown,)))), "en")
    assert 'aria-label="Write about variant 2"' in html and 'data-name="variant 2"' in html


def test_what_leads_outside_does_so_in_a_page_of_its_own(renderer: Renderer) -> None:
    fact = Fact(name="Searched", value="boats & more", link="https://www.google.com/search?q=boats+%26+more&x=1")
    html = renderer.line(_line(to_record(TextView(text="", facts=(fact,)))), "en")
    assert (
        '<a href="https://www.google.com/search?q=boats+%26+more&amp;x=1" target="_blank" rel="noopener noreferrer">'
        "boats &amp; more ↗</a>"
    ) in html


def test_words_to_take_along_can_be_copied_whole(renderer: Renderer) -> None:
    html = renderer.line(_line(to_record(TextView(text="", copy='A "boat" & more'))), "en")
    assert html.count("A &#34;boat&#34; &amp; more") == 3 and "data-copy=" in html and "data-spoken=" in html
    assert "data-copy" not in renderer.line(_line(to_record(TextView(text="Hello"))), "en")


@pytest.mark.parametrize(
    "view", [TextView(text="", chips=("V.1", "W.2")), GalleryView(pictures=(), chips=("V.1", "W.2"))]
)
def test_the_page_of_a_search_is_framed_and_may_do_nothing(renderer: Renderer, view: View) -> None:
    html = renderer.line(_line(to_record(view)), "en")
    for name in ("V.1", "W.2"):
        assert f'src="/search/{name}" title="{SENTENCES["search_chip"]}" sandbox="{SANDBOX}"' in html


def test_a_file_nobody_has_seen_shows_its_picture_above_its_button(renderer: Renderer) -> None:
    shown = Picture(asset="crop", alt="Variant 1: “HI”", width=1080, height=1920)
    file = FileView(asset="crop", name="hi.jpg", media_type="image/jpeg", picture=shown)
    html = renderer.line(_line(to_record(file)), "en")
    assert 'width="1080" height="1920"' in html
    assert 0 < html.index('src="/picture/crop"') < html.index('class="download"')
