"""Telegram's rules that the machine-readable file does not state (reference: chat platforms, §2 and §3).

Every rule looks at one call alone and needs no memory; what depends on chats and messages is the methods' to refuse.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from .markup import MarkupRefused, Parsed, parse
from .upload import Part, file_problems, photo_problems, thumbnail_problems

ACTIONS = frozenset({
    "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice", "upload_document",
    "choose_sticker", "find_location", "record_video_note", "upload_video_note",
})  # fmt: skip
KINDS = frozenset({
    "url", "callback_data", "web_app", "login_url", "switch_inline_query", "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat", "copy_text", "callback_game", "pay", "disabled",
})  # fmt: skip
BUTTONS = 100
BUTTONS_PER_ROW = 8
ENTITIES = 100
SUBSCRIPTION_SECONDS = 2_592_000
STARS = 25_000
WEBHOOK_PORTS = frozenset({443, 80, 88, 8443})

_CHAT = re.compile(r"-?[1-9]\d*|@[A-Za-z]\w{3,31}")
_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
_DEEP_LINK = re.compile(r"[A-Za-z0-9_-]{1,64}")
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
_LANGUAGE = re.compile(r"([a-z]{2})?")
_ALONE_IN_ALBUM = frozenset({"document", "audio"})
_EDITS = frozenset({
    "editMessageText", "editMessageCaption", "editMessageMedia", "editMessageReplyMarkup", "editMessageLiveLocation",
    "stopMessageLiveLocation",
})  # fmt: skip

Rule = Callable[[str, Mapping[str, Any], Mapping[str, Part]], Iterator[str]]


def problems(method: str, params: Mapping[str, str], parts: Mapping[str, Part]) -> list[str]:
    """What is wrong with a call beyond the contract; `params` as strings on the wire, `parts` its multipart files."""
    values = {name: _decoded(raw) for name, raw in params.items()}
    return [problem for rule in RULES for problem in rule(method, values, parts)]


def _decoded(raw: str) -> Any:
    """JSON objects and arrays as such, anything else as the string it is (a caption may well read "42")."""
    if raw[:1] in {"{", "["}:
        try:
            return json.loads(raw)
        except ValueError:
            return raw
    return raw


def _dicts(value: Any) -> list[dict[str, Any]]:
    """The objects of an array, the object itself, or nothing: shape faults are the contract's to report."""
    items = value if isinstance(value, list) else [value]
    return [one for one in items if isinstance(one, dict)]


def _keyboard(params: Mapping[str, Any]) -> list[list[dict[str, Any]]]:
    markup = params.get("reply_markup")
    rows = markup.get("inline_keyboard") if isinstance(markup, dict) else None
    return [_dicts(row) for row in rows] if isinstance(rows, list) else []


def target(method: str, params: Mapping[str, Any], parts: Mapping[str, Part]) -> Iterator[str]:
    """An edited message is named one way: chat_id with message_id, or inline_message_id."""
    if method not in _EDITS:
        return
    inline, pair = "inline_message_id" in params, {"chat_id", "message_id"} & params.keys()
    if inline and pair:
        yield "inline_message_id: given together with chat_id or message_id"
    elif not inline and len(pair) != 2:
        yield "chat_id and message_id, or inline_message_id: required"
    if inline and parts:
        yield "inline_message_id: an inline message takes no new upload"


def chat(_method: str, params: Mapping[str, Any], _parts: Mapping[str, Part]) -> Iterator[str]:
    """A chat is a number or the @name of a public one."""
    value = params.get("chat_id")
    if value is not None and not _CHAT.fullmatch(str(value)):
        yield f"chat_id: {value!r} is no chat"


def buttons(_method: str, params: Mapping[str, Any], _parts: Mapping[str, Part]) -> Iterator[str]:
    """One kind per button, something to read on it, no more than a keyboard holds."""
    rows = _keyboard(params)
    if sum(map(len, rows)) > BUTTONS:
        yield f"reply_markup: {sum(map(len, rows))} buttons, at most {BUTTONS}"
    for y, row in enumerate(rows):
        if not 1 <= len(row) <= BUTTONS_PER_ROW:
            yield f"reply_markup: row {y} has {len(row)} buttons, 1-{BUTTONS_PER_ROW} fit"
        for x, button in enumerate(row):
            where = f"reply_markup[{y}][{x}]"
            kinds = KINDS & button.keys()
            if len(kinds) != 1:
                yield f"{where}: exactly one of {', '.join(sorted(KINDS))} makes a button, not {sorted(kinds)}"
            if not str(button.get("text", "")).strip():
                yield f"{where}: button without text"


