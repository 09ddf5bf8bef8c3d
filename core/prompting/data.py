"""A person's words, fenced in: the one part of a prompt that anybody outside this house has written.

The fence cannot be closed from inside: the words stand in JSON, whose strings spell `<`, `>` and `&` as escapes.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence

from core.domain.brief import Brief

OPENING, CLOSING = "<data>", "</data>"

_LONGEST = {"title": 300, "headline": 200, "subtext": 200, "brand_guide": 1500, "no_gos": 500, "change": 600}
"""Characters kept of each field; what is longer was not meant as a thumbnail."""

_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Categories without a shape: controls, zero-width and bidirectional marks, tags, lone surrogates, private use."""
_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
"""Variation selectors carry hidden bytes as well as a drawing style."""

_ESCAPES = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


def of_brief(brief: Brief) -> str:
    """What the brief's author typed that a model has to know."""
    return block(
        {
            "title": brief.title,
            "headline": brief.headline,
            "subtext": brief.subtext,
            "brand_guide": brief.brand_guide,
            "brand_colours": [colour for colour in brief.brand_colours if _COLOUR.fullmatch(colour)],
            "no_gos": brief.no_go_note,
        }
    )


def block(fields: Mapping[str, str | Sequence[str]]) -> str:
    """The fenced part. Empty fields are left out."""
    kept = {
        name: clean(value, _LONGEST[name]) if isinstance(value, str) else list(value) for name, value in fields.items()
    }
    text = json.dumps({name: value for name, value in kept.items() if value}, ensure_ascii=False, indent=0)
    return f"{OPENING}\n{text.translate(_ESCAPES)}\n{CLOSING}"


def clean(text: str, longest: int) -> str:
    """One line of characters that can be seen, in composed form."""
    shown = (" " if letter.isspace() else letter for letter in text if _seen(letter))
    whole = unicodedata.normalize("NFC", _SELECTORS.sub("", "".join(shown)))
    return " ".join(whole.split())[:longest].rstrip()


def _seen(letter: str) -> bool:
    return letter.isspace() or unicodedata.category(letter) not in _UNSEEN
