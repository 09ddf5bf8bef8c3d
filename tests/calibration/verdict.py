"""False alarms, misses and the limit that would have had the fewest, per measure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from core.domain.score import GATES, SEEN, TARGETS, Gate, Measure
from tests.calibration.case import Fault


@dataclass(frozen=True, slots=True)
class Sample:
    """What was measured on one picture, by name; what could not be measured is left out."""

    name: str
    fault: Fault
    figures: Mapping[str, float]

    @property
    def half(self) -> int:
        """0 or 1, by its seed: limits that are chosen on one half are tried on the other."""
        return int(self.name.rpartition("-")[2]) % 2


@dataclass(frozen=True, slots=True)
class Rule:
    """A figure, from which one it is a fault, and of which pictures it must be."""

    figure: str
    limit: float
    more_is_better: bool
    catches: tuple[Fault, ...]

    def faulty(self, figure: float, limit: float) -> bool:
        return figure < limit if self.more_is_better else figure > limit


@dataclass(frozen=True, slots=True)
class Held:
    """A limit chosen on one half of the seeds, and what it does on the other."""

    best: float
    alarms: int
    good: int
    misses: int
    bad: int

    def __str__(self) -> str:
        return f"{self.best:.3g}: {self.alarms} of {self.good}, {self.misses} of {self.bad}"


@dataclass(frozen=True, slots=True)
class Verdict:
    rule: Rule
    alarms: tuple[str, ...]
    """Good pictures that are called faulty."""
    good: int
    misses: tuple[str, ...]
    """Faulty ones that pass."""
    bad: int
    unmeasured: int
    """Of the faulty ones: nothing could be measured, which is no alarm either."""
    held_out: tuple[Held, Held]
    """Chosen on even seeds, and on odd ones."""


def _gate(gate: Gate, *catches: Fault) -> Rule:
    return Rule(f"gate.{gate}", GATES[gate].figure, GATES[gate].more_is_better, catches)


def _score(prefix: str, measure: Measure, *catches: Fault) -> Rule:
    aim = (SEEN if prefix == "seen" else TARGETS)[measure]
    return Rule(f"{prefix}.{measure}", aim.good, aim.more_is_better, catches)


RULES = (
    _gate(Gate.CONTRAST, Fault.FADED),
    _gate(Gate.CAP_HEIGHT, Fault.TINY),
    _gate(Gate.OVERLAYS, Fault.COVERED),
    _gate(Gate.ON_FACE, Fault.ON_FACE),
    _gate(Gate.EYES, Fault.BEHEADED),
    _score("score", Measure.CONTRAST, Fault.FADED),
    _score("score", Measure.RECALL, Fault.TINY, Fault.FADED),
    _score("score", Measure.WORDS, Fault.CROWDED),
    _score("score", Measure.SHARPNESS, Fault.SOFT),
    _score("seen", Measure.CONTRAST, Fault.FADED),
    _score("seen", Measure.CAP_HEIGHT, Fault.TINY),
    _score("seen", Measure.RECALL, Fault.TINY),
    _score("seen", Measure.WORDS, Fault.CROWDED),
    _score("seen", Measure.OVERLAYS, Fault.COVERED),
    _score("seen", Measure.ON_FACE, Fault.ON_FACE),
    _score("seen", Measure.SHARPNESS, Fault.SOFT),
    _score("seen", Measure.CLUTTER, Fault.CLUTTERED),
)
"""`gate` and `score`: measured with the layout at hand; `seen`: by looking, as pictures from elsewhere are."""


def verdict(rule: Rule, samples: Sequence[Sample]) -> Verdict:
    good = [one for one in samples if one.fault is Fault.NONE and rule.figure in one.figures]
    spoilt = [one for one in samples if one.fault in rule.catches]
    bad = [one for one in spoilt if rule.figure in one.figures]
    return Verdict(
        rule,
        alarms=tuple(one.name for one in good if rule.faulty(one.figures[rule.figure], rule.limit)),
        good=len(good),
        misses=tuple(one.name for one in bad if not rule.faulty(one.figures[rule.figure], rule.limit)),
        bad=len(bad),
        unmeasured=len(spoilt) - len(bad),
        held_out=(_held(rule, good, bad, 0), _held(rule, good, bad, 1)),
    )


def _held(rule: Rule, good: Sequence[Sample], bad: Sequence[Sample], half: int) -> Held:
    best = _best(rule, [one for one in good if one.half == half], [one for one in bad if one.half == half])
    other_good, other_bad = ([one for one in rows if one.half != half] for rows in (good, bad))
    alarms, misses = _errors(rule, best, other_good, other_bad)
    return Held(best, alarms, len(other_good), misses, len(other_bad))


def _best(rule: Rule, good: Sequence[Sample], bad: Sequence[Sample]) -> float:
    """Half-way between two figures that were measured, where the shares of alarms and misses are least together; of
    several such the middle one."""
    figures = sorted({one.figures[rule.figure] for one in (*good, *bad)})
    between = [(low + high) / 2 for low, high in pairwise(figures)] or [rule.limit]

    def cost(limit: float) -> float:
        alarms, misses = _errors(rule, limit, good, bad)
        return alarms / max(1, len(good)) + misses / max(1, len(bad))

    least = min(map(cost, between))
    equal = [limit for limit in between if cost(limit) == least]
    return equal[len(equal) // 2]


def _errors(rule: Rule, limit: float, good: Sequence[Sample], bad: Sequence[Sample]) -> tuple[int, int]:
    alarms = sum(rule.faulty(one.figures[rule.figure], limit) for one in good)
    return alarms, sum(not rule.faulty(one.figures[rule.figure], limit) for one in bad)


def table(samples: Sequence[Sample]) -> Iterator[str]:
    """Markdown."""
    yield "| figure | limit | false alarms | misses | not measured | chosen on even seeds: on odd | on odd: on even |"
    yield "|---|---|---|---|---|---|---|"
    for rule in RULES:
        found = verdict(rule, samples)
        sign = "≥" if rule.more_is_better else "≤"
        alarms, misses = f"{len(found.alarms)} of {found.good}", f"{len(found.misses)} of {found.bad}"
        even, odd = found.held_out
        yield (f"| {rule.figure} | {sign} {rule.limit:g} | {alarms} | {misses} | {found.unmeasured} | {even} | {odd} |")
