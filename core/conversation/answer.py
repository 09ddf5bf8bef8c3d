"""Answers: what a person typed or chose, read into the record of a Brief's field, or a note on why it does not fit."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from core.conversation.script import Question, Reading
from core.conversation.view import FieldKind
from core.domain import format as formats
from core.domain.brief import HEADLINE_WORDS, MAX_PROMPTS, SUBTEXT_WORDS
from core.domain.clause import clause
from core.domain.colour import NAMED
from core.domain.record import Json
from core.domain.video import address, video_link, video_links, without_video_link
from core.domain.word import counted

HEADLINE_KEPT_WORDS = 60
HEADLINE_KEPT_LENGTH = 300
"""Up to here a headline is kept as typed, however unwise; what is longer is the video's message, not a headline."""
BEYOND = frozenset({"headline_too_long", "headline_too_long_only"})
"""The notes of what is longer."""
WORDS_LENGTH = 4096
"""Characters; no platform's message is longer."""
MAX_COLOURS = 6

_SIZE = re.compile(r"(\d{2,5})\s*[x×*:]\s*(\d{2,5})(?:\s*px)?", re.IGNORECASE)
_HEX = re.compile(r"#?([0-9a-f]{6}|[0-9a-f]{3})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Accepted:
    """`note` is a text key below `note.`, said although the answer is kept."""

    record: Json
    note: str = ""
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Unfit:
    """The same question comes again with this note; the answer before stays."""

    note: str
    values: Mapping[str, object] = field(default_factory=dict)


Verdict = Accepted | Unfit


def clean(text: str) -> str:
    """One line: control characters and runs of white space become one space. Joiners of scripts and emoji stay."""
    return " ".join("".join(" " if unicodedata.category(sign) == "Cc" else sign for sign in text).split())


def typed(question: Question, text: str, labels: Sequence[tuple[str, str]]) -> Verdict:
    """A typed answer; `labels` are the (value, label) of the options offered, which may be typed as well."""
    named = {name.casefold(): value for value, label in labels for name in (value, label)}
    parts = [clean(part).casefold() for part in text.split(",")]
    if question.kind is FieldKind.CHOICES:
        wanted = {named[part] for part in parts if part in named}
        fits = len(wanted) == len(set(parts))
        return Accepted([value for value, _ in labels if value in wanted]) if fits else Unfit("choose")
    if clean(text).casefold() in named:
        return Accepted(question.cast(named[clean(text).casefold()]))
    reader = _READERS.get(question.reading)
    return reader(text) if reader else Unfit("choose")


def headline(text: str) -> Verdict:
    line = clean(text)
    if not line:
        return Unfit("empty")
    words = len(counted(line))
    if not words:
        return Unfit("no_words")
    values: dict[str, object] = {"count": words, "proposal": clause(line)}
    if words > HEADLINE_KEPT_WORDS or len(line) > HEADLINE_KEPT_LENGTH:
        return Unfit("headline_too_long" if values["proposal"] else "headline_too_long_only", values)
    if words > HEADLINE_WORDS:
        return Accepted(line, "headline_long" if values["proposal"] else "headline_long_only", values)
    return Accepted(line)


def _subtext(text: str) -> Verdict:
    line = clean(text)
    if not line:
        return Unfit("empty")
    words = len(counted(line))
    if words > SUBTEXT_WORDS or len(line) > HEADLINE_KEPT_LENGTH:
        return Unfit("subtext_long", {"count": words})
    return Accepted(line)


def _words(text: str) -> Verdict:
    line = clean(text)
    if not line:
        return Unfit("empty")
    if len(line) > WORDS_LENGTH:
        return Unfit("too_long", {"length": len(line)})
    return Accepted(line)


def _colours(text: str) -> Verdict:
    parts = [part for part in re.split(r"[\s,;]+", text) if part]
    found = [_colour(part) for part in parts]
    if not all(found):
        return Unfit("hex", {"wrong": parts[found.index("")][:30]})
    if not parts:
        return Unfit("hex", {"wrong": ""})
    return Accepted(found) if len(parts) <= MAX_COLOURS else Unfit("too_many_colours")


def _colour(word: str) -> str:
    """`#rrggbb` of a name or a code; empty: neither."""
    if match := _HEX.fullmatch(word):
        code = match[1].lower()
        return "#" + (code if len(code) == 6 else "".join(sign * 2 for sign in code))
    return NAMED.get(word.casefold(), "")


def _videos(text: str) -> Verdict:
    """Videos whose thumbnails are liked. Other addresses are not opened: a stranger's server is no business of ours."""
    known = list(dict.fromkeys(link.url for link in video_links(text)))
    return Accepted(known) if known and "://" not in without_video_link(text) else Unfit("inspiration")


def _headlines(text: str) -> Verdict:
    """Further headlines for A/B, one a line; the brief's own is the first prompt."""
    lines = [line for line in map(clean, re.split(r"[\n|]", text)) if line]
    if not lines:
        return Unfit("empty")
    if len(lines) > MAX_PROMPTS - 1:
        return Unfit("too_many_headlines")
    verdicts = [headline(line) for line in lines]
    unfit = next((verdict for verdict in verdicts if isinstance(verdict, Unfit)), None)
    return unfit or Accepted(lines)


def _size(text: str) -> Verdict:
    match = _SIZE.fullmatch(clean(text))
    if not match:
        return Unfit("size_form")
    try:
        return Accepted(formats.custom(int(match[1]), int(match[2])).id)
    except formats.SizeRefused:
        return Unfit("size_range")


def _video(text: str) -> Verdict:
    link = video_link(text)
    return Accepted(address(link)) if link else Unfit("video")


_READERS: dict[Reading, Callable[[str], Verdict]] = {
    Reading.HEADLINE: headline,
    Reading.SUBTEXT: _subtext,
    Reading.WORDS: _words,
    Reading.COLOURS: _colours,
    Reading.VIDEOS: _videos,
    Reading.HEADLINES: _headlines,
    Reading.SIZE: _size,
    Reading.VIDEO: _video,
}


def chosen(question: Question, values: Sequence[str], offered: Sequence[str]) -> Verdict:
    """Chosen options. Several for a question that takes several, else exactly one."""
    if question.kind is FieldKind.CHOICES:
        known = [value for value in offered if value in values]
        return Accepted(known) if len(known) == len(set(values)) else Unfit("gone")
    if len(values) == 1 and values[0] in offered:
        return Accepted(question.cast(values[0]))
    if len(values) == 1 and question.reading is not Reading.NONE:
        return typed(question, values[0], ())
    return Unfit("gone")
