"""Words for a Telegram message: counted in UTF-16 units as Telegram counts, cut between words, escaped as HTML."""

from __future__ import annotations

import html
from dataclasses import dataclass, replace

from core.conversation.prose import ELLIPSIS, clean, clip, units

TEXT_UNITS = 4096
CAPTION_UNITS = 1024
_GAP, _LINE = "\n\n", "\n"


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


def fits(words: Prose, limit: int) -> bool:
    """Whether all of it can be shown within `limit` units."""
    return units(_GAP.join(run.text for run in words)) <= limit


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
