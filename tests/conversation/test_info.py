"""What Info says: the likeness or why there is none, who drew it after whom, and what its file declares."""

from dataclasses import replace

import pytest

from core.conversation.action import AltText, Info
from core.conversation.present import refined, set_ready
from core.conversation.texts import speaker
from core.conversation.variant import alone, info, picture
from core.conversation.view import Fact, TextView
from core.domain.job import JobKind
from core.domain.model import Capability, Catalogue, Origin
from core.domain.record import Json
from core.providers.error import Reason as Trouble
from tests.conversation.building import FREE_ONLY, STUDIO, Chat, buttons, job, model, recipe, variant

EN = speaker("en")
PAINTED = replace(recipe(), origin=Origin.MODEL)


def test_a_cut_out_is_said_to_be_the_photo_itself() -> None:
    assert "The person is taken from your photo itself." in info(EN, variant(), FREE_ONLY)


@pytest.mark.parametrize(
    ("fact", "expected"),
    [
        ({"score": 0.71, "likeness": "good"}, "Likeness to your selfies: 0.71 of 1 (good match)"),
        ({"missing": "not_installed"}, "Likeness: not scored: the identity extra is not installed."),
        ({"missing": "no_face"}, "Likeness: not scored: no face was found in the picture."),
    ],
)
def test_a_painted_person_has_a_score_or_the_reason_why_not(fact: dict[str, Json], expected: str) -> None:
    assert expected in info(EN, variant(recipe=PAINTED, facts={"identity": fact}), FREE_ONLY).splitlines()


def test_without_a_person_nothing_is_said_of_likeness() -> None:
    for origin in Origin:
        alone = replace(recipe(selfies=()), origin=origin)
        assert "ikeness" not in (text := info(EN, variant(recipe=alone), FREE_ONLY)) and "your photo" not in text


# -- the receipt ---------------------------------------------------------------------------------------------------

BANANA, LITE = (
    replace(model(name, Origin.MODEL), label=label) for name, label in (("nb", "Nano Banana 2.1"), ("lite", "Lite"))
)
OFFERED = Catalogue((BANANA, LITE, STUDIO), known=(replace(BANANA, id="old", label="Old Banana", successor="nb"),))


def told(model_id: str = "nb", *, wanted: str = "nb", returned: int = 0, **facts: Json) -> list[str]:
    origin = Origin.STUDIO if model_id == "studio" else Origin.MODEL
    made = replace(recipe(), model=model_id, origin=origin)
    known = {"ordered_model": wanted, **facts}
    return info(EN, variant(recipe=made, facts=known, returned=returned), OFFERED).splitlines()


def test_a_wish_to_look_things_up_that_its_painter_could_not_fulfil_is_said() -> None:
    able = replace(BANANA, capabilities=frozenset({Capability.SEARCH_WEB}))
    looking = replace(recipe(search=True), model="nb", origin=Origin.MODEL)
    said = "Drawn without looking things up, which Nano Banana 2.1 can't."
    assert said in info(EN, variant(recipe=looking), OFFERED).splitlines()
    assert "looking things up" not in info(EN, variant(recipe=looking), Catalogue((able, STUDIO)))
    assert "which the local studio can't" in info(EN, variant(recipe=recipe(search=True)), OFFERED)


def attempt(model_id: str, reason: str = "") -> Json:
    return {"model": model_id, "error": reason and "SomeError", "reason": reason}


def test_a_model_is_called_by_the_name_people_know() -> None:
    assert "Drawn by Nano Banana 2.1." in told()


@pytest.mark.parametrize("reason", [*Trouble])
def test_every_trouble_is_said_with_who_drew_it_then_and_what_came_back(reason: Trouble) -> None:
    lines = told("studio", returned=2, attempts=[attempt("nb", reason)], ordered=4)

    said = EN.say(f"trouble.{reason}", model="Nano Banana 2.1")
    assert f"{said}, drawn by the local studio, 2 credits returned." in lines


def test_the_issues_own_example_is_said_word_for_word() -> None:
    lines = told("studio", attempts=[attempt("nb", "overloaded")], agreed=2, price=0)

    assert "Nano Banana 2.1 was overloaded, drawn by the local studio, 2 credits returned." in lines


def test_a_model_that_failed_first_and_drew_then_is_said_to_have() -> None:
    lines = told(attempts=[attempt("nb", "no_picture"), attempt("nb")])

    assert "Nano Banana 2.1 answered without a picture at first, then it worked." in lines


def test_who_was_passed_by_or_succeeded_is_named() -> None:
    resting = {"passed_by": [{"model": "nb", "reason": "resting"}], "candidates": [], "replaced": ""}
    heir = {"passed_by": [], "candidates": [{"model": "nb", "reason": "successor"}], "replaced": "old"}

    assert "Nano Banana 2.1 was resting after trouble, drawn by Lite." in told("lite", route=resting)
    assert "Old Banana is not offered any more, drawn by its successor Nano Banana 2.1." in told(
        wanted="old", route=heir
    )


def test_a_set_says_by_itself_and_once_who_drew_instead() -> None:
    facts = {"attempts": [attempt("nb", "retired"), attempt("lite")]}
    ready = [variant(position=place, recipe=replace(PAINTED, model="lite"), facts=facts) for place in range(4)]
    text = set_ready(EN, job(), ready, ordered=4, sheet="", catalogue=OFFERED).text
    assert text.count("Nano Banana 2.1 has been retired, drawn by Lite.") == 1


