from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from core.domain.brief import VARIANT_COUNTS, Brief, People, Vibe
from core.domain.format import Quality
from core.domain.look import NEAREST, nearest
from core.domain.model import Capability, Catalogue, Role, Status
from core.domain.price import Quote, Work, quote
from core.providers.catalogue import STAND_IN, STUDIO, load
from core.routing.health import PATIENCE_S, Health
from core.routing.route import PassedBy, Reason, Route, plan

SHEET = load().beside(STUDIO)
LIVE = tuple(row for row in SHEET.models if row.vibes and row.status is not Status.RETIRED)
TOOLS = tuple(row for row in SHEET.models if not row.vibes)
EVERYTHING = Catalogue(LIVE, TOOLS, SHEET.models, SHEET.roles)
BANANA, LITE, PRO, OLD = (
    "gemini-nano-banana-2.1",
    "gemini-3.1-flash-lite-image",
    "gemini-3-pro-image",
    "gemini-3.1-flash-image",
)


def without(*gone: str) -> Catalogue:
    return replace(EVERYTHING, models=tuple(row for row in LIVE if row.id not in gone))


def reasons(route: Route) -> list[tuple[str, Reason]]:
    return [(row.model.id, row.reason) for row in route.candidates]


def test_the_route_begins_with_the_wanted_model_and_ends_at_the_studio() -> None:
    catalogue = Catalogue((STAND_IN, STUDIO))

    assert tuple(plan(Brief(), "stand-in", catalogue)) == (STAND_IN, STUDIO)
    assert tuple(plan(Brief(), "studio", catalogue)) == (STUDIO,)
    assert reasons(plan(Brief(), "nobody", catalogue)) == [("studio", Reason.LAST_RESORT)]
    assert plan(Brief(), "nobody", catalogue).passed_by[0] == PassedBy("nobody", Reason.GONE)


def test_the_wanted_model_is_followed_by_its_role_in_the_roles_order() -> None:
    standard = plan(Brief(), BANANA, EVERYTHING)
    draft = plan(Brief(quality=Quality.DRAFT), LITE, EVERYTHING)

    assert reasons(standard) == [
        (BANANA, Reason.WANTED),
        (OLD, Reason.SAME_ROLE),
        (LITE, Reason.SAME_ROLE),
        ("studio", Reason.LAST_RESORT),
    ]
    assert [row.id for row in draft] == [LITE, BANANA, OLD, "studio"]


def test_the_price_never_rises() -> None:
    route = plan(Brief(quality=Quality.FOUR_K), BANANA, EVERYTHING)

    assert PRO not in [row.id for row in route]
    assert PassedBy(PRO, Reason.DEARER) in route.passed_by
    assert [row.id for row in plan(Brief(), PRO, EVERYTHING)][:2] == [PRO, BANANA]


def test_who_chose_a_premium_model_is_given_another_before_a_lesser_one() -> None:
    pro = next(row for row in LIVE if row.id == PRO)
    twin = replace(pro, id="twin", slug="twin")
    catalogue = replace(
        EVERYTHING,
        models=(*LIVE, twin),
        ranks={**EVERYTHING.ranks, Role.PREMIUM: (PRO, "twin"), Role.STANDARD: (BANANA,)},
    )

    assert [row.id for row in plan(Brief(), PRO, catalogue)][:3] == [PRO, "twin", BANANA]


@given(
    st.sampled_from([row.id for row in SHEET.models]),
    st.sampled_from(list(Quality)),
    st.sampled_from(VARIANT_COUNTS),
    st.sampled_from(list(Work)),
    st.sets(st.sampled_from([row.id for row in LIVE])),
)
def test_nobody_on_any_route_but_the_wanted_one_costs_more_than_was_agreed(
    wanted: str, quality: Quality, variants: int, work: Work, gone: set[str]
) -> None:
    brief = Brief(quality=quality, variants=variants)
    named = next(row for row in SHEET.models if row.id == wanted)
    agreed = quote(brief, named, work)

    route = plan(brief, wanted, without(*gone - {"studio"}), agreed=agreed)

    assert all(
        quote(brief, row.model, work).credits <= agreed.credits
        for row in route.candidates
        if row.reason is not Reason.WANTED
    )
    assert len({row.id for row in route}) == len(route.candidates)
    assert [row.id for row in route][-1] == "studio"


def test_an_order_keeps_its_model_when_that_has_become_dearer_since() -> None:
    dearer = replace(EVERYTHING, models=tuple(replace(row, surcharge=2) if row.id == BANANA else row for row in LIVE))

    assert reasons(plan(Brief(), BANANA, dearer, agreed=Quote(2, BANANA, Work.SET, 4)))[0] == (BANANA, Reason.WANTED)


