"""Contract and rules: what discord.py was recorded to send is right, and each way of breaking it is noticed."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from . import rules
from .contract import Contract
from .rules import EPHEMERAL, Asked, File
from .world import User, World, moment

V2 = rules.COMPONENTS_V2
EDIT = "/webhooks/{webhook_id}/{webhook_token}/messages/@original"
CALLBACK = "/interactions/{interaction_id}/{interaction_token}/callback"
CHANNEL = "/channels/{channel_id}/messages"
COMMANDS = "/applications/{application_id}/commands"


def button(number: int = 0, **more: Any) -> dict[str, Any]:
    return {"type": 2, "style": 1, "label": f"Press {number}", "custom_id": f"1:co:new:{number}", **more}


def row(*inside: dict[str, Any]) -> dict[str, Any]:
    return {"type": 1, "components": list(inside)}


def text(content: str = "Hello") -> dict[str, Any]:
    return {"type": 10, "content": content}


def select(count: int, **more: Any) -> dict[str, Any]:
    options = [{"label": f"Option {n}", "value": str(n)} for n in range(count)]
    return {"type": 3, "custom_id": "choose", "options": options, **more}


def gallery(*names: str) -> dict[str, Any]:
    return {"type": 12, "items": [{"media": {"url": f"attachment://{name}"}} for name in names]}


def label(component: dict[str, Any]) -> dict[str, Any]:
    return {"type": 18, "label": "Headline", "component": component}


def form(*fields: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": 9, "data": {"custom_id": "form", "title": "A form", "components": list(fields), **more}}


INPUT = {"type": 4, "custom_id": "headline", "style": 1}


def check(contracts: Path, template: str, method: str, body: Any, files: dict[str, File] | None = None) -> list[str]:
    """Every fault of a request, by contract and by rules."""
    contract = Contract.load(contracts)
    filled = "/".join("1" if part.startswith("{") else part for part in template.split("/"))
    operation = contract.find(method, filled)
    assert operation is not None
    found = contract.problems(operation, {}, body, multipart=bool(files))
    return [*found, *rules.problems(Asked(template, method, body, files or {}))]


def v2(*components: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"flags": V2, "components": list(components), **more}


def test_what_discord_py_was_recorded_to_send_is_right(contracts: Path) -> None:
    contract, checked = Contract.load(contracts), 0
    for path in sorted((contracts / "recorded" / "discord").glob("*.json")):
        entry = json.loads(path.read_text(encoding="utf-8"))
        if entry["problems"]:
            continue
        operation = contract.find(entry["method"], entry["path"])
        assert operation is not None, path.stem
        assert operation.template == entry["route"]
        files = {name: File(one["filename"], one["ctype"], b"x") for name, one in entry["files"].items()}
        found = contract.problems(operation, entry["query"], entry["body"], multipart=bool(files))
        found += rules.problems(Asked(operation.template, entry["method"], entry["body"], files))
        assert found == [], path.stem
        checked += 1
    assert checked > 20


RIGHT: list[tuple[str, str, Any]] = [
    (EDIT, "PATCH", v2(text(), row(button(1), button(2)), row(select(25)))),
    (EDIT, "PATCH", v2({"type": 17, "accent_color": 1, "components": [text(), {"type": 14}]})),
    (CHANNEL, "POST", v2(text("x" * 4000), allowed_mentions={"parse": []})),
    (CALLBACK, "POST", {"type": 5, "data": {"flags": EPHEMERAL}}),
    (CALLBACK, "POST", {"type": 6}),
    (
        CALLBACK,
        "POST",
        form(label(INPUT), label({"type": 19, "custom_id": "files", "min_values": 0, "max_values": 10})),
    ),
    (CALLBACK, "POST", {"type": 8, "data": {"choices": [{"name": "Bold", "value": "bold"}]}}),
]


@pytest.mark.parametrize(("template", "method", "body"), RIGHT)
def test_what_is_right_passes(contracts: Path, template: str, method: str, body: Any) -> None:
    assert check(contracts, template, method, body) == []


WRONG: dict[str, tuple[str, str, Any]] = {
    "components of the new kind without the flag": (EDIT, "PATCH", {"components": [text()]}),
    "content beside components": (EDIT, "PATCH", v2(text(), content="Hi")),
    "embeds beside components": (CHANNEL, "POST", v2(text(), embeds=[{"title": "Hi"}])),
    "41 components counted through nesting": (
        EDIT, "PATCH", v2(*({"type": 17, "components": [text()] * 9} for _ in range(4)), text()),
    ),
    "over 4000 characters in total": (EDIT, "PATCH", v2(text("x" * 2001), text("x" * 2000))),
    "the same custom_id twice": (EDIT, "PATCH", v2(row(button(1), button(1)))),
    "a custom_id of 101": (EDIT, "PATCH", v2(row(button(custom_id="x" * 101)))),
    "an empty custom_id": (EDIT, "PATCH", v2(row(button(custom_id="")))),
    "a label of 81": (EDIT, "PATCH", v2(row(button(label="x" * 81)))),
    "a button without words": (EDIT, "PATCH", v2(row(button(label="  ")))),
    "six buttons in a row": (EDIT, "PATCH", v2(row(*map(button, range(6))))),
    "a button beside a select": (EDIT, "PATCH", v2(row(button(), select(2)))),
    "a link with a custom_id": (EDIT, "PATCH", v2(row(button(style=5, url="https://example.org")))),
    "a premium button with a label": (
        EDIT, "PATCH", v2(row({"type": 2, "style": 6, "sku_id": "12", "label": "Buy"})),
    ),
    "a button without style": (EDIT, "PATCH", v2(row({"type": 2, "label": "Hi", "custom_id": "1"}))),
    "an empty row": (EDIT, "PATCH", v2(row())),
    "26 options": (EDIT, "PATCH", v2(row(select(26)))),
    "options of one value": (
        EDIT, "PATCH", v2(row(select(2, options=[{"label": "a", "value": "1"}, {"label": "b", "value": "1"}]))),
    ),
    "more to choose than there is": (EDIT, "PATCH", v2(row(select(2, max_values=3)))),
    "an empty text": (EDIT, "PATCH", v2(text(""))),
    "a misspelt member": (EDIT, "PATCH", v2({"type": 10, "contents": "Hi", "content": "Hi"})),
    "a picture from elsewhere": (EDIT, "PATCH", v2({"type": 12, "items": [{"media": {"url": "https://a.example/b"}}]})),
    "a picture that is not there": (CHANNEL, "POST", v2(gallery("a.jpg"))),
    "eleven pictures in a gallery": (CHANNEL, "POST", v2(gallery(*(f"{n}.jpg" for n in range(11))))),
    "content of 2001": (CHANNEL, "POST", {"content": "x" * 2001}),
    "a deferral with components": (CALLBACK, "POST", {"type": 5, "data": {"flags": EPHEMERAL | V2}}),
    "a modal of six fields": (
        CALLBACK, "POST", form(*(label(INPUT | {"custom_id": str(n)}) for n in range(6))),
    ),
    "a modal title of 46": (CALLBACK, "POST", form(label(INPUT), title="x" * 46)),
    "a label of 46 in a modal": (CALLBACK, "POST", form(label(INPUT) | {"label": "x" * 46})),
    "a text input outside a label": (CALLBACK, "POST", form(row(INPUT))),
    "a button in a label": (CALLBACK, "POST", form(label(button()))),
    "a text longer than its field": (CALLBACK, "POST", form(label(INPUT | {"max_length": 3, "value": "four"}))),
    "a radio group of one": (
        CALLBACK, "POST",
        form(label({"type": 21, "custom_id": "r", "options": [{"label": "a", "value": "a"}]})),
    ),
    "eleven files to upload": (CALLBACK, "POST", form(label({"type": 19, "custom_id": "f", "max_values": 11}))),
    "an upper-case command": (COMMANDS, "PUT", [{"name": "Jobs", "description": "x"}]),
    "a required option after an optional one": (
        COMMANDS, "PUT",
        [{"name": "quick", "description": "x", "options": [
            {"type": 3, "name": "a", "description": "x"},
            {"type": 3, "name": "b", "description": "x", "required": True},
        ]}],
    ),
    "a description of 101": (COMMANDS, "PUT", [{"name": "jobs", "description": "x" * 101}]),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_noticed(contracts: Path, name: str) -> None:
    assert check(contracts, *WRONG[name]), name


PICTURE = File("a.jpg", "image/jpeg", b"bytes")
Change = Callable[[dict[str, Any], dict[str, File]], object]
UPLOADS: dict[str, Change] = {
    "a part nobody declared": lambda _, files: files.update({"files[1]": File("b.jpg", "image/jpeg", b"x")}),
    "a part of another name": lambda _, files: files.update({"file": files.pop("files[0]")}),
    "a name Discord would change": lambda _, files: files.update({"files[0]": File("a b.jpg", "image/jpeg", b"x")}),
    "an empty file": lambda _, files: files.update({"files[0]": File("a.jpg", "image/jpeg", b"")}),
    "a file too large": lambda _, files: files.update(
        {"files[0]": File("a.jpg", "image/jpeg", bytes(rules.FILE_BYTES + 1))}
    ),
    "eleven attachments": lambda body, _: body.update(attachments=[{"id": str(n)} for n in range(11)]),
}


@pytest.mark.parametrize("name", UPLOADS)
def test_a_wrong_upload_is_noticed(contracts: Path, name: str) -> None:
    body = v2(gallery("a.jpg"), attachments=[{"id": "0", "filename": "a.jpg"}])
    files = {"files[0]": PICTURE}
    assert check(contracts, EDIT, "PATCH", copy.deepcopy(body), dict(files)) == []
    UPLOADS[name](body, files)
    assert check(contracts, EDIT, "PATCH", body, files)


def test_numbers_may_be_strings_or_whole(contracts: Path) -> None:
    body = v2(gallery("a.jpg"), attachments=[{"id": 0, "filename": "a.jpg"}])
    assert check(contracts, EDIT, "PATCH", body, {"files[0]": PICTURE}) == []


def test_a_fault_is_told_of_the_kind_that_was_meant(contracts: Path) -> None:
    found = check(contracts, EDIT, "PATCH", v2(row(button(label="x" * 81))))
    assert any("components/0/components/0/label" in one and "too long" in one for one in found)


def test_what_the_stand_in_tells_of_purchases_is_as_discord_writes_it(contracts: Path) -> None:
    """But for members the document has not heard of."""
    contract, world, somebody = Contract.load(contracts), World(), User(7, "ada")
    right = world.entitlement("7101", somebody, kind=8, starts_at=moment(world.now()))
    begun = world.subscription("7101", somebody, 3600.0)
    begun.entitlement_ids.append(right.id)
    newer = ("gift_code_flags", "promotion_id")
    told = {
        "EntitlementResponse": {key: value for key, value in right.payload().items() if key not in newer},
        "SubscriptionResponse": begun.payload(),
    }
    for schema, body in told.items():
        assert contract.faults(schema, body) == []
        assert contract.faults(schema, {**body, "id": "x"})
