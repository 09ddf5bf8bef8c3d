"""The headline doctor: looks at the words, and at how they came out in the preview's layout.

It guesses at no spelling: what is not in a dictionary may be a name.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from core.compose.figure import cap_height
from core.compose.font import written
from core.compose.layout import Layout
from core.compose.script import EASTERN, Script, script_of, scripts_of
from core.compose.word import vocabulary
from core.domain.advice import Advice, Ailment
from core.domain.brief import HEADLINE_WORDS
from core.domain.format import Family
from core.domain.score import TARGETS, Measure
from core.domain.word import bare, counted

LETTERS = 42
"""Six words of seven: more fill three lines whatever is done."""
_BARELY, _ROOMY = 1.05, 1.5
"""Of the capitals aimed at: below the first letters are said to be small, the second is what fewer words are for."""
_TELLING = 3
"""Letters from which a word that comes twice is noticed."""


@dataclass(frozen=True, slots=True)
class Patient:
    """words: as typed; left_out: signs that are not in the picture; cap: px of the lowest capitals at the small width;
    alone: the only word of the line that has them, if it is one."""

    words: tuple[str, ...]
    left_out: str
    cap: float
    alone: str
    spaced: bool
    """Its script puts spaces between words."""

    @property
    def bare(self) -> tuple[str, ...]:
        """Those that are words, lower case and without signs."""
        return counted(" ".join(self.words))


def examined(headline: str, layout: Layout, family: Family) -> Advice | None:
    """The first thing wrong with a headline that was set in `layout`; None: nothing, or there are no words."""
    if not (headline.split() and layout.lines):
        return None
    low = min(layout.lines, key=lambda line: line.cap)
    patient = Patient(
        words=tuple(headline.split()),
        left_out=_missing(headline),
        cap=cap_height((low.cap,), layout.width, family),
        alone=low.text if len(low.text.split()) == 1 else "",
        spaced=not set(scripts_of(headline)) & EASTERN,
    )
    return next((found for rule in RULES if (found := rule(patient)) is not None), None)


def _missing(headline: str) -> str:
    """Pictograms nobody here can draw."""
    known = written(headline)
    lost = [sign for sign in headline if script_of(sign) is Script.EMOJI and sign not in known]
    return "".join(dict.fromkeys(lost))


def _unseen(one: Patient) -> Advice | None:
    return Advice(Ailment.UNSEEN, word=one.left_out) if one.left_out else None


def _long_word(one: Patient) -> Advice | None:
    return Advice(Ailment.LONG_WORD, word=one.alone, figure=one.cap) if one.alone and _is_tiny(one) else None


def _tiny(one: Patient) -> Advice | None:
    if not _is_tiny(one):
        return None
    fit = int(len(one.bare) * one.cap / (_ROOMY * TARGETS[Measure.CAP_HEIGHT].good))
    return Advice(Ailment.TINY, n=max(1, min(fit, HEADLINE_WORDS)), figure=one.cap)


def _is_tiny(one: Patient) -> bool:
    """Below the aim itself only the preview shows it."""
    return one.cap < _BARELY * TARGETS[Measure.CAP_HEIGHT].good


def _many_words(one: Patient) -> Advice | None:
    more = len(one.bare) - HEADLINE_WORDS
    return Advice(Ailment.MANY_WORDS, n=more) if more > 0 else None


def _long(one: Patient) -> Advice | None:
    more = len(" ".join(one.words)) - (LETTERS if one.spaced else LETTERS // 2)
    return Advice(Ailment.LONG, n=more) if more > 0 else None


def _small_words(one: Patient) -> Advice | None:
    if not one.spaced or len(one.bare) < 2:
        return None
    known = vocabulary(one.bare)
    saying = [word for word in one.bare if word not in known.small or known.is_strong(word)]
    return None if saying else Advice(Ailment.SMALL_WORDS)


def _repeated(one: Patient) -> Advice | None:
    """Not at once after itself with a sign between ("Never, never"): that is meant."""
    known = vocabulary(one.bare).small
    said = [bare(word) for word in one.words]
    paused = [not word[-1].isalnum() for word in one.words]
    told = [
        word
        for word, follower, pause in zip(said, [*said[1:], ""], paused, strict=True)
        if word != follower or not pause
    ]
    twice = (word for word in told if told.count(word) > 1 and len(word) >= _TELLING and word not in known)
    return next((Advice(Ailment.REPEATED, word=word) for word in twice), None)


def _full_stop(one: Patient) -> Advice | None:
    last = one.words[-1]
    ends = last.endswith((".", "。")) and not last.endswith("..") and "." not in last[:-1]
    return Advice(Ailment.FULL_STOP) if ends else None


RULES: tuple[Callable[[Patient], Advice | None], ...] = (
    _unseen,
    _long_word,
    _tiny,
    _many_words,
    _long,
    _small_words,
    _repeated,
    _full_stop,
)