def pay_button(method: str, params: Mapping[str, Any], _parts: Mapping[str, Part]) -> Iterator[str]:
    """A pay or game button is the first of all; pay stands under invoices only."""
    for y, row in enumerate(_keyboard(params)):
        for x, button in enumerate(row):
            first = {"pay", "callback_game"} & button.keys()
            if first and (x, y) != (0, 0):
                yield f"reply_markup[{y}][{x}]: {first.pop()} must be the first button"
            if "pay" in button and method != "sendInvoice":
                yield f"reply_markup[{y}][{x}]: pay outside an invoice"


def links(_method: str, params: Mapping[str, Any], _parts: Mapping[str, Part]) -> Iterator[str]:
    """Addresses a button opens: http or tg, a host with a dot, deep links in their alphabet."""
    for y, row in enumerate(_keyboard(params)):
        for x, button in enumerate(row):
            for url in (button.get("url"), (button.get("login_url") or {}).get("url")):
                if isinstance(url, str):
                    yield from _link_problems(f"reply_markup[{y}][{x}].url", url)
            app = (button.get("web_app") or {}).get("url")
            if app is not None and not str(app).startswith("https://"):
                yield f"reply_markup[{y}][{x}].web_app: {app!r} is not https"
            if app is not None and str(params.get("chat_id", "")).startswith("-"):
                yield f"reply_markup[{y}][{x}].web_app: only in private chats"


def _link_problems(where: str, url: str) -> Iterator[str]:
    address = urlsplit(url)
    query = parse_qs(address.query, keep_blank_values=True)
    if address.scheme == "tg":
        return
    if address.scheme not in {"http", "https"} or "." not in (address.hostname or ""):
        yield f"{where}: {url!r}: wrong HTTP URL"
    elif address.hostname in {"t.me", "telegram.me"}:
        for key in ("start", "startgroup", "startapp"):
            for payload in query.get(key, []):
                if not _DEEP_LINK.fullmatch(payload):
                    yield f"{where}: deep link payload {payload!r} outside 1-64 of A-Z a-z 0-9 _ -"


def formatting(_method: str, params: Mapping[str, Any], _parts: Mapping[str, Part]) -> Iterator[str]:
    """Text and captions parse and are formatted in one way only."""
    for scope in (params, *_dicts(params.get("media"))):
        for name, entities in (("text", "entities"), ("caption", "caption_entities")):
            if entities in scope and "parse_mode" in scope:
                yield f"{entities}: given together with parse_mode"
            value = scope.get(name)
            if not isinstance(value, str):
                continue
            try:
                parsed = parse(value, scope.get("parse_mode"))
            except MarkupRefused as refused:
                yield f"{name}: can't parse entities: {refused}"
                continue
            yield from _entity_problems(name, parsed, _dicts(scope.get(entities, [])))


def _entity_problems(name: str, parsed: Parsed, given: list[dict[str, Any]]) -> Iterator[str]:
    if len(parsed.entities) + len(given) > ENTITIES:
        yield f"{name}: over {ENTITIES} entities, the rest is not honoured"
    for one in parsed.entities:
        if one.kind == "text_link" and one.url:
            yield from _link_problems(name, one.url)


def edited_text(method: str, params: Mapping[str, Any], _parts: Mapping[str, Part]) -> Iterator[str]:
    """A text edit brings either text or a rich message."""
    if method == "editMessageText" and ("text" in params) == ("rich_message" in params):
        yield "text: exactly one of text and rich_message"


def album(method: str, params: Mapping[str, Any], _parts: Mapping[str, Part]) -> Iterator[str]:
    """Documents keep to documents, audio to audio; photos and videos mix."""
    if method == "sendMediaGroup":
        kinds = {str(one.get("type")) for one in _dicts(params.get("media"))}
        if len(kinds) > 1 and kinds & _ALONE_IN_ALBUM:
            yield f"media: {', '.join(sorted(kinds))} cannot share an album"


def uploads(method: str, params: Mapping[str, Any], parts: Mapping[str, Part]) -> Iterator[str]:
    """Files are whole; photos and thumbnails really are pictures within Telegram's limits."""
    photos, thumbnails = {"photo"} if method == "sendPhoto" else set(), {"thumbnail"}
    for item in (params, *_dicts(params.get("media"))):
        media, thumbnail = str(item.get("media")), item.get("thumbnail")
        if item.get("type") == "photo":
            photos.add(media.removeprefix("attach://"))
        if isinstance(thumbnail, str) and thumbnail.startswith("attach://"):
            thumbnails.add(thumbnail.removeprefix("attach://"))
        elif thumbnail is not None:
            yield "thumbnail: can only be uploaded as a new file"
    for name, part in parts.items():
        yield from file_problems(name, part)
        if name in photos:
            yield from photo_problems(name, part)
        if name in thumbnails:
            yield from thumbnail_problems(name, part)


