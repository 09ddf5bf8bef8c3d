"""Words for a Telegram message: counted in UTF-16 units as Telegram counts, cut between words, escaped as HTML."""

from __future__ import annotations

import html
import unicodedata
from dataclasses import dataclass, replace

TEXT_UNITS = 4096
CAPTION_UNITS = 1024
ELLIPSIS = "…"
_GAP, _LINE = "\n\n", "\n"
# A cut further back than this share of the room loses more than a broken word costs.
_WORD_SEARCH = 0.2
_JOINERS = "\u200d\ufe0e\ufe0f"


@dataclass(frozen=True, slots=True)
class Run:
    """One paragraph, plain or wholly in a tag of Telegram's HTML (`b`, `i`, `code`), or a link."""

    text: str
    tag: str = ""
    link: str = ""
    close: bool = False
    """Right below the one before, without a gap."""


Prose = tuple[Run, ...]


def prose(*runs: Run) -> Prose:
    """Paragraphs without those that show nothing, and without characters Telegram cannot carry."""
    cleaned = (replace(run, text=clean(run.text)) for run in runs)
    return tuple(run for run in cleaned if run.text)


def clean(text: str) -> str:
    """The text without control characters and lone surrogates, trimmed; empty if nothing in it can be seen."""
    kept = "".join(one for one in text if one in "\n\t" or unicodedata.category(one) not in {"Cc", "Cs"}).strip()
    return kept if any(unicodedata.category(one)[0] not in "CZ" for one in kept) else ""


def units(text: str) -> int:
    """Length in UTF-16 code units: an emoji is two."""
    return len(text.encode("utf-16-le")) // 2


def fits(words: Prose, limit: int) -> bool:
    """Whether all of it can be shown within `limit` units."""
    return units(_GAP.join(run.text for run in words)) <= limit


def clip(text: str, limit: int) -> str:
    """The text itself if it fits into `limit` units, else its beginning up to a word's end, with an ellipsis."""
    if units(text) <= limit:
        return text
    room = limit - units(ELLIPSIS)
    head = text.encode("utf-16-le")[: 2 * room].decode("utf-16-le", errors="ignore")
    end = max(head.rfind(" "), head.rfind("\n"))
    if end > len(head) * (1 - _WORD_SEARCH):
        head = head[:end]
    return head.rstrip().rstrip(_JOINERS) + ELLIPSIS


def to_html(words: Prose, limit: int) -> str:
    """Telegram's HTML, of at most `limit` units once the tags are gone."""
    shown, room = "", limit
    for run in words:
        gap = (_LINE if run.close else _GAP) if shown else ""
        room -= units(gap)
        if room <= units(ELLIPSIS):
            break
        text = clip(run.text, room)
        shown += gap + _tagged(run, html.escape(text, quote=False))
        room -= units(text)
        if text != run.text:
            break
    return shown


def _tagged(run: Run, escaped: str) -> str:
    if run.link:
        return f'<a href="{html.escape(run.link)}">{escaped}</a>'
    return f"<{run.tag}>{escaped}</{run.tag}>" if run.tag else escaped
