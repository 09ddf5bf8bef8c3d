import json
from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from core.domain.brief import Vibe
from core.domain.model import Channel, Role, Status
from core.providers.catalogue import STAND_IN, STUDIO, CatalogueFault, Sheet, load, read
from core.providers.local import LocalProvider
from core.providers.stand_in import StandInProvider

ROW: dict[str, Any] = {
    "id": "painter-1",
    "provider": "gemini",
    "family": "gemini-image",
    "label": "Painter",
    "slug": "painter",
    "status": "live",
    "since": date(2026, 1, 1),
    "capabilities": ["text_to_image"],
    "thinking": [],
    "ratios": ["1:1"],
    "pixels": "square",
    "sizes": ["1K"],
    "qualities": ["draft"],
    "max_references": 1,
    "latency": "fast",
    "prices": {"1K": 1},
    "price_verified": True,
    "source": "a test",
    "per_minute": 1,
    "concurrency": 1,
}


def document(**changes: Any) -> dict[str, Any]:
    """A whole file with one model; `changes` are fields of that model, None takes one out."""
    row = {name: value for name, value in {**ROW, **changes}.items() if value is not None}
    return {
        "keys": {"gemini": {"direct": "GEMINI_API_KEY"}},
        "roles": {role.value: ["painter-1"] for role in Role},
        "pixels": {"square": {"1:1": [1024, 1024]}},
        "model": [row],
    }


@pytest.fixture(scope="module")
def sheet() -> Sheet:
    return load()


def test_every_row_is_complete_priced_and_named_by_a_registered_provider(sheet: Sheet) -> None:
    registered = {*sheet.keys, LocalProvider.name, StandInProvider.name}

    for row in (*sheet.models, STUDIO, STAND_IN):
        assert row.provider in registered, row.id
        assert row.source, row.id
        assert row.free or row.prices or row.rates, row.id
        assert all(price > 0 for price in row.prices.values()), row.id
        assert row.capabilities, row.id
        assert len(row.token) <= 10, row.id
        assert row.successor or row.status is Status.LIVE, row.id


def test_every_role_has_a_live_candidate_that_needs_no_probe(sheet: Sheet) -> None:
    known = {row.id: row for row in sheet.models}
    waiting = {Role.PREMIUM}  # premium models are on once the probe has seen them

    for role, ids in sheet.roles.items():
        live = [known[one] for one in ids if known[one].status is Status.LIVE]
        assert live, role
        assert role in waiting or any(not row.probed for row in live), role


def test_a_model_draws_every_vibe_and_what_is_marked_says_why(sheet: Sheet) -> None:
    assert all(row.vibes in ((), tuple(Vibe)) for row in sheet.models)
    marked = {row.id for row in sheet.models if row.marked}
    assert marked == {row.id for row in sheet.models if row.surcharge or "preview" in row.id}


def test_following_successors_always_ends_at_a_live_model(sheet: Sheet) -> None:
    known = {row.id: row for row in sheet.models}
    for row in sheet.models:
        steps = 0
        while row.status is not Status.LIVE:
            row, steps = known[row.successor], steps + 1
            assert steps < len(known)


def test_the_facts_are_those_of_the_reference(sheet: Sheet, contracts: Path) -> None:
    seen = {row["id"]: row for row in json.loads((contracts / "models.json").read_text())}
    for row in sheet.models:
        fact = seen.get(row.id)
        if fact is None or not isinstance(fact["price"], dict):
            continue
        assert dict(row.prices) == {size: round(1_000_000 * usd) for size, usd in fact["price"].items()}, row.id
        assert list(row.ratios) == fact["aspect_ratios"], row.id
        assert list(row.sizes or ("1K",)) == fact["sizes"], row.id
        assert row.price_verified == fact["price_verified"], row.id
        assert row.max_references <= fact["max_refs"], row.id


