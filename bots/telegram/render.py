"""Views to Telegram's messages: pure, exhaustive, within every limit that does not depend on a file's bytes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import assert_never

from bots.telegram.message import Album, Document, Keyboard, Message, Photo, Text
from bots.telegram.prose import CAPTION_UNITS, Prose, Run, fits, prose
from core.conversation.prose import ELLIPSIS, batches, clean, units
from core.conversation.view import (
    Button,
    Fact,
    FileView,
    FormView,
    GalleryView,
    Link,
    NoticeView,
    Option,
    Picture,
    ProgressView,
    Row,
    TextView,
    View,
)
from core.domain.score import Grade

BUTTONS = 100
BUTTONS_PER_ROW = 8
ALBUM = 10
# A phone shows about 36 characters across a keyboard; a label that does not fit its share is cut by the app.
_LABELS_PER_ROW = ((10, 3), (18, 2))
_LONGEST_BAR = 12
_MARKS = {Grade.GOOD: "✅", Grade.FAIR: "⚠️", Grade.POOR: "❌"}


def render(view: View) -> tuple[Message, ...]:
    """The messages that show a view, in order; never empty."""
    match view:
        case TextView():
            words = _titled(view.title, view.text, view.facts) + prose(Run(view.copy, "code"))
            return (_text(words, _linked(view.links, view.rows)),)
        case GalleryView():
            return tuple(_gallery(view))
        case FormView():
            return (_text(_question(view), _keyboard(view.rows, view.options)),)
        case ProgressView():
            return (_text(prose(Run(view.text), Run(_bar(view.done, view.total))), _keyboard(view.rows)),)
        case NoticeView():
            return (_text(prose(Run(view.text)), _linked(view.links, view.rows)),)
        case FileView():
            shown = view.picture.variant if view.picture else ""
            file = Document(view.asset, view.name, prose(Run(view.text)), _keyboard(view.rows), shown)
            return (*_seen(view.picture, file.keyboard), *_captioned(file))
        case _:
            assert_never(view)


def _gallery(view: GalleryView) -> Iterator[Message]:
    words, keyboard = _titled(view.title, view.text, view.facts), _keyboard(view.rows)
    if not view.pictures:
        yield _text(words, keyboard)
    elif len(view.pictures) == 1:
        picture = view.pictures[0]
        rows = (*picture.rows, *view.rows)
        yield from _captioned(Photo(picture.asset, words + _captions(view.pictures), _keyboard(rows), picture.variant))
    elif view.sheet:
        yield from _captioned(Photo(view.sheet, words + _captions(view.pictures), keyboard))
    else:
        yield from _albums(view.pictures)
        yield _text(words or prose(Run(view.pictures[0].alt)), keyboard)


def _albums(pictures: Sequence[Picture]) -> Iterator[Message]:
    photos = [Photo(picture.asset, prose(Run(picture.caption)), variant=picture.variant) for picture in pictures]
    for group in batches(photos, ALBUM):
        yield Album(tuple(group)) if len(group) > 1 else group[0]


def _captions(pictures: Sequence[Picture]) -> Prose:
    """What is said of the pictures, each thing once."""
    return prose(*(Run(text) for text in dict.fromkeys(picture.caption for picture in pictures)))


def _captioned(message: Photo | Document) -> Iterator[Message]:
    """The message, or without its words, which follow as a text of their own when a caption cannot hold them."""
    if fits(message.words, CAPTION_UNITS):
        yield message
    else:
        yield replace(message, words=(), keyboard=())
        yield _text(message.words, message.keyboard)


def _seen(picture: Picture | None, keyboard: Keyboard) -> Iterator[Message]:
    """A document is not looked at before it is opened: its picture goes ahead of it. It is what people reply to, and
    what a reply is about is read off the buttons."""
    if picture:
        yield from _captioned(Photo(picture.asset, prose(Run(picture.caption)), keyboard, picture.variant))


def _text(words: Prose, keyboard: Keyboard) -> Text:
    return Text(words or (Run(ELLIPSIS),), keyboard)


def _titled(title: str, text: str, facts: Sequence[Fact] = ()) -> Prose:
    return prose(Run(title, "b"), Run(text), *_table(facts))


def _fact(fact: Fact) -> str:
    return f"{fact.name}: {fact.value}" + (f" ({fact.note})" if fact.note else "")


def _table(facts: Sequence[Fact]) -> Iterator[Run]:
    """A line for each fact; those that are judged stand apart, each with its mark and its note."""
    plain = "\n".join(map(_fact, (fact for fact in facts if fact.grade is None and not fact.link)))
    links = [fact for fact in facts if fact.link]
    judged = (f"{_MARKS[fact.grade]} {fact.name}: {fact.value}\n{fact.note}" for fact in facts if fact.grade)
    yield from map(Run, (plain, *judged))
    for place, fact in enumerate(links):
        yield Run(f"{fact.name}: {fact.value} ↗", link=fact.link, close=place > 0)


def _question(view: FormView) -> Prose:
    return prose(Run(view.note, "i"), Run(view.text, "b"), Run(view.hint))


def _bar(done: int, total: int) -> str:
    return "▰" * min(done, total) + "▱" * (total - done) if 0 < total <= _LONGEST_BAR else ""


def _keyboard(rows: Sequence[Row], options: Sequence[Option] = ()) -> Keyboard:
    """Options first, then the view's own rows, for which options give way when a keyboard cannot hold all."""
    own = [group for row in rows for group in batches([_named(one) for one in row.buttons], BUTTONS_PER_ROW)]
    while sum(map(len, own)) > BUTTONS:
        own.pop()
    choices = [_choice(option) for option in options[: BUTTONS - sum(map(len, own))]]
    return tuple(tuple(group) for group in (*batches(choices, _per_row(choices)), *own))


def _linked(links: Sequence[Link], rows: Sequence[Row]) -> Keyboard:
    return (*((replace(one, label=clean(one.label)),) for one in links), *_keyboard(rows))


def _choice(option: Option) -> Button:
    return _named(Button(f"✓ {option.label}" if option.chosen else option.label, option.token))


def _named(button: Button) -> Button:
    return Button(clean(button.label) or ELLIPSIS, button.token, button.style)


def _per_row(choices: Sequence[Button]) -> int:
    widest = max((units(choice.label) for choice in choices), default=0)
    return next((count for width, count in _LABELS_PER_ROW if widest <= width), 1)
