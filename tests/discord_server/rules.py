"""Discord's rules that the machine-readable file does not state (reference: chat platforms, §2 and §5).

Every rule looks at one request alone and needs no memory; what depends on messages and interactions is the operations'
to refuse.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .layout import (
    BUTTON,
    CHECKBOX,
    CHECKBOXES,
    CLASSIC,
    LABEL,
    RADIO,
    ROW,
    SELECT,
    TEXT,
    TEXT_INPUT,
    UPLOAD,
    media,
    tokens,
    walk,
)

EPHEMERAL, COMPONENTS_V2 = 1 << 6, 1 << 15
MODAL = 9
DEFERRALS = frozenset({5, 6})
COMPONENTS = 40
TEXT_LENGTH = 4000
CONTENT_LENGTH = 2000
EMBED_LENGTH = 6000
FILES = 10
OPTIONS = 25
FILE_BYTES = 10 * 1024 * 1024
REQUEST_BYTES = 25 * 1024 * 1024
COMMAND_LENGTH = 8000
MODAL_FIELDS = 5

_ATTACHED = "attachment://"
_FILENAME = re.compile(r"[A-Za-z0-9_.-]{1,100}")
_COMMAND = re.compile(r"[-_\w\u0900-\u097F\u0E00-\u0E7F]{1,32}")
_ROW_BUTTONS = 5
_CLASSIC_ROWS = 5


@dataclass(frozen=True)
class File:
    """One uploaded file of a multipart request."""

    filename: str
    content_type: str
    data: bytes


@dataclass(frozen=True)
class Asked:
    """A request: what the path is a case of, the decoded JSON and the files by part name (`files[0]`)."""

    template: str
    method: str
    body: Any
    files: Mapping[str, File]

    @property
    def creates(self) -> bool:
        """Whether a new message is made of it, a deferral aside."""
        return self.method == "POST"

    @property
    def message(self) -> Mapping[str, Any] | None:
        """The part that describes a message, if any does."""
        body = self.body
        if not isinstance(body, dict):
            return None
        if self.template.endswith("/callback"):
            data = body.get("data")
            return data if body.get("type") in {4, 7} and isinstance(data, dict) else None
        spoken = ("/messages", "/messages/@original", "/messages/{message_id}")
        if self.template.endswith(spoken) or self.template == "/webhooks/{webhook_id}/{webhook_token}":
            return body
        return None


Rule = Callable[[Asked], Iterator[str]]


def problems(asked: Asked) -> list[str]:
    """What is wrong with a request beyond the contract."""
    return [problem for rule in RULES for problem in rule(asked)]


def layout(asked: Asked) -> Iterator[str]:
    """The two generations of messages do not mix, and the newer one has totals."""
    message = asked.message
    if message is None:
        return
    components = message.get("components") or []
    new = bool((message.get("flags") or 0) & COMPONENTS_V2)
    kinds = {one.get("type") for one in walk(components)}
    if new:
        yield from (f"{name}: forbidden with IS_COMPONENTS_V2" for name in _OLD if message.get(name))
        if not components and asked.creates:
            yield "components: a message of components needs some"
    elif kinds - CLASSIC:
        yield f"components of kinds {sorted(kinds - CLASSIC)} need IS_COMPONENTS_V2"
    elif len(components) > _CLASSIC_ROWS:
        yield f"components: {len(components)} rows, at most {_CLASSIC_ROWS}"
    if (count := sum(1 for _ in walk(components))) > COMPONENTS:
        yield f"components: {count} counted through nesting, at most {COMPONENTS}"
    if (
        length := sum(len(str(one.get("content"))) for one in walk(components) if one.get("type") == TEXT)
    ) > TEXT_LENGTH:
        yield f"components: {length} characters of text, at most {TEXT_LENGTH}"


_OLD = ("content", "embeds", "poll", "sticker_ids")


def classic_text(asked: Asked) -> Iterator[str]:
    """Of the older generation."""
    message = asked.message
    if message is None:
        return
    if len(message.get("content") or "") > CONTENT_LENGTH:
        yield f"content: over {CONTENT_LENGTH} characters"
    embeds = message.get("embeds") or []
    if sum(_embed_length(one) for one in embeds) > EMBED_LENGTH:
        yield f"embeds: over {EMBED_LENGTH} characters in total"


def _embed_length(embed: Mapping[str, Any]) -> int:
    fields = [part for one in embed.get("fields", ()) for part in (one.get("name", ""), one.get("value", ""))]
    named = [(embed.get("footer") or {}).get("text", ""), (embed.get("author") or {}).get("name", "")]
    return sum(map(len, (embed.get("title") or "", embed.get("description") or "", *fields, *named)))


def custom_ids(asked: Asked) -> Iterator[str]:
    """Unique in a message and in a modal."""
    for name, count in Counter(tokens(_components(asked))).items():
        if count > 1:
            yield f"custom_id {name!r}: given {count} times"


def buttons(asked: Asked) -> Iterator[str]:
    """One purpose each, something to read on it, alone with its kind in its row."""
    for one in walk(_components(asked)):
        if one.get("type") == ROW:
            yield from _row(one.get("components") or [])
        if one.get("type") != BUTTON:
            continue
        style, keys = one.get("style"), {name for name in ("custom_id", "url", "sku_id") if one.get(name) is not None}
        if keys != {5: {"url"}, 6: {"sku_id"}}.get(style or 0, {"custom_id"}):
            yield f"button of style {style} with {sorted(keys)}"
        labelled = bool(str(one.get("label") or "").strip()) or bool(one.get("emoji"))
        if labelled is (style == 6):
            yield f"button of style {style}: {'a label is forbidden' if labelled else 'nothing to read on it'}"


def _row(inside: list[dict[str, Any]]) -> Iterator[str]:
    kinds = [one.get("type") for one in inside]
    if not kinds:
        yield "an empty action row"
    if set(kinds) == {BUTTON} and len(kinds) > _ROW_BUTTONS:
        yield f"{len(kinds)} buttons in a row, at most {_ROW_BUTTONS}"
    if BUTTON in kinds and set(kinds) != {BUTTON}:
        yield "buttons and something else in one row"
    if BUTTON not in kinds and len(kinds) > 1:
        yield "more than one select in a row"


def choices(asked: Asked) -> Iterator[str]:
    """Options are told apart by their values; as many are chosen as are allowed."""
    for one in walk(_components(asked)):
        if one.get("type") not in {SELECT, RADIO, CHECKBOXES}:
            continue
        values = [option.get("value") for option in one.get("options") or ()]
        if len(set(values)) != len(values):
            yield f"{one.get('custom_id')}: options with the same value"
        low, high = one.get("min_values", 1), one.get("max_values", 1)
        if one.get("type") == SELECT and not (0 <= low <= high <= max(len(values), 1)):
            yield f"{one.get('custom_id')}: {low}-{high} of {len(values)} options cannot be chosen"
        chosen = sum(bool(option.get("default")) for option in one.get("options") or ())
        if chosen > (high if one.get("type") == SELECT else 1 if one.get("type") == RADIO else len(values)):
            yield f"{one.get('custom_id')}: {chosen} options chosen from the start"


def uploads(asked: Asked) -> Iterator[str]:
    """Files as such: their names, their weight."""
    for name, file in asked.files.items():
        if not re.fullmatch(r"files\[\d\]", name):
            yield f"{name}: no name for a file part"
        if not _FILENAME.fullmatch(file.filename):
            yield f"{name}: {file.filename!r} would be renamed, and nothing refers to it then"
        if not file.data:
            yield f"{name}: empty"
        if len(file.data) > FILE_BYTES:
            yield f"{name}: {len(file.data)} bytes, over the limit said with the interaction"
    if sum(len(file.data) for file in asked.files.values()) > REQUEST_BYTES:
        yield f"over {REQUEST_BYTES} bytes in one request"
    names = [file.filename for file in asked.files.values()]
    if len(set(names)) != len(names):
        yield "attachments: two files of the same name"


def attachments(asked: Asked) -> Iterator[str]:
    """Every file is declared, every declaration has its file or stood before, every picture names one."""
    message = asked.message or {}
    declared = message.get("attachments")
    listed = [str(one.get("id")) for one in declared or () if isinstance(one, dict)]
    kept = [number for number in listed if f"files[{number}]" not in asked.files]
    for name in asked.files:
        if name[6:-1] not in listed:
            yield f"{name}: no entry of attachments has its number"
    if len(listed) > FILES:
        yield f"attachments: {len(listed)}, at most {FILES}"
    if asked.creates and kept:
        yield "attachments: a new message keeps none"
    if not kept and (asked.creates or declared is not None):
        names = {file.filename for file in asked.files.values()}
        asking = (url.removeprefix(_ATTACHED) for url in media(_components(asked)) if url.startswith(_ATTACHED))
        yield from (f"{_ATTACHED}{name}: no such file" for name in asking if name not in names)


def references(asked: Asked) -> Iterator[str]:
    """Pictures of ours are uploads: an address of Discord's CDN expires, one of ours would be fetched by Discord."""
    for url in media(_components(asked)):
        if not url.startswith(_ATTACHED):
            yield f"{url[:60]}: not a file of this message"