def test_a_price_is_said_for_what_it_was_paid() -> None:
    assert "Price: 2 cr for the set of 4" in told(price=2, ordered=4)
    assert "Price: 1 cr" in told(price=1, agreed=1)


@pytest.mark.parametrize(("shown", "explained"), [([2, 5, 9], False), ([9, 7, 8], True)])
def test_an_order_of_selfies_that_is_not_theirs_is_explained(shown: list[int], explained: bool) -> None:
    (line,) = (line for line in told(selfies_shown=shown) if line.startswith("Selfies it was shown"))
    assert ("the sharpest and most frontal one first" in line) == explained


def test_what_was_shown_and_said_is_told() -> None:
    lines = told(
        ordered_vibe="neon",
        selfies_shown=[1],
        gates={"sharp": False},
        enlarged=2.4,
        extended=0.12,
        note="A presenter in blue light.",
        words="darker",
    )

    assert "Ordered in Neon; Bold is the nearest look it can be drawn in." in lines
    assert "Changed: “darker”" in lines
    assert "Selfies it was shown: 1 of 1" in lines
    assert "Painted smaller than it is shown (2.4×), so it is a little soft." in lines
    assert "12 % of it, at the edges, is carried on from what was painted." in lines
    assert "In its painter's words: “A presenter in blue light.”" in lines


READ = {
    "found": True,
    "read": True,
    "intact": True,
    "issuer": "Google LLC",
    "generator": "",
    "made_by_model": True,
    "synthid": True,
}


@pytest.mark.parametrize(
    ("fact", "expected"),
    [
        ({"found": False, "read": False}, "Content credentials (C2PA): none in the model's file."),
        (
            {"found": True, "read": False},
            "Content credentials (C2PA): in the model's file, but they could not be read.",
        ),
        (READ, "Content credentials (C2PA): signed by Google LLC; unchanged since."),
        (READ, "They declare it made by an AI model."),
        (READ, "SynthID: declared by the credentials."),
        (READ | {"synthid": False}, "SynthID: not declared; only Google's own detector could tell."),
        (READ | {"intact": False}, "Content credentials (C2PA): signed by Google LLC; the file was changed since."),
    ],
)
def test_provenance_is_what_the_file_declares_and_nothing_more(fact: dict[str, Json], expected: str) -> None:
    assert expected in told(provenance=fact)


def test_without_a_models_file_nothing_is_said_of_credentials() -> None:
    assert not [line for line in told("studio") if "C2PA" in line or "SynthID" in line]


def test_what_the_painter_said_stands_in_the_alt_text() -> None:
    shown = variant(recipe=PAINTED, facts={"note": "A presenter in blue light."})

    assert picture(EN, shown, OFFERED).alt == "Variant 1: “I QUIT”, Bold. A presenter in blue light."


def test_the_studios_own_pictures_are_described_by_what_is_known_of_them() -> None:
    assert picture(EN, variant(), OFFERED).alt == "Variant 1: “I QUIT”, Bold"


# -- what was looked up --------------------------------------------------------------------------------------------

SEARCHED: dict[str, Json] = {
    "search_chip": "<b>new phone</b>",
    "search_queries": ["new phone", "a&b=<c>"],
    "sources": [{"title": "A page", "url": "https://example.com/?q=1&r=2"}],
}
QUERIES = (
    Fact(name="Searched", value="new phone", link="https://www.google.com/search?q=new+phone"),
    Fact(name="Searched", value="a&b=<c>", link="https://www.google.com/search?q=a%26b%3D%3Cc%3E"),
    Fact(name="Source", value="A page", link="https://example.com/?q=1&r=2"),
)


def test_a_search_is_shown_wherever_what_it_led_to_is() -> None:
    painted = variant(recipe=PAINTED, version=3, facts=SEARCHED)
    told = Chat().press(Info(painted.code), variant=painted).views[0]
    shown = (
        told,
        alone(EN, painted, OFFERED),
        refined(EN, job(kind=JobKind.REROLL), painted, catalogue=OFFERED),
        set_ready(EN, job(), [painted], ordered=1, sheet="", catalogue=OFFERED),
    )
    for view in shown:
        assert (view.facts, view.chips) == (QUERIES, (f"{painted.code}.3",))  # type: ignore[union-attr]


def test_the_variants_of_a_set_that_searched_for_the_same_show_it_once() -> None:
    alike = [replace(variant(recipe=PAINTED, facts=SEARCHED), code=f"{n}" * 10) for n in range(3)]
    other = variant(recipe=PAINTED, code="X" * 10, facts=SEARCHED | {"search_chip": "<b>boats</b>"})
    view = set_ready(EN, job(), [*alike, other, variant()], ordered=5, sheet="", catalogue=OFFERED)
    assert view.chips == ("0000000000.1", "XXXXXXXXXX.1") and view.facts == QUERIES


def test_without_a_search_nothing_is_said_of_one() -> None:
    view = alone(EN, variant(), OFFERED)
    assert (view.facts, view.chips) == ((), ())


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//example.com", 'https://a"b', "ftp://a"])
def test_nobody_is_led_to_an_address_that_is_none(url: str) -> None:
    (fact,) = alone(EN, variant(facts={"sources": [{"title": " A\n page ", "url": url}]}), OFFERED).facts
    assert (fact.value, fact.link) == ("A page", "")


def test_info_offers_the_alt_text() -> None:
    view = Chat().press(Info("V" * 10), variant=variant()).views[0]
    assert isinstance(view, TextView)
    assert AltText("V" * 10).pack() in {one.token for one in buttons(view)}
