"""Lines of a headline cut at the word that stands out, each part with its role."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import replace

from core.compose.emphasis import core
from core.compose.headline import SetLine
from core.compose.layout import Role, Span, TextLine
from core.compose.scene import Type
from core.compose.seam import GLUE, joined
from core.compose.style import Mark


def highlighted(lines: Sequence[SetLine], type_: Type, key: int) -> tuple[TextLine, ...]:
    """The lines as a layout has them. `key`: which of the type's words stands out, where its mark is any."""
    if not lines:
        return ()
    key = -1 if type_.mark is Mark.NONE else key
    result = [_line(line, type_, key - line.words[0]) for line in lines]
    plain = [index for index, line in enumerate(result) if all(span.role is Role.PLAIN for span in line.spans)]
    if type_.style.second and type_.mark is Mark.BOX and len(result) > 2 and len(plain) > 1:
        line = result[plain[-1]]
        result[plain[-1]] = replace(line, spans=tuple(replace(span, role=Role.SECOND) for span in line.spans))
    return tuple(result)


def _line(line: SetLine, type_: Type, key: int) -> TextLine:
    """Only the key word is highlighted, but for the whole line where pieces would break the order of its words."""
    words = type_.words[slice(*line.words)]
    spans: tuple[Span, ...]
    if not 0 <= key < len(words):
        spans = (whole(line, type_.words, Role.PLAIN),)
    elif (type_.right_to_left and not _backwards(line.text)) or (len(words) == 1 and _is_core(words[0])):
        spans = (whole(line, type_.words, Role.EMPHASIS),)
    else:
        spans = tuple(_pieces(line, type_, words, key))
    return TextLine(spans, line.baseline, line.size, line.cap, line.ink)


def _pieces(line: SetLine, type_: Type, words: Sequence[str], key: int) -> list[Span]:
    glue = GLUE if words[key].endswith(GLUE) else ""
    head, word, tail = core(words[key].removesuffix(GLUE))
    parts = (
        ((*words[:key], *_against(head)), Role.PLAIN),
        ((word + (GLUE if tail else glue),), Role.EMPHASIS),
        ((*((tail + glue,) if tail else ()), *words[key + 1 :]), Role.PLAIN),
    )
    result: list[Span] = []
    before: tuple[str, ...] = ()
    measure, end = type_.measure, line.x + line.width
    for pieces, role in parts:
        if pieces:
            text = joined(pieces)
            width = measure.advance(text) * line.size
            done = (measure.advance(joined((*before, "|"))) - measure.advance("|")) * line.size
            x = max(line.x, end - done - width) if type_.right_to_left else min(line.x + done, end - width)
            before = (*before, *pieces)
            result.append(Span(text, x, width, role, _after(pieces[-1])))
    return result


def whole(line: SetLine, words: Sequence[str], role: Role) -> Span:
    """A line as one piece; `words` are all that were set."""
    return Span(line.text, line.x, line.width, role, _after(words[line.words[1] - 1]))


def _backwards(text: str) -> bool:
    """Whether every word runs to the left: figures, emoji and words of other scripts among them change the order."""
    return all(
        unicodedata.bidirectional(letter) in _FROM_THE_RIGHT or unicodedata.category(letter)[0] == "P"
        for letter in text
    )


_FROM_THE_RIGHT = ("R", "AL", "NSM", "WS")


def _against(head: str) -> tuple[str, ...]:
    # An emoji that accompanies its word keeps the space that was typed between them.
    return (head.rstrip(" ") + ("" if head.endswith(" ") else GLUE),) if head else ()


def _is_core(piece: str) -> bool:
    return core(piece.removesuffix(GLUE))[1] == piece.removesuffix(GLUE)


def _after(piece: str) -> str:
    return "" if piece.endswith(GLUE) else " "
