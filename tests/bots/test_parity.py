"""Every view on every front end: the shared examples are shown in Telegram, in Discord and in the browser, and whatever
can be pressed on one can be pressed on all."""

import re
from html import unescape
from typing import get_args

import pytest

from bots.discord.message import Buttons, Pick, Select
from bots.discord.render import render as to_discord
from bots.telegram.message import Album
from bots.telegram.render import render as to_telegram
from core.conversation.action import GoOn, parse
from core.conversation.card import card
from core.conversation.texts import speaker
from core.conversation.view import FieldKind, FormView, GalleryView, Link, NoticeView, TextView, View, ended
from core.domain.brief import Brief
from core.domain.record import to_record
from core.services.desk import Line
from tests.conversation.building import FREE_ONLY
from tests.web.stage import speak
from tests.web.test_render import VIEWS
from web.chat.render import Renderer
from web.chat.said import Said
from web.chat.shelf import Shelf

SHARED = tuple(view for view in VIEWS if not isinstance(view, Said))


def on_telegram(view: View) -> set[str]:
    shown = [message for message in to_telegram(view) if not isinstance(message, Album)]
    buttons = [button for message in shown for row in message.keyboard for button in row]
    return {button.url if isinstance(button, Link) else button.token for button in buttons}


def on_discord(view: View, *, retired: bool = False) -> set[str]:
    """Several options at once are one list there, which carries their values."""
    found: set[str] = set()
    for message in to_discord(view, speaker("en"), retired=retired):
        for part in message.parts:
            if isinstance(part, Buttons):
                found |= {button.token for button in part.buttons}
            elif isinstance(part, Select | Pick):
                found |= {option.token for option in part.options}
            elif isinstance(part, Link):
                found.add(part.url)
    return found


def in_browser(view: View) -> set[str]:
    line = Line(seq=1, key="k", by_person=False, record=to_record(view), revision=1)
    html = Renderer(Shelf(), speak).line(line, "en")
    found = re.findall(r'value="(1:[^"]*)"|class="button primary" href="(http[^"]*)"', html)
    return {unescape(token or link) for token, link in found}


def tokens(view: View) -> set[str]:
    """What a view lets a person do; a picture's own buttons stand under it where it is the only one."""
    rows = [*view.rows]
    if isinstance(view, GalleryView) and len(view.pictures) == 1:
        rows += view.pictures[0].rows
    found = {button.token for row in rows for button in row.buttons}
    found |= {option.token for option in view.options} if isinstance(view, FormView) else set()
    return found | ({one.url for one in view.links} if isinstance(view, NoticeView | TextView) else set())


def test_the_examples_have_every_kind_of_view_and_of_question() -> None:
    assert {type(view) for view in SHARED} == set(get_args(View))
    assert {view.kind for view in SHARED if isinstance(view, FormView)} == set(FieldKind)


@pytest.mark.parametrize("view", SHARED, ids=lambda view: type(view).__name__)
def test_what_can_be_pressed_somewhere_can_be_pressed_everywhere(view: View) -> None:
    for shown in (on_telegram(view), on_discord(view), in_browser(view)):
        assert tokens(view) <= shown
        pressed = {token for token in shown if not token.startswith("http")}
        assert all(parse(token).pack() == token for token in pressed), "every token is an action's"


def test_two_selfies_become_two_people_by_one_press_everywhere() -> None:
    view = card(speaker("en"), "DRAFT", Brief(headline="I QUIT", selfies=("one", "two")), FREE_ONLY)
    for shown in (on_telegram(view), on_discord(view), in_browser(view)):
        assert GoOn("DRAFT", "two").pack() in shown and tokens(view) <= shown


@pytest.mark.parametrize("view", SHARED, ids=lambda view: type(view).__name__)
def test_what_has_had_its_time_has_nothing_left_to_press(view: View) -> None:
    gone = ended(view)
    assert not on_telegram(gone) and not in_browser(gone)
    assert not on_discord(gone, retired=True)