def modal(asked: Asked) -> Iterator[str]:
    """One to five fields, each in a label."""
    fields = _fields(asked)
    if fields is None:
        return
    if not 1 <= len(fields) <= MODAL_FIELDS:
        yield f"modal: {len(fields)} fields, 1-{MODAL_FIELDS} fit"
    if loose := {one.get("type") for one in fields} - {LABEL, TEXT}:
        yield f"modal: {sorted(loose)} outside a label"
    inside = {(one.get("component") or {}).get("type") for one in fields if one.get("type") == LABEL}
    if strange := inside - {SELECT, 5, 6, 7, 8, TEXT_INPUT, UPLOAD, RADIO, CHECKBOXES, CHECKBOX}:
        yield f"modal: {sorted(strange)} in a label"


def form_fields(asked: Asked) -> Iterator[str]:
    """A field fits itself: its limits and its own text."""
    for one in walk(_fields(asked) or ()):
        if one.get("type") == TEXT_INPUT:
            yield from _input(one)
        low, high = one.get("min_values", 1), one.get("max_values", 1)
        if one.get("type") == UPLOAD and low > high:
            yield f"{one.get('custom_id')}: {low}-{high} files"


def _fields(asked: Asked) -> list[Any] | None:
    """Top-level components of the modal that is asked for; None without one."""
    body = asked.body if isinstance(asked.body, dict) else {}
    return (body.get("data") or {}).get("components") or [] if body.get("type") == MODAL else None


