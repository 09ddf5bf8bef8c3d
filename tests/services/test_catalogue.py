"""What is on offer: the file against keys, dates, probes and operators; then the same over a real database."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import count

import pytest

from core.domain.brief import Brief, Vibe
from core.domain.format import Quality
from core.domain.model import Catalogue, Channel, Role, Status
from core.providers.catalogue import STAND_IN, STUDIO, load
from core.services.catalogue import FRESH_S, LiveCatalogue, Off, assemble, listing
from core.store.direct import DirectTransport
from core.store.model import ModelRegister, Models, ModelState, Override, Probe, Seen

SHEET = load().beside(STUDIO)
TODAY = date(2026, 11, 20)
DIRECT = {"local": Channel.DIRECT, "gemini": Channel.DIRECT}
ENTERPRISE = {"local": Channel.DIRECT, "gemini": Channel.ENTERPRISE}
BANANA, LITE, PRO, OLD = (
    "gemini-nano-banana-2.1",
    "gemini-3.1-flash-lite-image",
    "gemini-3-pro-image",
    "gemini-3.1-flash-image",
)
FIRST, IMAGEN = "gemini-2.5-flash-image", "imagen-4.0-generate-001"


def probed(channel: Channel = Channel.DIRECT, **answers: bool) -> tuple[Probe, ...]:
    names = {"pro": PRO, "old": OLD, "banana": BANANA, "first": FIRST, "imagen": IMAGEN}
    return tuple(Probe(names[name], channel, alive, datetime.now(UTC)) for name, alive in answers.items())


def offered(
    *overrides: Override,
    probes: tuple[Probe, ...] = (),
    doors: dict[str, Channel] = DIRECT,
    today: date = TODAY,
) -> Catalogue:
    rows = listing(SHEET, ModelState(overrides, probes), doors, today)
    return assemble(rows, SHEET)


def off(model: str, *overrides: Override, probes: tuple[Probe, ...] = (), today: date = TODAY) -> Off | None:
    rows = listing(SHEET, ModelState(overrides, probes), DIRECT, today)
    return next(row.off for row in rows if row.model.id == model)


def ids(catalogue: Catalogue) -> list[str]:
    return [row.id for row in catalogue.models]


def test_without_any_key_the_studio_is_all_there_is() -> None:
    catalogue = offered(doors={"local": Channel.DIRECT})

    assert (ids(catalogue), catalogue.tools, catalogue.paid()) == (["studio"], (), ())
    assert catalogue.vibes() == STUDIO.vibes


def test_with_a_key_the_live_models_are_offered_and_every_vibe_with_them() -> None:
    catalogue = offered()

    assert ids(catalogue) == [BANANA, LITE, "studio"]
    assert catalogue.vibes() == tuple(Vibe)
    assert [row.id for row in catalogue.for_role(Role.READER)] == ["gemini-3.5-flash-lite", "gemini-3.8-flash"]


def test_a_role_resolves_to_its_candidates_in_order_and_the_studio_last() -> None:
    catalogue = offered(probes=probed(pro=True, old=True))

    assert [row.id for row in catalogue.for_role(Role.DRAFT)] == [LITE, BANANA, OLD, "studio"]
    assert [row.id for row in catalogue.for_role(Role.FOUR_K)] == [BANANA, PRO, OLD, "studio"]
    assert [row.id for row in catalogue.for_role(Role.PREMIUM)] == [PRO]
    assert catalogue.for_brief(Brief(quality=Quality.DRAFT))[0].id == LITE
    assert catalogue.for_brief(Brief())[0].id == BANANA


def test_premium_models_wait_for_a_probe_or_an_operator() -> None:
    assert off(PRO) is Off.UNSEEN
    assert off(PRO, probes=probed(pro=True)) is None
    assert off(PRO, Override(model=PRO, enabled=True)) is None
    assert off(PRO, Override(model=PRO, enabled=False), probes=probed(pro=True)) is Off.DISABLED


def test_the_free_studio_stays_whatever_an_operator_says() -> None:
    catalogue = offered(Override(model="studio", enabled=False), Override(model=BANANA, enabled=False))

    assert ids(catalogue) == [LITE, "studio"]


def test_the_probe_is_the_authority_in_both_directions() -> None:
    assert off(BANANA, probes=probed(banana=False)) is Off.RETIRED
    assert off(FIRST) is Off.RETIRED
    returned = offered(probes=probed(first=True)).find(FIRST)

    assert returned is not None
    assert returned.status is Status.DEPRECATED, "never a first choice"
    assert [row.id for row in offered(probes=probed(first=True)).for_role(Role.STANDARD)] == [
        BANANA,
        LITE,
        FIRST,
        "studio",
    ]


def test_a_probe_of_the_other_channel_says_nothing() -> None:
    assert off(BANANA, probes=probed(Channel.ENTERPRISE, banana=False)) is None


def test_from_the_day_after_its_last_a_model_needs_a_probe() -> None:
    assert off(OLD, Override(model=OLD, enabled=True), today=date(2026, 10, 29)) is None
    assert off(OLD, today=date(2026, 10, 29)) is Off.UNSEEN
    assert off(OLD, today=date(2026, 10, 30)) is Off.RETIRED
    assert off(OLD, probes=probed(old=True), today=date(2026, 10, 30)) is None


def test_imagen_is_offered_on_the_platform_until_its_date_and_not_behind_the_key() -> None:
    assert IMAGEN not in ids(offered())
    assert IMAGEN in ids(offered(doors=ENTERPRISE))
    assert IMAGEN not in ids(offered(doors=ENTERPRISE, today=date(2027, 1, 2)))


def test_batches_are_offered_behind_the_key_and_not_on_the_platform() -> None:
    assert {row.batch_factor for row in offered().paid()} == {0.5}
    assert {row.batch_factor for row in offered(doors=ENTERPRISE).paid()} == {None}


def test_a_retired_id_resolves_to_its_successor_and_says_so() -> None:
    catalogue = offered(probes=probed(pro=True))

    for asked, found in ((FIRST, BANANA), ("gemini-2.5-flash-image-preview", BANANA), (f"{PRO}-preview", PRO)):
        resolved = catalogue.resolve(asked)
        assert resolved is not None
        assert (resolved.model.id, resolved.replaced) == (found, asked)
    live = catalogue.resolve(BANANA)
    assert live is not None
    assert live.replaced == ""
    assert offered(doors={"local": Channel.DIRECT}).resolve(FIRST) is None


def test_a_vanished_default_moves_its_roles_to_the_next_and_resolves_nowhere() -> None:
    catalogue = offered(probes=probed(banana=False))

    assert catalogue.for_brief(Brief())[0].id == LITE
    assert catalogue.resolve(BANANA) is None


def test_button_slugs_parse_back_even_those_of_retired_models() -> None:
    catalogue = offered(probes=probed(pro=True))

    for model in (*catalogue.models, *catalogue.tools):
        resolved = catalogue.by_token(model.token)
        assert resolved is not None
        assert resolved.model is model
    old = catalogue.by_token("nb-1")
    assert old is not None
    assert (old.model.id, old.replaced) == (BANANA, FIRST)
    assert catalogue.by_token("no-such") is None


def test_an_operator_ranks_prices_and_bounds_a_model() -> None:
    said = Override(model=LITE, rank=1, surcharge=1, prices={"1K": 9}, per_minute=3, concurrency=2)
    catalogue = offered(said)

    lite = catalogue.find(LITE)
    assert lite is not None
    assert (lite.surcharge, dict(lite.prices), lite.per_minute, lite.concurrency) == (1, {"1K": 9}, 3, 2)
    assert ids(catalogue) == [LITE, BANANA, "studio"]
    assert catalogue.for_brief(Brief())[0].id == LITE


@pytest.mark.parametrize("left", [0, -5, 6 * 113_000 - 1])
def test_what_nobody_could_pay_the_provider_for_is_not_offered_and_goes_on_with_what_was_begun(left: int) -> None:
    rows = listing(SHEET, ModelState(left={"gemini": left}), DIRECT, TODAY)
    assert BANANA not in ids(assemble(rows, SHEET))
    assert BANANA in ids(assemble(rows, SHEET, begun=True))
    assert "studio" in ids(assemble(rows, SHEET)), "what is free has no pool"


def test_a_pool_that_does_for_the_dearest_set_of_a_model_offers_it() -> None:
    assert BANANA in ids(assemble(listing(SHEET, ModelState(left={"gemini": 6 * 113_000}), DIRECT, TODAY), SHEET))


def test_what_tests_bring_comes_first_and_needs_no_key() -> None:
    sheet = load().beside(STAND_IN, STUDIO)
    doors = sheet.doors(())

    catalogue = assemble(listing(sheet, ModelState(), doors, TODAY), sheet)

    assert ids(catalogue) == ["stand-in", "studio"]


def test_the_platform_wins_where_both_doors_are_open() -> None:
    assert SHEET.doors({"GEMINI_API_KEY"}) == DIRECT
    assert SHEET.doors({"GEMINI_API_KEY", "GEMINI_ENTERPRISE"}) == ENTERPRISE
    assert SHEET.doors(()) == {"local": Channel.DIRECT}


# -- live ----------------------------------------------------------------------------------------------------------


async def test_an_operators_change_is_seen_without_a_restart_within_seconds(database: str) -> None:
    clock = count(1000.0, FRESH_S)
    async with DirectTransport(database, size=2) as direct:
        live = LiveCatalogue(SHEET, Models(direct), DIRECT, monotonic=lambda: next(clock))
        assert BANANA in ids(await live.fresh())
        await ModelRegister(direct).override(Override(model=BANANA, enabled=False))
        await ModelRegister(direct).record_probe(Channel.DIRECT, [Seen(PRO, answers=True, expected=True)])

        assert ids(await live.fresh()) == [LITE, PRO, "studio"]
        assert ids(live()) == [LITE, PRO, "studio"]


async def test_the_store_is_asked_once_in_a_few_seconds(database: str) -> None:
    async with DirectTransport(database, size=2) as direct:
        live = LiveCatalogue(SHEET, Models(direct), DIRECT, monotonic=lambda: 5.0)
        await live.fresh()
        await ModelRegister(direct).override(Override(model=BANANA, enabled=False))

        assert BANANA in ids(await live.fresh())
        await live.reload()
        assert BANANA not in ids(live())


async def test_a_database_that_does_not_answer_leaves_the_catalogue_as_it_was(database: str) -> None:
    direct = await DirectTransport(database, size=2).open()
    live = LiveCatalogue(SHEET, Models(direct), DIRECT)
    await direct.close()

    assert ids(await live.fresh()) == [BANANA, LITE, "studio"]


def test_of_a_provider_that_is_switched_off_nothing_is_offered_and_the_studio_stays() -> None:
    rows = listing(SHEET, ModelState(off=("gemini", "local")), DIRECT, TODAY)

    assert ids(assemble(rows, SHEET)) == ["studio"]
    assert next(row.off for row in rows if row.model.id == BANANA) is Off.SWITCHED_OFF
