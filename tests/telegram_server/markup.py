"""Telegram's HTML parse mode and its way of counting text.

The tag list is that of https://core.telegram.org/bots/api#html-style; lengths and offsets are UTF-16 code units.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9-]*)((?:\s+[A-Za-z-]+(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s>]+))?)*)\s*>")
_ATTRIBUTE = re.compile(r"([A-Za-z-]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>]+)))?")
_CHARACTER = re.compile(r"&(?:lt|gt|amp|quot|#\d+|#[xX][0-9A-Fa-f]+);")
_KINDS = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "tg-spoiler": "spoiler",
    "span": "spoiler", "a": "text_link", "tg-emoji": "custom_emoji", "code": "code", "pre": "pre",
    "blockquote": "blockquote",
}  # fmt: skip
_SPEECH = re.compile(
    r"(?P<bot_command>(?<![\w/])/[A-Za-z0-9_]{1,64}(?:@\w+)?)|(?P<mention>(?<!\w)@[A-Za-z]\w{3,31})"
    r"|(?P<url>https?://[^\s<>\"]+)|(?P<hashtag>(?<!\w)#\w+)"
)


class MarkupRefused(ValueError):
    """The text is not well-formed for its parse mode; the message is Telegram's reason."""


@dataclass(frozen=True)
class Entity:
    """One MessageEntity; offset and length in UTF-16 code units of the plain text."""

    kind: str
    offset: int
    length: int
    url: str | None = None
    custom_emoji_id: str | None = None
    language: str | None = None

    def payload(self) -> dict[str, object]:
        """The entity as the Bot API writes it."""
        extra = {"url": self.url, "custom_emoji_id": self.custom_emoji_id, "language": self.language}
        given = {key: value for key, value in extra.items() if value is not None}
        return {"type": self.kind, "offset": self.offset, "length": self.length, **given}


@dataclass(frozen=True)
class Parsed:
    """What a reader sees: plain text and its formatting."""

    text: str
    entities: tuple[Entity, ...] = ()


def utf16_length(text: str) -> int:
    """Length as Telegram counts it: an emoji outside the basic plane is two."""
    return len(text.encode("utf-16-le")) // 2


def parse(text: str, mode: str | None) -> Parsed:
    """Plain text and entities of a text in the given parse mode.

    Raises MarkupRefused on malformed HTML, and for the Markdown modes, which this server does not read.
    """
    if not mode:
        return _stripped(Parsed(text))
    if mode.upper() != "HTML":
        raise MarkupRefused(f"parse mode {mode} is not read by this server")
    return _stripped(_parse_html(text))


def recognised(text: str) -> tuple[Entity, ...]:
    """The entities Telegram itself finds in a person's plain text: commands, mentions, links, hashtags."""
    return tuple(
        Entity(str(found.lastgroup), utf16_length(text[: found.start()]), utf16_length(found.group()))
        for found in _SPEECH.finditer(text)
    )


@dataclass(frozen=True)
class _Open:
    tag: str
    entity: Entity


def _parse_html(source: str) -> Parsed:
    plain: list[str] = []
    length = 0
    stack: list[_Open] = []
    closed: list[Entity] = []
    for piece in _pieces(source):
        if isinstance(piece, str):
            plain.append(piece)
            length += utf16_length(piece)
        elif piece[1]:
            entity = _close(stack, piece[2], piece)
            closed.append(replace(entity, length=length - entity.offset))
        else:
            stack.append(_Open(piece[2].lower(), _opened(piece, length)))
    if stack:
        raise MarkupRefused(f'can\'t find end tag corresponding to start tag "{stack[-1].tag}"')
    entities = sorted((one for one in closed if one.length), key=lambda one: (one.offset, -one.length))
    return Parsed("".join(plain), tuple(entities))


def _pieces(source: str) -> Iterator[str | re.Match[str]]:
    at = 0
    while (start := source.find("<", at)) >= 0:
        if start > at:
            yield _unescaped(source[at:start])
        tag = _TAG.match(source, start)
        if tag is None or tag[2].lower() not in _KINDS:
            raise MarkupRefused(f'unsupported start tag "{source[start + 1 : start + 12]}" at offset {start}')
        yield tag
        at = tag.end()
    yield _unescaped(source[at:])


def _unescaped(text: str) -> str:
    return _CHARACTER.sub(lambda found: html.unescape(found.group()), text)


def _close(stack: list[_Open], tag: str, where: re.Match[str]) -> Entity:
    if not stack or stack[-1].tag != tag.lower():
        expected = stack[-1].tag if stack else "nothing"
        raise MarkupRefused(f'unmatched end tag "{tag}" at offset {where.start()}, expected {expected}')
    return stack.pop().entity


def _opened(tag: re.Match[str], offset: int) -> Entity:
    name = tag[2].lower()
    attributes = {key.lower(): html.unescape(a or b or c) for key, a, b, c in _ATTRIBUTE.findall(tag[3])}
    entity = Entity(_KINDS[name], offset, 0)
    match name:
        case "span" if attributes.get("class") != "tg-spoiler":
            raise MarkupRefused('tag "span" must have class "tg-spoiler"')
        case "a":
            return replace(entity, url=attributes.get("href") or None)
        case "tg-emoji" if not attributes.get("emoji-id"):
            raise MarkupRefused('tag "tg-emoji" must have an emoji-id')
        case "tg-emoji":
            return replace(entity, custom_emoji_id=attributes["emoji-id"])
        case "blockquote" if "expandable" in attributes:
            return replace(entity, kind="expandable_blockquote")
        case "code" if attributes.get("class", "").startswith("language-"):
            return replace(entity, language=attributes["class"].removeprefix("language-"))
    return entity


def _stripped(parsed: Parsed) -> Parsed:
    """Telegram drops white space around a message; entities move and shrink with it."""
    text = parsed.text.strip()
    lead = utf16_length(parsed.text[: len(parsed.text) - len(parsed.text.lstrip())])
    end = utf16_length(text)
    moved = []
    for one in parsed.entities:
        first, last = max(one.offset - lead, 0), min(one.offset + one.length - lead, end)
        if last > first:
            moved.append(replace(one, offset=first, length=last - first))
    return Parsed(text, tuple(moved))
