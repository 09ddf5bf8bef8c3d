"""The contract finds what is wrong with a request, and reads what is right."""

from pathlib import Path
from typing import Any

import pytest

from . import form
from .contract import Contract

SOLD = "mode=payment&success_url=https%3A%2F%2Fa&line_items[0][price]=price_1&line_items[0][quantity]=2"


@pytest.mark.parametrize(
    ("body", "read"),
    [
        ("", {}),
        ("a=1&b[c]=2&b[d]=3", {"a": "1", "b": {"c": "2", "d": "3"}}),
        ("a[0][b]=1&a[1][b]=2", {"a": [{"b": "1"}, {"b": "2"}]}),
        ("a[1]=x", {"a": {"1": "x"}}),
        ("a=", {"a": ""}),
    ],
)
def test_brackets_nest(body: str, read: dict[str, Any]) -> None:
    assert form.parse(body) == read


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("a[b=1", "well bracketed"),
        ("a=1&a=2", "twice"),
        ("a=1&a[b]=2", "below a value"),
        ("novalue", "query field"),
    ],
)
def test_what_is_not_well_bracketed_is_refused(body: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        form.parse(body)


@pytest.mark.parametrize(
    ("more", "wrong"),
    [
        ("", False),
        ("&metadata[order]=1&payment_intent_data[metadata][order]=1", False),
        ("&adaptive_pricing[enabled]=false&expires_at=1800000000", False),
        ("&expires_at=soon", True),
        ("&adaptive_pricing[enabled]=no", True),
        ("&line_items[0][prize]=price_1", True),
        ("&ui_mod=hosted_page", True),
        ("&line_items[1]=price_1", True),
    ],
)
def test_a_request_is_read_as_its_schema_says_and_closed(contracts: Path, more: str, wrong: bool) -> None:
    contract = Contract.load(contracts)
    operation = contract.find("POST", "/v1/checkout/sessions")
    assert operation is not None
    asked, problems = contract.asked(operation, form.parse(SOLD + more))
    assert bool(problems) is wrong, problems
    assert wrong or asked["line_items"] == [{"price": "price_1", "quantity": 2}]


def test_paths_name_their_parameters_and_what_is_not_there_is_none(contracts: Path) -> None:
    contract = Contract.load(contracts)
    found = contract.find("POST", "/v1/checkout/sessions/cs_1/expire")
    assert found is not None
    assert (found.name, dict(found.parameters)) == ("PostCheckoutSessionsSessionExpire", {"session": "cs_1"})
    assert contract.find("DELETE", "/v1/charges/ch_1") is None
