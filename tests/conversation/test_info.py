"""What Info says of the likeness: a figure, the reason there is none, or that the person is the photo's own."""

from dataclasses import replace

import pytest

from core.conversation.texts import speaker
from core.conversation.variant import info
from core.domain.model import Origin
from core.domain.record import Json
from tests.conversation.building import recipe, variant

EN = speaker("en")
PAINTED = replace(recipe(), origin=Origin.MODEL)


def test_a_cut_out_is_said_to_be_the_photo_itself() -> None:
    assert "The person is taken from your photo itself." in info(EN, variant())


@pytest.mark.parametrize(
    ("fact", "expected"),
    [
        ({"score": 0.71, "likeness": "good"}, "Likeness to your selfies: 0.71 of 1 (good match)"),
        ({"missing": "not_installed"}, "Likeness: not scored: the identity extra is not installed."),
        ({"missing": "no_face"}, "Likeness: not scored: no face was found in the picture."),
    ],
)
def test_a_painted_person_has_a_score_or_the_reason_why_not(fact: dict[str, Json], expected: str) -> None:
    assert expected in info(EN, variant(recipe=PAINTED, facts={"identity": fact})).splitlines()


def test_without_a_person_nothing_is_said_of_likeness() -> None:
    for origin in Origin:
        alone = replace(recipe(selfies=()), origin=origin)
        assert "ikeness" not in (text := info(EN, variant(recipe=alone))) and "your photo" not in text