def test_the_image_price_follows_from_the_rate_and_the_tokens_of_a_picture(sheet: Sheet) -> None:
    known = {row.id: row for row in sheet.models}
    tokens = {"gemini-nano-banana-2.1": (1120, 1680, 3780), "gemini-3.1-flash-lite-image": (1120,)}

    for name, counts in tokens.items():
        rates = known[name].rates
        assert rates is not None
        computed = [count * rates.image_out / 1_000_000 for count in counts]
        assert list(known[name].prices.values()) == pytest.approx(computed, rel=0.01)


def test_imagen_is_gone_behind_the_key_and_callable_on_the_platform(sheet: Sheet) -> None:
    imagen = next(row for row in sheet.models if row.id == "imagen-4.0-generate-001")

    assert imagen.on(Channel.DIRECT).status is Status.RETIRED
    there = imagen.on(Channel.ENTERPRISE)
    assert (there.status, there.until) == (Status.DEPRECATED, date(2027, 1, 1))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"colour": "red"}, "model 'painter-1' has unknown colour"),
        ({"source": None}, "model 'painter-1' lacks source"),
        ({"status": "resting"}, "model 'painter-1', status: 'resting' is not a valid Status"),
        ({"max_references": -1}, "model 'painter-1', max_references: -1 is no whole number"),
        ({"marked": 1}, "model 'painter-1', marked: 1 is not bool"),
        ({"capabilities": ["fly"]}, "model 'painter-1', capabilities: 'fly' is not a valid Capability"),
        ({"rates": {"per_word": 1}}, "model 'painter-1', rates: rates has unknown per_word"),
        ({"channels": {"attic": {"status": "live"}}}, "channels: 'attic' is not a valid Channel"),
        ({"channels": {"direct": {}}}, "channels: 'status'"),
        ({"prices": None}, "has no price"),
        ({"prices": {"2K": 1}}, "prices do not name exactly its sizes"),
        ({"qualities": ["4k"]}, "offers 4K without size 4K"),
        ({"batch_factor": 0.5}, "batch and batch_factor go together"),
        ({"status": "retired"}, "is retired without a successor"),
        ({"slug": "Much too long"}, "slug is not 1 to 10 characters"),
        ({"pixels": "round"}, "there is no pixel table 'round'"),
        ({"successor": "nobody"}, "its successor 'nobody' is not in the file"),
        ({"provider": "acme"}, "provider 'acme' is not under keys"),
        ({"like": "painter-0"}, "is like 'painter-0', which does not stand before it"),
    ],
)
def test_a_fault_in_a_row_is_named_with_its_place(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(CatalogueFault, match=words):
        read(document(**changes))


def test_a_fault_of_the_file_is_named_with_its_place() -> None:
    for spoil, words in (
        (lambda file: file["roles"].update(poet=[]), "roles: 'poet' is not a valid Role"),
        (lambda file: file["roles"].update(draft=["nobody"]), "names nobody, not in the file"),
        (lambda file: file["roles"].pop("draft"), "has no candidate"),
        (lambda file: file["model"].append(deepcopy(file["model"][0])), "'painter-1' stands twice"),
        (lambda file: file["model"].append({**file["model"][0], "id": "other"}), "slugs are not unique: painter"),
        (lambda file: file["pixels"]["square"].update({"1:1": [1]}), "pixels square, 1:1: not a width and a height"),
        (lambda file: file.pop("keys"), "the file has no table 'keys'"),
        (lambda file: file.update(notes="x"), "the file has unknown notes"),
    ):
        file = document()
        spoil(file)
        with pytest.raises(CatalogueFault, match=words):
            read(file)


def test_a_row_like_another_takes_what_it_does_not_say() -> None:
    file = document()
    file["model"].append({"id": "painter-2", "like": "painter-1", "slug": "second", "surcharge": 1})

    first, second = read(file).models

    assert (second.label, second.surcharge, second.pixels) == ("Painter", 1, first.pixels)


def test_our_own_paid_models_come_first_in_their_roles_and_the_studio_ends_the_list(sheet: Sheet) -> None:
    beside = sheet.beside(STAND_IN, STUDIO)

    assert (beside.models[0], beside.models[-1]) == (STAND_IN, STUDIO)
    assert beside.roles[Role.DRAFT][0] == STAND_IN.id
    assert STAND_IN.id not in beside.roles[Role.READER]