def test_a_retired_model_is_drawn_by_its_successor_and_says_so() -> None:
    route = plan(Brief(), "gemini-2.5-flash-image-preview", EVERYTHING)

    assert reasons(route)[0] == (BANANA, Reason.SUCCESSOR)
    assert route.receipt()["replaced"] == "gemini-2.5-flash-image-preview"


def test_a_successor_that_costs_more_than_was_agreed_is_passed_by() -> None:
    imagen = "imagen-4.0-ultra-generate-001"  # surcharge 1, its successor 2

    route = plan(Brief(), imagen, EVERYTHING)

    assert PassedBy(PRO, Reason.DEARER) in route.passed_by
    assert next(row.id for row in route) == BANANA


def test_a_model_that_rests_long_is_passed_by_and_one_that_rests_shortly_is_waited_for() -> None:
    long, short = Health({BANANA: PATIENCE_S + 1}), Health({BANANA: PATIENCE_S - 1})

    passing = plan(Brief(), BANANA, EVERYTHING, health=long)

    assert [row.id for row in passing] == [OLD, LITE, "studio"]
    assert PassedBy(BANANA, Reason.RESTING) in passing.passed_by
    assert next(iter(plan(Brief(), BANANA, EVERYTHING, health=short))).id == BANANA


def test_without_money_left_with_a_provider_its_models_are_passed_by() -> None:
    route = plan(Brief(), BANANA, EVERYTHING, health=Health(closed=frozenset({LIVE[0].provider})))

    assert [row.id for row in route] == ["studio"]
    assert PassedBy(BANANA, Reason.UNFUNDED) in route.passed_by


def test_when_every_model_is_gone_or_rests_the_studio_draws() -> None:
    resting = Health({row.id: 999.0 for row in LIVE})

    assert [row.id for row in plan(Brief(), BANANA, EVERYTHING, health=resting)] == ["studio"]


def test_who_lacks_what_is_needed_is_passed_by() -> None:
    searching = plan(Brief(), BANANA, EVERYTHING, needs=frozenset({Capability.SEARCH_WEB}))

    assert [row.id for row in searching] == [BANANA, OLD, "studio"]
    assert PassedBy(LITE, Reason.UNABLE) in searching.passed_by


def test_four_k_goes_to_who_has_the_size() -> None:
    four_k = plan(Brief(quality=Quality.FOUR_K), LITE, EVERYTHING)

    assert PassedBy(LITE, Reason.UNABLE) in four_k.passed_by


def test_a_brief_with_a_selfie_never_goes_to_who_takes_no_picture() -> None:
    imagen = next(row for row in SHEET.models if row.id == "imagen-4.0-generate-001")
    catalogue = Catalogue((imagen, STUDIO))

    assert [row.id for row in plan(Brief(), imagen.id, catalogue)] == [imagen.id, "studio"]
    assert [row.id for row in plan(Brief(selfies=("a",)), imagen.id, catalogue)] == ["studio"]


def test_two_people_never_go_to_who_takes_one_picture() -> None:
    one = replace(next(row for row in LIVE if row.id == BANANA), max_references=1)
    catalogue = Catalogue((one, STUDIO))

    assert [row.id for row in plan(Brief(selfies=("a", "b")), BANANA, catalogue)] == [BANANA, "studio"]
    two = Brief(selfies=("a", "b"), people=People.TWO)
    assert [row.id for row in plan(two, BANANA, catalogue)] == ["studio"]


def test_an_edit_by_words_is_nothing_the_studio_could_stand_in_for() -> None:
    route = plan(Brief(), BANANA, EVERYTHING, needs=frozenset({Capability.MULTI_TURN}), role=Role.EDIT)

    assert [row.id for row in route] == [BANANA, OLD, LITE]


def test_a_look_the_studio_lacks_is_drawn_in_the_nearest_one_and_only_by_the_studio() -> None:
    route = plan(Brief(vibe=Vibe.NEON), BANANA, EVERYTHING)

    looks = {row.model.id: row.brief.vibe for row in route.candidates}
    assert looks[BANANA] is Vibe.NEON
    assert looks["studio"] is nearest(Vibe.NEON, STUDIO.vibes)
    assert route.brief_for(STUDIO).vibe in STUDIO.vibes


@given(st.sampled_from(list(Vibe)), st.sets(st.sampled_from(list(Vibe)), min_size=1))
def test_every_look_has_a_nearest_one_among_any_that_are_drawn(vibe: Vibe, drawn: set[Vibe]) -> None:
    assert set(NEAREST) == set(Vibe)
    assert nearest(vibe, tuple(drawn)) in drawn
    if vibe in drawn:
        assert nearest(vibe, tuple(drawn)) is vibe
