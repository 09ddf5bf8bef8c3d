from dataclasses import dataclass, field
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.brief import Brief, FaceSide, TypeEffect, Vibe
from core.domain.record import RecordError, from_record, to_record


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True)
class Inner:
    number: float
    tint: Colour = Colour.RED


@dataclass(frozen=True)
class Other:
    text: str = ""


@dataclass(frozen=True)
class Chain:
    link: "Chain | None" = None


@dataclass(frozen=True)
class Outer:
    inners: tuple[Inner, ...] = ()
    either: Inner | Other | None = None
    table: dict[str, int] = field(default_factory=dict)


def test_what_is_written_reads_back_as_the_same_value() -> None:
    value = Outer((Inner(1.5), Inner(2.0)), Other("x"), {"a": 1})

    assert from_record(Outer, to_record(value)) == value


def test_a_class_may_hold_itself() -> None:
    value = Chain(Chain(Chain()))

    assert from_record(Chain, to_record(value)) == value


def test_a_value_without_a_record_form_is_refused_wherever_it_sits() -> None:
    for value in (b"bytes", [{1, 2}], {"key": Outer(table={"a": object()})}):  # type: ignore[dict-item]
        with pytest.raises(RecordError, match="has no record form"):
            to_record(value)


@given(
    st.text(max_size=50),
    st.sampled_from(list(Vibe)),
    st.sampled_from(list(FaceSide)),
    st.lists(st.sampled_from(list(TypeEffect)), unique=True).map(tuple),
    st.booleans(),
)
def test_any_brief_survives_storage(
    headline: str, vibe: Vibe, side: FaceSide, effects: tuple[TypeEffect, ...], fixed: bool
) -> None:
    brief = Brief(headline=headline, vibe=vibe, face_side=side, type_effects=effects, fixed_seed=fixed)

    assert from_record(Brief, to_record(brief)) == brief


def test_a_record_of_another_release_still_reads() -> None:
    assert from_record(Inner, {"_": "Inner", "number": 1, "gone": True}) == Inner(1.0)


@pytest.mark.parametrize("record", [None, [], {"_": "Inner"}, {"number": "1"}, {"number": 1, "tint": "blue"}])
def test_a_record_that_does_not_fit_is_refused(record: object) -> None:
    with pytest.raises(RecordError):
        from_record(Inner, record)
