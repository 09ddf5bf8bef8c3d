"""Every sentence of every language on every front end: shown whole, with nothing of it taken for markup."""

import re
from html import unescape

import pytest

from bots.discord.markdown import unescape as unmarked
from bots.discord.message import Text as DiscordText
from bots.discord.render import render as to_discord
from bots.telegram.message import Text as TelegramText
from bots.telegram.render import render as to_telegram
from core.conversation import texts
from core.conversation.view import NoticeView
from core.domain.record import to_record
from core.services.desk import Line
from tests.web.stage import speak
from web.chat.render import Renderer
from web.chat.shelf import Shelf

LONGEST = 900
"""Some sentences go beneath a picture in Telegram, which has room for 1,024."""


def filled(template: str) -> str:
    """With something for each placeholder that looks like markup."""
    return re.sub(r"\{\w+\}", "7_a*b<c>", template)


def on_telegram(view: NoticeView) -> str:
    (message,) = to_telegram(view)
    assert isinstance(message, TelegramText)
    return "".join(getattr(piece, "text", str(piece)) for piece in message.words)


def on_discord(view: NoticeView, language: str) -> str:
    (message,) = to_discord(view, texts.speaker(language))
    return "\n\n".join(unmarked(part.content) for part in message.parts if isinstance(part, DiscordText))


def in_browser(view: NoticeView, language: str) -> str:
    line = Line(seq=1, key="k", by_person=False, record=to_record(view), revision=1)
    return unescape(re.sub(r"<[^>]*>", "", Renderer(Shelf(), speak).line(line, language)))


def words(text: str) -> list[str]:
    return text.split()


@pytest.mark.parametrize("language", texts.languages())
def test_every_sentence_is_shown_whole_on_every_front_end(language: str) -> None:
    for key, template in texts.speaker(language).table.items():
        sentence = filled(template)
        view = NoticeView(text=sentence)
        assert words(on_telegram(view)) == words(sentence), key
        assert words(on_discord(view, language)) == words(sentence), key
        assert " ".join(words(sentence)) in " ".join(words(in_browser(view, language))), key
