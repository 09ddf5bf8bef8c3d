"""Series codes: what they carry, and what they say where they lead nowhere."""

from dataclasses import fields
from typing import Any, get_type_hints

from hypothesis import given
from hypothesis import strategies as st

from core.domain.brief import Brief
from core.domain.job import PLACES, SHORT_PLACE, Recipe
from core.domain.model import Origin
from core.domain.record import from_record, to_record
from core.domain.series import SHOWN, Fault, Series, decode, encode, find, short_place, shown
from core.domain.typeface import NAMES

PRIVATE = {"title", "headline", "subtext", "selfies", "selfie_places", "exhibit", "no_go_note", "signature", "logo"}
LATER = "TF-40000-07000-0E20B"
"""As the next version would write a plain look."""
KINDS = get_type_hints(Brief)
OWN: dict[str, Any] = {
    "format": st.sampled_from(["youtube", "reels", "1600x640", "4096x1000"]),
    "brand_colours": st.lists(st.from_regex(r"#[0-9a-f]{6}", fullmatch=True), max_size=6).map(tuple),
    "brand_font": st.sampled_from(["", *NAMES]),
    "word_cap": st.sampled_from([0, 2, 6]),
    "type_effects": st.sampled_from([(), *((effect,) for effect in KINDS["type_effects"].__args__[0])]),
}


def _any(kind: Any) -> st.SearchStrategy[Any]:
    return st.booleans() if kind is bool else st.sampled_from(tuple(kind))


BRIEFS = st.builds(
    Brief,
    **{name: OWN[name] if name in OWN else _any(KINDS[name]) for name in SHOWN},
)


def made(brief: Brief, seed: int = 7, position: int = 0, short: str = "") -> Recipe:
    return Recipe(brief=brief, model="studio", origin=Origin.STUDIO, seed=seed, position=position, short=short)


@given(BRIEFS, st.integers(0, 2**31 - 1), st.integers(0, 1023), st.booleans())
def test_a_code_says_all_that_shows_and_is_read_however_it_was_typed(
    brief: Brief, seed: int, position: int, short: bool
) -> None:
    code = encode(made(brief, seed, position, "few words" if short else ""))
    for typed in (code, code.lower(), code.replace("-", ""), code[:3] + code[3:].replace("0", "O").replace("1", "l")):
        found = decode(typed)
        assert isinstance(found, Series)
        assert (found.seed, found.position, found.short) == (seed, position, short)
        assert {**to_record(brief), **found.answers} == to_record(brief)


def test_every_value_of_every_answer_that_shows_has_its_place() -> None:
    for name in SHOWN:
        for value in map(str, getattr(KINDS[name], "__members__", {}).values()):
            wanted = from_record(Brief, {**to_record(Brief()), name: value})
            assert isinstance(decode(encode(made(wanted))), Series)


def test_a_plain_look_fits_into_a_line_and_names_nobody() -> None:
    brief = Brief(headline="A SECRET", selfies=("a" * 36,), signature="My channel", logo="b" * 36)
    code = encode(made(brief))
    assert code == encode(made(Brief())) and len(code) <= 24
    assert not PRIVATE & {*SHOWN} and {*SHOWN} <= {row.name for row in fields(Brief)}


@given(st.text(max_size=40))
def test_what_is_no_code_is_said_to_be_broken(text: str) -> None:
    assert decode(text) is Fault.BROKEN


def test_a_mistyped_letter_is_noticed() -> None:
    code = encode(made(Brief()))
    for place in range(3, len(code)):
        if code[place] != "-":
            assert decode(code[:place] + ("2" if code[place] != "2" else "3") + code[place + 1 :]) is Fault.BROKEN


def test_a_code_of_a_later_release_is_told_from_a_broken_one() -> None:
    assert decode(LATER) is Fault.NEWER
    assert decode(LATER[:-1]) is Fault.BROKEN


def test_a_code_is_found_in_a_caption() -> None:
    code = encode(made(Brief(), 99, 4))
    found, rest = find(f"My new headline {code.lower()}")
    assert (found.upper(), rest.strip()) == (code, "My new headline")
    assert find("TF-shirts and 1-2-3") == ("", "TF-shirts and 1-2-3")


def test_words_of_a_headline_are_no_code() -> None:
    for text in (
        "tf-idf-for-seo",
        "Why TF-A-B-C works",
        "TF-THREE-GREAT-WORDS",
        "TF-20000-07000",
        "TF-2U000-07000-HG0A5",
        "TF-20000-070-HG0A5",
    ):
        assert find(text) == ("", text)


def test_the_first_of_a_series_is_its_look_and_the_others_are_the_other_looks_of_that_set() -> None:
    brief = Brief(series=encode(made(Brief(), 99, 2 * PLACES + 4, "few words")))
    looks = [shown(brief, place, 1) for place in range(PLACES)]
    assert looks[0] == (99, 2 * PLACES + 4) and {seed for seed, _ in looks} == {99}
    assert sorted(position for _, position in looks) == list(range(2 * PLACES, 3 * PLACES))
    assert shown(Brief(), 3, 1) == (1, 3)
    assert (short_place(brief), short_place(Brief())) == (0, SHORT_PLACE)
