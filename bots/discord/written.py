"""What a person writes to the bot alone, as events: pure, out of the JSON of a message."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bots.discord.incoming import File, Handed, is_picture, shown_variants
from bots.discord.place import Place
from bots.discord.post import PLATFORM, event_id
from core.conversation.command import ON_PICTURES
from core.conversation.event import CommandSent, Event, PhotoRefused, Started, TextSent
from core.services.desk import Envelope

NOT_A_PICTURE = "not_a_picture"

_SAID = frozenset({0, 19})
"""Kinds of messages a person writes: by itself, and as a reply."""
_COMMAND = re.compile(r"/(?P<name>[a-z_]{1,32})(?:\s+(?P<argument>.*))?", re.DOTALL | re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    envelope: Envelope
    said: Event | Handed


def heard(record: Mapping[str, Any]) -> Written | None:
    """What was said to the bot alone; None for all else: in servers it is not spoken to, and may not listen.

    A message tells no language; Discord's own does with the next press or command.
    """
    author = record["author"]
    if record.get("guild_id") or author.get("bot") or record.get("type", 0) not in _SAID:
        return None
    said = _said(record)
    if said is None:
        return None
    envelope = Envelope(
        id=event_id(str(record["id"])),
        platform=PLATFORM,
        person=str(author["id"]),
        place=str(Place(int(record["channel_id"]))),
    )
    return Written(envelope=envelope, said=said)


def _said(record: Mapping[str, Any]) -> Event | Handed | None:
    words = str(record.get("content") or "").strip()
    attached = record.get("attachments") or ()
    files = tuple(File(str(one["url"]), int(one["size"])) for one in attached if is_picture(one))
    command = _COMMAND.fullmatch(words)
    name, argument = (command["name"].lower(), (command["argument"] or "").strip()) if command else ("", "")
    if files:
        picture = name in ON_PICTURES
        return Handed(files=files, caption=argument if picture else words, command=name if picture else "")
    if attached:
        return PhotoRefused(reason=NOT_A_PICTURE, caption=words)
    if not words:
        return None
    variants = shown_variants(record.get("referenced_message") or {})
    if command:
        return Started() if name == "start" else CommandSent(name=name, argument=argument, variants=variants)
    return TextSent(
        text=words,
        variant=variants[0] if len(variants) == 1 else "",
        variants=variants if len(variants) > 1 else (),
    )
