"""A handful of the trial's briefs in the suite: what no picture may do, none does."""

from core.domain.format import Quality
from tests.trial.outcome import photos, tried
from tests.trial.sample import cases

SEED, SOME = 5, 25


def test_random_briefs_are_delivered_past_every_gate_with_the_text_as_typed_or_refused() -> None:
    wanted = [case for case in cases(3 * SOME, SEED, len(photos(""))) if case.recipe.brief.quality is Quality.DRAFT]
    found = [tried(case, "") for case in wanted[:SOME]]
    assert [one for one in found if one.crash or one.failed or one.missing or one.altered] == []
    assert sum(bool(one.data) for one in found) > 0.7 * SOME
    assert any(one.repair for one in found)


def test_a_seed_gives_the_same_briefs() -> None:
    assert list(cases(5, SEED, 3)) == list(cases(9, SEED, 3))[:5]