def commands(_method: str, params: Mapping[str, Any], _parts: Mapping[str, Part]) -> Iterator[str]:
    """Command names keep to their alphabet and are said once."""
    names = [str(one.get("command", "")) for one in _dicts(params.get("commands"))]
    yield from (f"commands: {name!r} is no command name" for name in names if not _COMMAND.fullmatch(name))
    yield from (f"commands: {name!r} twice" for name in sorted({one for one in names if names.count(one) > 1}))


def language(_method: str, params: Mapping[str, Any], _parts: Mapping[str, Part]) -> Iterator[str]:
    """language_code is two letters of ISO 639-1, or empty."""
    code = params.get("language_code", "")
    if not _LANGUAGE.fullmatch(str(code)):
        yield f"language_code: {code!r} is not two letters"


def chat_action(method: str, params: Mapping[str, Any], _parts: Mapping[str, Part]) -> Iterator[str]:
    """The action is one Telegram knows."""
    if method == "sendChatAction" and params.get("action") not in ACTIONS:
        yield f"action: {params.get('action')!r} is no chat action"


def reaction(method: str, params: Mapping[str, Any], _parts: Mapping[str, Part]) -> Iterator[str]:
    """A bot sets at most one reaction, and no paid one."""
    if method == "setMessageReaction":
        given = _dicts(params.get("reaction", []))
        if len(given) > 1:
            yield "reaction: a bot sets at most one"
        if any(one.get("type") == "paid" for one in given):
            yield "reaction: bots can't use paid reactions"


def draft(method: str, params: Mapping[str, Any], _parts: Mapping[str, Part]) -> Iterator[str]:
    """Drafts stream into private chats under a number other than zero."""
    if method == "sendMessageDraft":
        if params.get("draft_id") == "0":
            yield "draft_id: must be non-zero"
        if not str(params.get("chat_id", "")).isdigit():
            yield "chat_id: drafts are for private chats"


def invoice(method: str, params: Mapping[str, Any], _parts: Mapping[str, Part]) -> Iterator[str]:
    """Stars: one positive price, no tips, no provider; subscriptions last 30 days."""
    if method not in {"sendInvoice", "createInvoiceLink"}:
        return
    if params.get("currency") == "XTR":
        prices = _dicts(params.get("prices", []))
        if len(prices) != 1:
            yield f"prices: {len(prices)} items, Stars take exactly one"
        if not all(isinstance(one.get("amount"), int) and 1 <= one["amount"] <= STARS for one in prices):
            yield f"prices: an amount of Stars is 1-{STARS}"
        if {"max_tip_amount", "suggested_tip_amounts"} & params.keys():
            yield "max_tip_amount: no tips in Stars"
        if params.get("provider_token"):
            yield "provider_token: must be empty for Stars"
    elif not params.get("provider_token"):
        yield "provider_token: required outside Stars"
    if params.get("subscription_period", str(SUBSCRIPTION_SECONDS)) != str(SUBSCRIPTION_SECONDS):
        yield f"subscription_period: must be {SUBSCRIPTION_SECONDS}"


def pre_checkout(method: str, params: Mapping[str, Any], _parts: Mapping[str, Part]) -> Iterator[str]:
    """A refused payment says why."""
    if method == "answerPreCheckoutQuery" and params.get("ok") == "false" and not params.get("error_message"):
        yield "error_message: required when ok is false"


def webhook(method: str, params: Mapping[str, Any], _parts: Mapping[str, Part]) -> Iterator[str]:
    """https on Telegram's ports, or this machine's loopback, which only a test can mean; a secret in its alphabet."""
    if method != "setWebhook":
        return
    if "secret_token" in params and not _SECRET.fullmatch(str(params["secret_token"])):
        yield "secret_token: outside 1-256 of A-Z a-z 0-9 _ -"
    address = urlsplit(str(params.get("url", "")))
    if address.geturl() and address.hostname != "127.0.0.1":
        if address.scheme != "https":
            yield "url: an HTTPS URL must be provided for webhook"
        if (address.port or 443) not in WEBHOOK_PORTS:
            yield f"url: webhook can be set up only on ports {sorted(WEBHOOK_PORTS)}"


RULES: tuple[Rule, ...] = (
    target,
    chat,
    buttons,
    pay_button,
    links,
    formatting,
    edited_text,
    album,
    uploads,
    commands,
    language,
    chat_action,
    reaction,
    draft,
    invoice,
    pre_checkout,
    webhook,
)
