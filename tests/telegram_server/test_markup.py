"""HTML as Telegram reads it."""

import pytest

from .markup import MarkupRefused, parse, recognised, utf16_length


def test_entities_are_counted_in_utf16_units_of_the_plain_text() -> None:
    parsed = parse('🎉 <b>bold <i>both</i></b> &lt;&#33; <a href="https://example.org/?a=1&amp;b=2">link</a>', "HTML")
    assert parsed.text == "🎉 bold both <! link"
    assert [(one.kind, one.offset, one.length) for one in parsed.entities] == [
        ("bold", 3, 9),
        ("italic", 8, 4),
        ("text_link", 16, 4),
    ]
    assert parsed.entities[2].url == "https://example.org/?a=1&b=2"


def test_white_space_around_a_message_goes_and_entities_follow() -> None:
    parsed = parse("  <b> x </b>\n", "HTML")
    assert (parsed.text, parsed.entities[0].offset, parsed.entities[0].length) == ("x", 0, 1)


def test_without_a_mode_nothing_is_markup() -> None:
    assert parse("<b>1 < 2", None).text == "<b>1 < 2"


@pytest.mark.parametrize("text", ["<b>", "</b>", "<b></i>", "<h1>x</h1>", "a < b", "<tg-emoji>x</tg-emoji>"])
def test_what_telegram_cannot_parse_is_refused(text: str) -> None:
    with pytest.raises(MarkupRefused):
        parse(text, "HTML")


def test_a_persons_text_is_read_for_commands_mentions_and_links() -> None:
    found = recognised("🎉 /start@thumb_bot see @friend and https://example.org #tag a/b")
    assert [(one.kind, one.offset) for one in found] == [
        ("bot_command", 3),
        ("mention", 24),
        ("url", 36),
        ("hashtag", 56),
    ]
    assert utf16_length("🎉é") == 3