def _input(one: Mapping[str, Any]) -> Iterator[str]:
    low, high = one.get("min_length") or 0, one.get("max_length") or TEXT_LENGTH
    value = one.get("value") or ""
    if low > high:
        yield f"{one.get('custom_id')}: length {low}-{high}"
    if value and not low <= len(value) <= high:
        yield f"{one.get('custom_id')}: its own text of {len(value)} characters does not fit"


def deferral(asked: Asked) -> Iterator[str]:
    """Only who may see it can be said with one."""
    if asked.template.endswith("/callback") and isinstance(asked.body, dict) and asked.body.get("type") in DEFERRALS:
        data = asked.body.get("data") or {}
        if set(data) - {"flags"} or (data.get("flags") or 0) & ~EPHEMERAL:
            yield f"deferral: carries {data}, only EPHEMERAL is allowed"


def commands(asked: Asked) -> Iterator[str]:
    """Names, the order of options, the total of letters."""
    if not asked.template.endswith("/commands"):
        return
    for one in asked.body if isinstance(asked.body, list) else [asked.body]:
        if not isinstance(one, dict):
            continue
        name = str(one.get("name"))
        if one.get("type", 1) == 1 and (not _COMMAND.fullmatch(name) or name != name.lower()):
            yield f"command {name!r}: no name for a slash command"
        if (length := _letters(one)) > COMMAND_LENGTH:
            yield f"command {name!r}: {length} letters, at most {COMMAND_LENGTH}"
        optional = False
        for option in one.get("options") or ():
            if option.get("required") and optional:
                yield f"command {name!r}: {option.get('name')!r} is required after an optional one"
            optional = optional or not option.get("required")
            if option.get("autocomplete") and option.get("choices"):
                yield f"command {name!r}: {option.get('name')!r} has choices and completes"


def _letters(command: Mapping[str, Any]) -> int:
    own = sum(len(str(command.get(name) or "")) for name in ("name", "description"))
    values = sum(
        len(str(one.get("name") or "")) + len(str(one.get("value") or "")) for one in command.get("choices") or ()
    )
    return own + values + sum(_letters(one) for one in command.get("options") or ())


def _components(asked: Asked) -> list[Any]:
    body = asked.body if isinstance(asked.body, dict) else {}
    described = asked.message or (body.get("data") if body.get("type") == MODAL else None) or {}
    found = described.get("components")
    return found if isinstance(found, list) else []


RULES: tuple[Rule, ...] = (
    layout, classic_text, custom_ids, buttons, choices, uploads, attachments, references, modal, form_fields, deferral,
    commands,
)  # fmt: skip
