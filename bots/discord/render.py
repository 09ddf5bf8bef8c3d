"""Views to Discord's messages: pure, exhaustive, within every limit that does not depend on a file's bytes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple, assert_never
from urllib.parse import quote

from bots.discord.markdown import escape, paragraphs
from bots.discord.message import (
    Buttons,
    Divider,
    File,
    Gallery,
    Listed,
    Message,
    Part,
    Pick,
    Premium,
    Select,
    Shown,
    Text,
)
from core.conversation.action import Ask, FillIn, HandIn, Rule
from core.conversation.prose import ELLIPSIS, batches, clean, clip, line, units
from core.conversation.texts import Speaker
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
from core.domain.score import Grade

COMPONENTS = 40
"""In one message, counted through nesting; the frame is one."""
TEXT_UNITS = 4000
"""In one message, all texts together."""
FILES = 10
BUTTONS_PER_ROW = 5
OPTIONS = 25
LABEL_UNITS, OPTION_UNITS, PLACEHOLDER_UNITS, ALT_UNITS = 80, 100, 150, 1024
VALUE_LENGTH = 100

BRAND, AMBER, RED = 0xFFCF1F, 0xF0B132, 0xDA373C
_TONES = {Tone.INFO: BRAND, Tone.WARNING: AMBER, Tone.ERROR: RED}
_MARKS = {Grade.GOOD: "✅", Grade.FAIR: "⚠️", Grade.POOR: "❌"}
_LONGEST_BAR = 12
_BOX = "```\n"
_ADDRESS = ":/?#@!$&'*+,;=%-._~"


def render(
    view: View, voice: Speaker, *, retired: bool = False, sold: Sequence[str] = (), by: int | None = None
) -> tuple[Message, ...]:  # fmt: skip
    """The messages that show a view, in order; never empty. `voice` says what only Discord needs words for; `retired`:
    the view has had its time, and nothing of it is to be answered; `sold`: SKU ids it offers; `by`: who shows it to
    others."""
    match view:
        case TextView():
            words = (*_titled(view.title, view.text, view.facts), *_copied(view.copy))
            return _pack((*_words(words), *_premium(sold), *_linked(view)))
        case GalleryView():
            return _pack(_gallery(view, voice.say("form.shared_by", person=f"<@{by}>") if by else ""))
        case FormView():
            return _pack(_form(view, voice, retired=retired))
        case ProgressView():
            bar = (view.text, _bar(view.done, view.total))
            return _pack((*_words(map(Words, bar)), *_pictures(view.pictures), *_rows(view.rows)))
        case NoticeView():
            said = view.selling if sold and view.selling else view.text
            named = Words(_mentioned(view), raw=True)
            return _pack(
                (*_words([Words(said), *([named] if named.text else [])]), *_premium(sold), *_linked(view)),
                _TONES[view.tone],
            )
        case FileView():
            seen = (view.picture,) if view.picture else ()
            file = File(view.asset, view.name)
            return _pack((*_pictures(seen), file, *_words([Words(view.text)]), *_rows(view.rows)))
        case _:
            assert_never(view)


# -- parts ---------------------------------------------------------------------------------------------------------


class Words(NamedTuple):
    """A paragraph between marks; `close`: right below the one before, without a gap. Only what is `raw` is markdown."""

    text: str
    before: str = ""
    after: str = ""
    close: bool = False
    raw: bool = False

    @property
    def pieces(self) -> Iterator[str]:
        return iter((self.text,)) if self.raw else paragraphs(self.text, self.before, self.after, limit=TEXT_UNITS)


def _titled(title: str, text: str, facts: Sequence[Fact]) -> Iterator[Words]:
    yield Words(line(title), "### ")
    yield Words(text, close=bool(line(title)))
    yield from _table(facts)


def _table(facts: Sequence[Fact]) -> Iterator[Words]:
    """A line for each fact; those that are judged stand apart, each with its mark and its note."""
    named = [one for one in facts if one.channels or one.roles]
    yield from (
        Words(f"{escape(line(one.name))}: {_mentioned(one)}", close=place > 0, raw=True)
        for place, one in enumerate(named)
    )
    plain = (one for one in facts if one.grade is None and not one.link and one not in named)
    yield Words("\n".join(f"{one.name}: {one.value}" + (f" ({one.note})" if one.note else "") for one in plain))
    yield from (Words(f"{_MARKS[one.grade]} {one.name}: {one.value}\n{one.note}") for one in facts if one.grade)
    for place, fact in enumerate(one for one in facts if one.link):
        address = quote(fact.link, safe=_ADDRESS)
        yield Words(f"{line(fact.name)}: {line(fact.value)} ↗", "[", f"](<{address}>)", close=place > 0)


def _mentioned(one: Fact | NoticeView) -> str:
    """Channels and roles by the names Discord shows for their ids."""
    return " ".join((*(f"<#{each}>" for each in one.channels), *(f"<@&{each}>" for each in one.roles)))


def _copied(text: str) -> Iterator[Words]:
    """Words to take along, in a box that is copied whole. Nothing is escaped in there."""
    if inside := clip(clean(text).replace("```", "'" * 3), TEXT_UNITS - 2 * units(_BOX)):
        yield Words(f"{_BOX}{inside}{_BOX[::-1]}", raw=True)


def _words(spoken: Iterable[Words]) -> Iterator[Text]:
    """As few texts as they fit into."""
    shown = ""
    for one in spoken:
        for piece in one.pieces:
            gap = ("\n" if one.close else "\n\n") if shown else ""
            if units(shown + gap + piece) > TEXT_UNITS:
                yield Text(shown)
                shown, gap = "", ""
            shown += gap + piece
    if shown:
        yield Text(shown)


def _gallery(view: GalleryView, shared: str) -> Iterator[Part]:
    sharer = (Words(shared, raw=True),) if shared else ()
    yield from _words((*_titled(view.title, view.text, view.facts), *sharer))
    yield from _pictures(view.pictures)
    if len(view.pictures) == 1:
        yield from _rows(view.pictures[0].rows)
    yield from _rows(view.rows)


def _pictures(pictures: Sequence[Picture]) -> Iterator[Part]:
    """With what is said of them, each thing once."""
    for some in batches(pictures, FILES):
        yield Gallery(tuple(Shown(one.asset, clip(line(one.alt), ALT_UNITS)) for one in some))
    yield from _words(Words(caption) for caption in dict.fromkeys(one.caption for one in pictures))


def _form(view: FormView, voice: Speaker, *, retired: bool) -> Iterator[Part]:
    yield from _words((Words(view.note, "*", "*"), Words(view.text, "**", "**"), Words(line(view.hint), "-# ")))
    if retired:
        return
    match view.kind:
        case FieldKind.TEXT:
            yield from _options(view, voice)
            answer = Button(voice.say("form.answer"), FillIn(view.draft, view.question).pack(), Style.PRIMARY)
            yield Buttons((answer,))
        case FieldKind.PHOTOS:
            yield from _options(view, voice)
            ways = [Button(voice.say("form.upload"), HandIn(view.draft, view.question).pack(), Style.PRIMARY)]
            if view.open:
                ways.append(Button(voice.say("form.own"), FillIn(view.draft, view.question).pack()))
            yield Buttons(tuple(ways))
        case FieldKind.CHOICE | FieldKind.CHOICES:
            yield from _options(view, voice)
            if view.open:
                yield Buttons((Button(voice.say("form.own"), FillIn(view.draft, view.question).pack()),))
        case FieldKind.CHANNELS:
            yield Pick(Rule(view.question).pack(), Listed.CHANNELS, view.options, voice.say("form.choose_several"))
        case FieldKind.ROLES:
            yield Pick(Rule(view.question).pack(), Listed.ROLES, view.options, voice.say("form.choose_several"))
        case _:
            assert_never(view.kind)
    yield from _rows(view.rows)


def _options(view: FormView, voice: Speaker) -> Iterator[Part]:
    """Few are buttons, many are lists; several that are chosen at once are one list."""
    options = tuple({one.token: replace(one, label=_label(one.label, OPTION_UNITS)) for one in view.options}.values())
    if view.kind is FieldKind.CHOICES and view.draft and _at_once(options):
        yield Select(Ask(view.draft, view.question).pack(), options, voice.say("form.choose_several"), len(options))
    elif len(options) <= BUTTONS_PER_ROW:
        yield from _rows([Row(tuple(_choice(one) for one in options))])
    else:
        for some in batches(options, OPTIONS):
            yield Select(some[0].token, tuple(some), voice.say("form.choose"))


def _at_once(options: Sequence[Option]) -> bool:
    values = {one.value for one in options if 0 < len(one.value) <= VALUE_LENGTH}
    return 1 < len(options) <= OPTIONS and len(values) == len(options)


def _choice(option: Option) -> Button:
    return Button(f"✓ {option.label}" if option.chosen else option.label, option.token)


def _rows(rows: Iterable[Row]) -> Iterator[Buttons]:
    for row in rows:
        named = [replace(one, label=_label(one.label, LABEL_UNITS)) for one in row.buttons]
        yield from (Buttons(tuple(some)) for some in batches(named, BUTTONS_PER_ROW))


def _premium(sold: Sequence[str]) -> Iterator[Premium]:
    if sold:
        yield Premium(tuple(sold[:BUTTONS_PER_ROW]))


def _linked(view: TextView | NoticeView) -> Iterator[Part]:
    yield from (replace(one, label=_label(one.label, LABEL_UNITS)) for one in view.links)
    yield from _rows(view.rows)


def _label(text: str, limit: int) -> str:
    return clip(line(text), limit) or ELLIPSIS


def _bar(done: int, total: int) -> str:
    return "▰" * min(done, total) + "▱" * (total - done) if 0 < total <= _LONGEST_BAR else ""


# -- messages ------------------------------------------------------------------------------------------------------


def _pack(parts: Iterable[Part], accent: int = BRAND) -> tuple[Message, ...]:
    """As few messages as the parts fit into, in their order."""
    messages: list[Message] = []
    held: list[Part] = []
    for part in parts:
        if not _fits([*held, part], accent):
            messages.append(Message(tuple(held), accent))
            held = []
        if (fresh := _fresh(part, held)) is not None:
            held.append(fresh)
    if held or not messages:
        messages.append(Message(tuple(held) or (Text(ELLIPSIS),), accent))
    return tuple(messages)


def _fits(parts: Sequence[Part], accent: int) -> bool:
    texts = sum(units(part.content) for part in parts if isinstance(part, Text))
    files = len(Message(tuple(parts), accent).assets)
    return 1 + sum(map(_weight, parts)) <= COMPONENTS and texts <= TEXT_UNITS and files <= FILES


def _weight(part: Part) -> int:
    match part:
        case Buttons():
            return 1 + len(part.buttons)
        case Premium():
            return 1 + len(part.skus)
        case Select() | Pick() | Link():
            return 2
        case Text() | Gallery() | File() | Divider():
            return 1
        case _:
            assert_never(part)


def _fresh(part: Part, held: Sequence[Part]) -> Part | None:
    """What of a part can be pressed in this message: no two of its tokens may be the same."""
    if not isinstance(part, Buttons):
        return part
    taken = {one.token for row in held if isinstance(row, Buttons) for one in row.buttons}
    taken |= {one.token for one in held if isinstance(one, Select)}
    buttons = tuple({one.token: one for one in reversed(part.buttons) if one.token not in taken}.values())[::-1]
    return Buttons(buttons) if buttons else None
