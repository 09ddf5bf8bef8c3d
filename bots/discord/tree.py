"""The tree: all commands as the JSON Discord registers, out of the one table, and whether what stands there is that."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from bots.discord.permission import MANAGE_GUILD
from core.conversation import menu, texts
from core.conversation.command import ADMIN, ALIASES, COMMANDS, Command, Parameter, Takes
from core.conversation.prose import clip
from core.conversation.texts import Speaker
from core.domain.record import Json

SLASH, ON_MESSAGE = 1, 3
_TEXT, _FILE = 3, 11
_DESCRIPTION_UNITS, _NAME_UNITS = 100, 32
_EVERYWHERE: Mapping[str, Json] = {"integration_types": [0, 1], "contexts": [0, 1, 2]}
"""Installed in a server or by a person; used in servers, with the bot alone, and in other private channels."""
_IN_SERVERS: Mapping[str, Json] = {
    "integration_types": [0],
    "contexts": [0],
    "default_member_permissions": MANAGE_GUILD,
}
"""Shown to those who manage a server, unless it decides otherwise; who presses is looked at all the same."""
_FOR_OPERATORS: Mapping[str, Json] = {
    "integration_types": [0],
    "contexts": [0],
    "default_member_permissions": 0,
}
"""Shown to nobody but a server's administrators, until they say otherwise; the word alone brings nobody in."""
_TONGUES: Mapping[str, Sequence[str]] = {
    "en": ("en-GB",), "es": ("es-ES", "es-419"), "pt": ("pt-BR",), "sv": ("sv-SE",), "zh": ("zh-CN", "zh-TW")
}  # fmt: skip
"""Discord's names of languages, where they are not ours. Without a language stands English."""
_COMPLETED = frozenset({Takes.PRESET, Takes.ANSWER, Takes.VARIANT, Takes.JOB})

Say = Callable[[Speaker], str]


def tree() -> list[dict[str, Json]]:
    """Every command, and every other name people try."""
    rows = [(name, COMMANDS[name]) for name in COMMANDS]
    rows += [(other, COMMANDS[name]) for other, name in ALIASES.items()]
    return [
        *(_slash(name, row) for name, row in rows),
        _operators(),
        *(_entry(row) for row in COMMANDS.values() if row.on_message),
    ]


def _operators() -> dict[str, Json]:
    told = _told("description", lambda voice: clip(voice.say("command.admin"), _DESCRIPTION_UNITS))
    return {"type": SLASH, "name": ADMIN, **told, "options": [], **_FOR_OPERATORS}


def _slash(name: str, row: Command) -> dict[str, Json]:
    # With a form, everything is asked there.
    options: list[Json] = [] if row.form else [_option(one) for one in row.parameters]
    told = _told("description", lambda voice: clip(voice.say(row.description), _DESCRIPTION_UNITS))
    where = _IN_SERVERS if row.manages else _EVERYWHERE
    return {"type": SLASH, "name": name, **told, "options": options, **where}


def _option(parameter: Parameter) -> Json:
    told = _told("description", lambda voice: clip(menu.hint(voice, parameter), _DESCRIPTION_UNITS))
    kind = _FILE if parameter.takes is Takes.PICTURE else _TEXT
    completed: dict[str, Json] = {"autocomplete": True} if parameter.takes in _COMPLETED else {}
    return {"type": kind, "name": parameter.name, "required": parameter.required, **told, **completed}


def _entry(row: Command) -> dict[str, Json]:
    told = _told("name", lambda voice: clip(menu.entry(voice, row), _NAME_UNITS))
    return {"type": ON_MESSAGE, **told, **_EVERYWHERE}


def _told(field: str, say: Say) -> dict[str, Json]:
    """In English, and in each further language."""
    languages = (one for one in texts.languages() if one != texts.FALLBACK)
    said: dict[str, Json] = {
        tongue: say(texts.speaker(one)) for one in languages for tongue in _TONGUES.get(one, (one,))
    }
    return {field: say(texts.speaker(texts.FALLBACK)), f"{field}_localizations": said}


def matches(wanted: Sequence[Mapping[str, Json]], stands: Sequence[Mapping[str, Json]]) -> bool:
    """Whether Discord has these commands, and no others; what it adds of its own does not count."""
    ours, theirs = ({(one["type"], one["name"]): one for one in rows} for rows in (wanted, stands))
    return ours.keys() == theirs.keys() and all(_covers(one, theirs[name]) for name, one in ours.items())


def _covers(ours: Json, theirs: Json) -> bool:
    if isinstance(ours, Mapping):
        other: Mapping[str, Json] = theirs if isinstance(theirs, Mapping) else {}
        return all(_covers(value, other.get(name)) for name, value in ours.items())
    if isinstance(ours, list):
        rows = theirs or []
        same_length = isinstance(rows, list) and len(rows) == len(ours)
        return same_length and all(_covers(*pair) for pair in zip(ours, rows, strict=True))
    # Permissions go out as a number and come back as text; that nobody has any is not that nothing was said of them.
    unsaid = not ours and not theirs and (isinstance(ours, bool) or ours != 0)
    return bool(ours == theirs or str(ours) == theirs or unsaid)
