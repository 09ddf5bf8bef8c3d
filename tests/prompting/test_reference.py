"""Which selfies go in, and what they are called."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from core.domain.concern import Concern
from core.prompting.reference import choose, labels
from core.vision.raster import Box
from core.vision.selfie import Reading, SelfieReport
from tests.prompting.builder import CANVAS, PERSON, STYLE


def report(yaw: float = 0, sharpness: float = 500, *concerns: Concern, width: int = 400) -> dict[str, Any]:
    reading = Reading(Box(0.3, 0.2, 0.3, 0.4), width, sharpness, yaw, 0, 0, 0.25, 40, 0, 140)
    return SelfieReport(1, reading, tuple(concerns)).to_dict()


NOBODY = SelfieReport(0, None, (Concern.NO_FACE,)).to_dict()


def test_the_sharpest_frontal_selfie_leads() -> None:
    choice = choose([report(sharpness=120), report(), report(yaw=28, sharpness=900)], 1)
    assert choice == (1,)


def test_another_view_is_worth_more_than_a_second_one_alike() -> None:
    choice = choose([report(), report(yaw=1, sharpness=480), report(yaw=22, sharpness=300)], 2)
    assert choice == (0, 2)


def test_what_the_check_rejects_stays_out_while_there_is_room() -> None:
    choice = choose([report(0, 20, Concern.BLURRED), NOBODY, report(), report(yaw=2)], 4)
    assert choice == (2, 3)


def test_an_only_selfie_goes_in_however_bad() -> None:
    assert choose([report(0, 20, Concern.BLURRED)], 4) == (0,)
    assert choose([NOBODY], 4) == (0,)


def test_an_unchecked_selfie_is_taken_after_good_ones() -> None:
    assert choose([None, report()], 1) == (1,)
    assert choose([None], 3) == (0,)


def test_every_concern_that_rejects_is_known_by_its_stored_name() -> None:
    for concern in Concern:
        chosen = choose([report(0, 500, concern), report(yaw=30)], 2)
        assert (0 in chosen) is not concern.rejects, concern


@given(
    st.lists(
        st.one_of(
            st.none(),
            st.just(NOBODY),
            st.builds(report, st.floats(-60, 60), st.floats(0, 2000), st.sampled_from(Concern)),
        ),
        max_size=10,
    ),
    st.integers(0, 14),
)
def test_a_choice_is_within_the_limit_and_never_empty(reports: list[Any], limit: int) -> None:
    choice = choose(reports, limit)
    assert len(choice) == len(set(choice)) <= limit
    assert set(choice) <= set(range(len(reports)))
    assert bool(choice) is (bool(reports) and limit > 0)


def test_images_are_counted_in_the_order_they_go_in() -> None:
    first, second, third, fourth = labels([CANVAS, PERSON, PERSON, STYLE])
    assert first.startswith("Image 1: CANVAS.") and second.startswith("Image 2: PERSON.")
    assert third.startswith("Image 3: PERSON.") and third.endswith("The same person again.")
    assert "same person" not in second and fourth.startswith("Image 4: STYLE.")
