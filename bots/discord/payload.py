"""Messages and forms as the JSON Discord takes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import assert_never

from bots.discord.message import (
    Buttons,
    Divider,
    File,
    Gallery,
    Listed,
    Message,
    Part,
    Pick,
    Premium,
    Select,
    Text,
)
from core.conversation.prose import ELLIPSIS
from core.conversation.view import Button, Link, Option, Style
from core.domain.record import Json

EPHEMERAL, COMPONENTS_V2 = 1 << 6, 1 << 15
SILENT: Json = {"parse": []}
"""allowed_mentions: whatever a person wrote into a headline calls nobody."""

_ROW, _BUTTON, _SELECT, _TEXT, _GALLERY, _FILE, _DIVIDER, _FRAME = 1, 2, 3, 10, 12, 13, 14, 17
_STYLES = {Style.PRIMARY: 1, Style.PLAIN: 2, Style.DANGER: 4}
_LINK_STYLE, _PREMIUM_STYLE = 5, 6
_LISTS = {Listed.ROLES: (6, "role"), Listed.CHANNELS: (8, "channel")}
_CHANNELS: list[Json] = [0, 2, 5, 13, 15]
"""Where people write: text, voice, announcements, stages, forums. A thread is where its channel is."""
PICKED = 25
_UNSAFE = re.compile(r"[^A-Za-z0-9_.-]+")
_NAME_LENGTH = 80
_ID = re.compile(r"[1-9][0-9]{0,18}")


def body(message: Message, names: Mapping[str, str], flags: int = 0) -> dict[str, Json]:
    """A message of components; `names`: file names by asset id."""
    frame: Json = {"type": _FRAME, "accent_color": message.accent}
    frame["components"] = [_component(part, names) for part in message.parts]
    return {"flags": COMPONENTS_V2 | flags, "components": [frame], "allowed_mentions": SILENT}


def _component(part: Part, names: Mapping[str, str]) -> Json:
    match part:
        case Text(content=content):
            return {"type": _TEXT, "content": content}
        case Gallery(items=items):
            return {"type": _GALLERY, "items": [_item(names[one.asset], one.alt) for one in items]}
        case File(asset=asset):
            return {"type": _FILE, "file": {"url": f"attachment://{names[asset]}"}}
        case Buttons(buttons=buttons):
            return {"type": _ROW, "components": [_button(one) for one in buttons]}
        case Link(label=label, url=url):
            return {"type": _ROW, "components": [{"type": _BUTTON, "style": _LINK_STYLE, "label": label, "url": url}]}
        case Premium(skus=skus):
            return {
                "type": _ROW,
                "components": [{"type": _BUTTON, "style": _PREMIUM_STYLE, "sku_id": one} for one in skus],
            }
        case Select():
            return {"type": _ROW, "components": [_select(part)]}
        case Pick():
            return {"type": _ROW, "components": [_pick(part)]}
        case Divider():
            return {"type": _DIVIDER}
        case _:
            assert_never(part)


def _item(name: str, alt: str) -> Json:
    described = {"description": alt} if alt else {}
    return {"media": {"url": f"attachment://{name}"}, **described}


def _button(button: Button) -> Json:
    return {"type": _BUTTON, "style": _STYLES[button.style], "label": button.label, "custom_id": button.token}


def _select(select: Select) -> Json:
    several = select.most > 1
    chosen = [one.token for one in select.options if one.chosen][: select.most]
    return {
        "type": _SELECT,
        "custom_id": select.token,
        "placeholder": select.placeholder or ELLIPSIS,
        "min_values": 0 if several else 1,
        "max_values": select.most,
        "options": [_option(one, one.value if several else one.token, one.token in chosen) for one in select.options],
    }


def _pick(pick: Pick) -> Json:
    kind, of = _LISTS[pick.listed]
    known = dict.fromkeys(one.value for one in pick.options if _ID.fullmatch(one.value))
    chosen: list[Json] = [{"id": one, "type": of} for one in list(known)[:PICKED]]
    only: dict[str, Json] = {"channel_types": _CHANNELS} if pick.listed is Listed.CHANNELS else {}
    return {
        "type": kind,
        "custom_id": pick.token,
        "placeholder": pick.placeholder or ELLIPSIS,
        "min_values": 0,
        "max_values": PICKED,
        "default_values": chosen,
        **only,
    }


def _option(option: Option, value: str, chosen: bool) -> Json:
    return {"label": option.label, "value": value, "default": chosen}


def file_name(wanted: str) -> str:
    """A name Discord keeps as it is: what refers to a file by its name would not find a changed one."""
    stem, dot, ending = _UNSAFE.sub("_", wanted).strip("._-").rpartition(".")
    return f"{stem[:_NAME_LENGTH]}{dot}{ending[:_NAME_LENGTH]}" or "file"
