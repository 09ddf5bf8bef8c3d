"""The checks pass what python-telegram-bot really sends and catch every way of breaking it."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from . import rules
from .contract import Contract
from .sample import Sample, picture, recorded
from .upload import MEGABYTE, Part

Change = Callable[[Any], Any]


@pytest.fixture(scope="module")
def contract(contracts: Path) -> Contract:
    return Contract.load(contracts)


@pytest.fixture(scope="module")
def samples(contracts: Path) -> dict[str, Sample]:
    return recorded(contracts)


def problems(contract: Contract, sample: Sample) -> list[str]:
    found = contract.problems(sample.method, sample.params, sample.parts)
    return found + rules.problems(sample.method, sample.params, sample.parts)


def test_every_recorded_call_is_judged_as_it_was_recorded(contract: Contract, samples: dict[str, Sample]) -> None:
    assert len(samples) == 20
    assert {name for name, one in samples.items() if problems(contract, one)} == {"18_sendMessage"}
    assert not samples["18_sendMessage"].good


def test_newer_names_of_the_delta_are_known(contract: Contract) -> None:
    assert contract.problems("deleteEphemeralMessage", {"chat_id": "1", "receiver_user_id": "2"}, ()) == [
        "ephemeral_message_id: missing, required by deleteEphemeralMessage"
    ]
    stoppable = {"chat_id": "42", "draft_id": "7", "text": "x", "can_stop": "maybe"}
    assert contract.problems("sendMessageDraft", stoppable, ()) != []
    assert contract.problems("sendMessageDraft", stoppable | {"can_stop": "true"}, ()) == []


def test_text_is_counted_after_parsing_and_in_utf16_units(contract: Contract) -> None:
    def found(text: str) -> list[str]:
        return contract.problems("sendMessage", {"chat_id": "1", "text": text, "parse_mode": "HTML"}, ())

    assert found("<b>" + "x" * 4096 + "</b>") == []
    assert found("x" * 4097) == ["text: 4097 parsed outside 1-4096"]
    assert found("&amp;" * 4096) == []
    assert found("🎉" * 2049) == ["text: 4098 parsed outside 1-4096"]


def _params(sample: Sample, **changes: str | None) -> Sample:
    changed = {**sample.params, **changes}
    return replace(sample, params={name: value for name, value in changed.items() if value is not None})


def _within(sample: Sample, name: str, change: Change) -> Sample:
    value = json.loads(sample.params[name])
    changed = change(value)
    return _params(sample, **{name: json.dumps(value if changed is None else changed)})


def _button(**members: Any) -> str:
    return json.dumps({"inline_keyboard": [[{"text": "x", **members}]]})


def _keyboard(rows: list[int]) -> str:
    return json.dumps({"inline_keyboard": [[{"text": "x", "callback_data": "y"}] * amount for amount in rows]})


def _systematic(samples: dict[str, Sample]) -> Iterator[tuple[str, Sample]]:
    """Per good call: an unknown method, an unknown parameter, each JSON parameter as garbage, each file left out."""
    for name, sample in samples.items():
        if not sample.good:
            continue
        yield f"{name}: unknown parameter", _params(sample, colour="red")
        yield f"{name}: unknown method", replace(sample, method=sample.method + "s")
        for key, value in sample.params.items():
            if value[:1] in "[{":
                yield f"{name}: {key} cut short", _params(sample, **{key: value[:-1]})
                yield f"{name}: {key} of another type", _params(sample, **{key: "17"})
        for part in sample.parts:
            rest = {key: value for key, value in sample.parts.items() if key != part}
            yield f"{name}: without file {part}", replace(sample, parts=rest)
            yield f"{name}: stray file", replace(sample, parts={**sample.parts, "stray": Part("a", "b", b"c")})
            empty = {**sample.parts, part: replace(sample.parts[part], data=b"")}
            yield f"{name}: empty file {part}", replace(sample, parts=empty)


def _dropped(contract: Contract, samples: dict[str, Sample]) -> Iterator[tuple[str, Sample]]:
    for name, sample in samples.items():
        for key, one in contract.fields[sample.method].items():
            if sample.good and one.required and key in sample.params:
                yield f"{name}: without {key}", _params(sample, **{key: None})


def _keyboards(samples: dict[str, Sample]) -> Iterator[tuple[str, Sample]]:
    message = samples["04_sendMessage"]
    markups = {
        "two kinds": _button(callback_data="a", url="https://example.org"),
        "no kind": _button(),
        "pay outside an invoice": _button(pay=True),
        "unknown member": _button(callback_data="a", colour="red"),
        "data of 65 bytes": _button(callback_data="é" * 33),
        "empty data": _button(callback_data=""),
        "data not text": _button(callback_data=7),
        "unknown style": _button(callback_data="a", style="warning"),
        "link without a host": _button(url="http://localhost:8080/x"),
        "link of another scheme": _button(url="javascript:alert(1)"),
        "deep link alphabet": _button(url="https://t.me/thumb_bot?start=a.b"),
        "deep link length": _button(url="https://t.me/thumb_bot?start=" + "a" * 65),
        "plain web app": _button(web_app={"url": "http://example.org"}),
        "copy too long": _button(copy_text={"text": "x" * 257}),
        "nine in a row": _keyboard([9]),
        "101 buttons": _keyboard([8] * 12 + [5]),
        "empty row": _keyboard([0]),
        "blank label": json.dumps({"inline_keyboard": [[{"text": " ", "callback_data": "a"}]]}),
        "no label": json.dumps({"inline_keyboard": [[{"callback_data": "a"}]]}),
        "flat": json.dumps({"inline_keyboard": [{"text": "x", "callback_data": "a"}]}),
        "no keyboard": json.dumps({"keyboards": []}),
    }
    for name, markup in markups.items():
        yield f"keyboard: {name}", _params(message, reply_markup=markup)
    pay_second = json.dumps({"inline_keyboard": [[{"text": "x", "callback_data": "a"}, {"text": "y", "pay": True}]]})
    yield "keyboard: pay second", _params(samples["12_sendInvoice"], reply_markup=pay_second)
    in_group = _params(message, chat_id="-100", reply_markup=_button(web_app={"url": "https://example.org"}))
    yield "keyboard: web app in a group", in_group


def _texts(samples: dict[str, Sample]) -> Iterator[tuple[str, Sample]]:
    message = samples["04_sendMessage"]
    broken = ["<b>x", "x</b>", "<b><i>x</b></i>", "<div>x</div>", "1 < 2", "x<br/>y", "<span>x</span>", "<b></b> ", ""]
    for text in [*broken, "x" * 4097, "<a href='http://localhost/'>x</a>", "<tg-emoji>x</tg-emoji>", "<b>x</b>" * 101]:
        yield f"text: {text[:30]}", _params(message, text=text)
    yield "text: unknown mode", _params(message, parse_mode="XML")
    entities = json.dumps([{"type": "bold", "offset": 0, "length": 1}])
    yield "text: formatted twice", _params(message, entities=entities)
    yield "caption: long", _params(samples["08_sendDocument"], caption="x" * 1025)
    yield "caption: malformed", _params(samples["09_sendPhoto"], caption="<b>x", parse_mode="HTML")
    yield "toast: long", _params(samples["10_answerCallbackQuery"], text="x" * 201)
    yield "chat: words", _params(message, chat_id="my friend")
    yield "chat: zero", _params(message, chat_id="0")


def _albums(samples: dict[str, Sample]) -> Iterator[tuple[str, Sample]]:
    album, edit = samples["07_sendMediaGroup"], samples["11_editMessageMedia"]

    def second(**members: Any) -> Sample:
        return _within(album, "media", lambda items: items[1].update(members))

    yield "album: one", _within(album, "media", lambda items: items[:1])
    yield "album: eleven", _within(album, "media", lambda items: items * 5 + items[:1])
    yield "album: unknown type", second(type="picture")
    yield "album: photo and document", second(type="document")
    yield "album: an animation", second(type="animation")
    yield "album: unknown member", second(colour="red")
    yield "album: long caption", second(caption="x" * 1025)
    yield "album: unknown file", second(media="attach://elsewhere")
    yield "album: with buttons", _params(album, reply_markup=_button(callback_data="a"))
    yield "album: malformed caption", second(caption="<b>x", parse_mode="HTML")
    yield "edit: no text", Sample("editMessageText", {"chat_id": "1", "message_id": "5"}, {})
    yield "edit: no message", _params(edit, message_id=None)
    yield "edit: no chat", _params(edit, chat_id=None)
    yield "edit: both ways", _params(edit, inline_message_id="abc")
    upload = Sample("editMessageMedia", _params(edit, chat_id=None, message_id=None).params, edit.parts)
    yield "edit: upload into an inline message", _params(upload, inline_message_id="abc")
    yield "edit: message number", _params(edit, message_id="last")
    reused = _within(edit, "media", lambda item: item.update(type="document", thumbnail="some-file-id"))
    yield "edit: thumbnail by id", reused


def _uploads(samples: dict[str, Sample]) -> Iterator[tuple[str, Sample]]:
    album, edit, document = samples["07_sendMediaGroup"], samples["11_editMessageMedia"], samples["08_sendDocument"]
    pictures = {
        "no picture": b"\x89PNG not really",
        "cut short": picture(400, 400)[:60],
        "too long sides": picture(5001, 5000),
        "too flat": picture(2100, 100),
        "over 10 MB": picture() + b"\0" * (10 * MEGABYTE),
    }
    for name, data in pictures.items():
        part = Part("a.png", "image/png", data)
        yield f"photo: {name}", Sample("sendPhoto", {"chat_id": "1"}, {"photo": part})
        yield f"album photo: {name}", replace(album, parts=dict.fromkeys(album.parts, part))
        yield f"edited photo: {name}", replace(edit, parts=dict.fromkeys(edit.parts, part))
    heavy = Part("a.bin", "application/octet-stream", b"\0" * (50 * MEGABYTE + 1))
    yield "document: over 50 MB", replace(document, parts={"document": heavy})
    yield "document: nameless", replace(document, parts={"document": Part("", "image/png", b"x")})
    for name, data in {"png": picture(), "large": picture(321, 100, kind="JPEG")}.items():
        thumbnail = Part("t.jpg", "image/jpeg", data)
        yield f"thumbnail: {name}", replace(document, parts={**document.parts, "thumbnail": thumbnail})
    both = {"photo": Part("a.png", "image/png", picture())}
    yield "photo: as file and as id", replace(samples["09_sendPhoto"], parts=both)


def _settings(samples: dict[str, Sample]) -> Iterator[tuple[str, Sample]]:
    commands, scoped = samples["02_setMyCommands"], samples["03_setMyCommands"]
    for name in ("Start", "/start", "a" * 33, "", "two words", "new-one"):
        named = json.dumps([{"command": name, "description": "x"}])
        yield f"command: {name!r}", _params(commands, commands=named)
    yield "command: twice", _within(commands, "commands", lambda items: [items[0], items[0]])
    many = [{"command": f"c{number}", "description": "x"} for number in range(101)]
    yield "command: 101", _within(commands, "commands", lambda _: many)
    yield "command: undescribed", _within(commands, "commands", lambda items: items[0].pop("description") and None)
    yield (
        "command: long description",
        _within(commands, "commands", lambda items: items[0].update(description="x" * 257)),
    )
    yield "scope: unknown", _params(scoped, scope='{"type": "everybody"}')
    yield "scope: incomplete", _params(scoped, scope='{"type": "chat"}')
    yield "language: long", _params(scoped, language_code="deu")
    yield "action: unknown", _params(samples["06_sendChatAction"], action="thinking")
    draft = samples["16_sendMessageDraft"]
    yield "draft: zero", _params(draft, draft_id="0")
    yield "draft: group", _params(draft, chat_id="-100")
    reaction = samples["17_setMessageReaction"]
    yield "reaction: unknown", _within(reaction, "reaction", lambda items: items[0].update(emoji="🥸"))
    yield "reaction: two", _within(reaction, "reaction", lambda items: items * 2)
    updates = Sample("getUpdates", {}, {})
    yield "updates: unknown kind", _params(updates, allowed_updates='["message", "massage"]')
    yield "updates: limit", _params(updates, limit="101")
    hook = Sample("setWebhook", {"url": "https://example.org/hook"}, {})
    yield "webhook: plain http", _params(hook, url="http://example.org/hook")
    yield "webhook: port", _params(hook, url="https://example.org:9000/hook")
    yield "webhook: secret", _params(hook, secret_token="a secret")
    yield "webhook: connections", _params(hook, max_connections="101")
    yield "deletion: too many", Sample("deleteMessages", {"chat_id": "1", "message_ids": str(list(range(101)))}, {})


def _payments(samples: dict[str, Sample]) -> Iterator[tuple[str, Sample]]:
    invoice, link = samples["12_sendInvoice"], samples["13_createInvoiceLink"]
    yield "invoice: two prices", _within(invoice, "prices", lambda items: items * 2)
    yield "invoice: no stars", _within(invoice, "prices", lambda items: items[0].update(amount=0))
    yield "invoice: tips", _params(invoice, max_tip_amount="5")
    yield "invoice: provider", _params(invoice, provider_token="abc")
    yield "invoice: money without provider", _params(invoice, currency="EUR")
    yield "invoice: long title", _params(invoice, title="x" * 33)
    yield "invoice: long payload", _params(invoice, payload="é" * 65)
    yield "invoice: period", _params(link, subscription_period="86400")
    yield "checkout: silent refusal", _params(samples["14_answerPreCheckoutQuery"], ok="false")
    yield "refund: person", _params(samples["15_refundStarPayment"], user_id="me")


def test_every_broken_variant_is_caught(contract: Contract, samples: dict[str, Sample]) -> None:
    broken = [
        *_systematic(samples),
        *_dropped(contract, samples),
        *(
            one
            for family in (_keyboards, _texts, _albums, _uploads, _settings, _payments)
            for one in family(samples)
        ),
    ]  # fmt: skip
    assert len(broken) >= 200
    assert [name for name, sample in broken if not problems(contract, sample)] == []


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("sendMessage", {"chat_id": "-100123", "text": "a &lt; b & c <b>d <i>e</i></b>", "parse_mode": "HTML"}),
        ("sendMessage", {"chat_id": "@channel", "text": "1 < 2"}),
        ("sendMessage", {"chat_id": "1", "text": "x", "reply_markup": '{"force_reply": true, "selective": true}'}),
        ("sendMessage", {"chat_id": "1", "text": "x", "reply_markup": _keyboard([8] * 12 + [4])}),
        ("sendMessage", {"chat_id": "1", "text": "x", "reply_markup": _button(url="https://t.me/b?start=a-B_9")}),
        ("sendMessage", {"chat_id": "1", "text": "x", "reply_markup": _button(callback_data="é" * 32)}),
        ("sendMessage", {"chat_id": "1", "text": "x", "reply_parameters": '{"message_id": 5}'}),
        ("editMessageReplyMarkup", {"chat_id": "1", "message_id": "5"}),
        ("setWebhook", {"url": "http://127.0.0.1:8081/telegram", "secret_token": "a_B-9"}),
        ("setWebhook", {"url": ""}),
        ("getUpdates", {"offset": "-1", "limit": "100", "allowed_updates": '["message", "callback_query"]'}),
        ("setMessageReaction", {"chat_id": "1", "message_id": "5", "reaction": "[]"}),
        ("sendPhoto", {"chat_id": "1", "photo": "photo-1-abc", "caption": "[not json", "has_spoiler": "true"}),
    ],
)  # fmt: skip
def test_what_telegram_allows_is_allowed(contract: Contract, method: str, params: dict[str, str]) -> None:
    assert problems(contract, Sample(method, params, {})) == []
