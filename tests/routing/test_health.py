import pytest

from core.providers.error import (
    Busy,
    Down,
    KeyRefused,
    NoPicture,
    Overloaded,
    PolicyRefusal,
    Recited,
    Retired,
    TimedOut,
)
from core.routing.health import PATIENCE_S, PAUSES, WELL, WINDOW_S, Health, Outcome, Verdict, judge


@pytest.mark.parametrize(
    ("error", "verdict"),
    [
        (None, Verdict(Outcome.FINE)),
        (Busy("quota", 34), Verdict(Outcome.BUSY, 34)),
        (Overloaded("full", 3), Verdict(Outcome.BUSY, 3)),
        (Down("gone"), Verdict(Outcome.DOWN)),
        (TimedOut("late"), Verdict(Outcome.DOWN)),
        (KeyRefused("no"), Verdict(Outcome.DOWN)),
        (Retired("404"), Verdict(Outcome.DOWN)),
        (NoPicture("text"), Verdict(Outcome.UNTOLD)),
        (Recited("song"), Verdict(Outcome.UNTOLD)),
        (PolicyRefusal("no"), Verdict(Outcome.UNTOLD)),
        (KeyError("ours"), Verdict(Outcome.UNTOLD)),
    ],
    ids=lambda value: type(value).__name__,
)
def test_only_silence_and_crowds_speak_against_a_model(error: Exception | None, verdict: Verdict) -> None:
    assert judge(error) == verdict


def test_rests_grow_with_trouble_in_a_row_and_end_within_the_window() -> None:
    for outcome in Outcome:
        pauses = list(PAUSES[outcome])
        assert pauses == sorted(pauses)
        assert all(pause <= WINDOW_S for pause in pauses)
    assert PAUSES[Outcome.DOWN][0] == 0, "one failed call is no outage"


def test_a_short_rest_is_waited_for_and_a_long_one_is_not() -> None:
    health = Health({"a": PATIENCE_S, "b": PATIENCE_S + 0.1})

    assert not health.passes_by("a")
    assert health.passes_by("b")
    assert not WELL.passes_by("a")
