"""The calibration's own arithmetic, and that a picture is the same whenever it is drawn."""

import numpy as np

from core.domain.score import GATES, Gate
from tests.calibration.case import Fault, case, names
from tests.calibration.verdict import Rule, Sample, verdict

RULE = Rule("gate.contrast", 3.0, True, (Fault.FADED,))


def samples(fault: Fault, *figures: float) -> list[Sample]:
    return [Sample(f"{fault}-{place}", fault, {RULE.figure: figure}) for place, figure in enumerate(figures)]


def test_alarms_and_misses_are_named_and_the_best_limit_lies_between() -> None:
    found = verdict(RULE, [*samples(Fault.NONE, 5.0, 6.0, 2.9, 7.0), *samples(Fault.FADED, 1.2, 1.4, 3.5, 1.1)])
    assert (found.alarms, found.good) == (("none-2",), 4)
    assert (found.misses, found.bad) == (("faded-2",), 4)
    even, odd = found.held_out
    assert even.best == (3.5 + 5.0) / 2, "5.0 and 2.9 are good, 1.2 and 3.5 are not"
    assert (odd.best, odd.good, odd.bad) == ((1.4 + 6.0) / 2, 2, 2)
    assert (odd.alarms, odd.misses) == (1, 0), "2.9 is good, and below the limit of the other half"


def test_what_could_not_be_measured_is_neither_alarm_nor_miss() -> None:
    blind = Sample("faded-9", Fault.FADED, {})
    found = verdict(RULE, [*samples(Fault.NONE, 5.0, 6.0), *samples(Fault.FADED, 1.2, 1.1), blind])
    assert (found.bad, found.unmeasured, found.misses) == (2, 1, ())


def test_a_name_is_a_picture() -> None:
    assert list(names(2, 1))[:3] == ["none-0", "none-1", "faded-0"]
    first, again = case("tiny-3"), case("tiny-3")
    assert np.array_equal(first.picture, again.picture)
    width = first.layout.width
    assert min(line.cap for line in first.layout.lines) * 168 / width < GATES[Gate.CAP_HEIGHT].figure
