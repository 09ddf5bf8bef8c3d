"""Interactions to what a person did: pure, out of the JSON that gateway and endpoint bring alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from bots.discord.form import Form, Pictures, Words
from bots.discord.markdown import unescape
from bots.discord.packing import FILE_BYTES
from bots.discord.permission import (
    ATTACH_FILES,
    CREATE_PUBLIC_THREADS,
    MANAGE_GUILD,
    SEND_MESSAGES,
    SEND_MESSAGES_IN_THREADS,
    VIEW_CHANNEL,
    may,
)
from bots.discord.place import Place
from bots.discord.post import PLATFORM, event_id
from core.conversation import texts
from core.conversation.action import Action, Ask, FillIn, HandIn, Rule, Run, Share, parse
from core.conversation.command import COMMANDS, known
from core.conversation.event import Event, FormSent, Pressed, TextSent
from core.domain.guild import Member
from core.services.desk import Envelope, Reply

COMMAND, COMPONENT, TYPING, FORM = 2, 3, 4, 5
REPLY_S = 870.0
"""A token is good for fifteen minutes; what is said in the last half of one may not arrive."""
USER_ONLY_FOLLOW_UPS = 5
WORDS, PICTURES = "words", "pictures"
"""Ids of the field in a form with one."""

_ALONE = 1
_SELECT, _TEXT, _UPLOAD, _ROW, _LABEL = 3, 10, 19, 1, 18
_MESSAGE_COMMAND = 3
_SERVER_INSTALL = "0"
_THREADS = frozenset({10, 11, 12})
_THREADED = frozenset({0, 5})
"""Channels in which a message may begin a thread."""
_ROLES, _CHANNELS = 6, 8
_ONE_LINE = frozenset({"headline", "subtext", "format"})
HEADLINE = "headline"


@dataclass(frozen=True, slots=True)
class File:
    """A file on Discord's CDN, by an address that expires; `size` in bytes."""

    url: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """Pictures that are still Discord's, with the words and answers (by question) that came along."""

    files: tuple[File, ...]
    caption: str = ""
    answers: dict[str, str] = field(default_factory=dict)
    anew: bool = False
    recall: bool = False
    command: str = ""
    """As in `PhotosSent`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """A command. Of a message's menu: `variants` it shows and the `files` it carries; else options and the uploads in
    them, by name."""

    name: str
    on_message: bool = False
    options: dict[str, str | int | float | bool] = field(default_factory=dict)
    uploads: dict[str, File] = field(default_factory=dict)
    variants: tuple[str, ...] = ()
    files: tuple[File, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Typing:
    """An option that wants completions for what is typed so far."""

    name: str
    option: str
    typed: str
    options: dict[str, str | int | float | bool]


Said = Event | Handed | Called | Typing | Form
"""A Form is to be opened: that must be the first response."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """`reply.original` None: the answer takes the place of "thinking"; else the press was on that message."""

    envelope: Envelope
    reply: Reply
    said: Said

    @property
    def place(self) -> Place:
        return Place.parse(self.envelope.place)


def read(record: Mapping[str, Any]) -> Received | None:
    """What a person did; None for what is none of ours (a ping, a kind of a later Discord).

    Raises KeyError, TypeError or ValueError for what is no interaction.
    """
    envelope = _envelope(record)
    data, message = record.get("data") or {}, record.get("message")
    match record["type"]:
        case 2:
            said: Said = _called(data)
        case 3:
            said = _pressed(data, message or {}, envelope.language)
        case 4:
            said = _typing(data)
        case 5:
            said = _submitted(data)
        case _:
            return None
    reply = _reply(record, message, envelope)
    return Received(envelope=_openly(envelope) if _is_shared(said) else envelope, reply=reply, said=said)


def _is_shared(said: Said) -> bool:
    return isinstance(said, Pressed) and isinstance(said.action, Share)


def _openly(envelope: Envelope) -> Envelope:
    """What comes of it is for everybody in the channel to see."""
    place = Place.parse(envelope.place)
    return replace(envelope, place=str(replace(place, shared=place.private)), private=False)


def _envelope(record: Mapping[str, Any]) -> Envelope:
    user = (record.get("member") or record)["user"]
    person = int(user["id"])
    place = Place(int(record["channel_id"]), None if _is_alone(record) else person)
    return Envelope(
        id=event_id(str(record["id"])),
        platform=PLATFORM,
        person=str(person),
        place=str(place),
        group=place.private,
        private=place.private,
        language=str(record.get("locale") or "en"),
        member=_member(record),
    )


def _member(record: Mapping[str, Any]) -> Member | None:
    """In a server that has installed us; where only the person has, it has decided nothing."""
    guild, member = record.get("guild_id"), record.get("member")
    if not guild or not member or _SERVER_INSTALL not in (record.get("authorizing_integration_owners") or {}):
        return None
    channel, ours = record.get("channel") or {}, str(record.get("app_permissions") or 0)
    thread = channel.get("type") in _THREADS
    parent = channel.get("parent_id") if thread else None
    posts = may(ours, VIEW_CHANNEL, SEND_MESSAGES_IN_THREADS if thread else SEND_MESSAGES, ATTACH_FILES)
    return Member(
        guild=str(guild),
        channels=(str(record["channel_id"]), *([str(parent)] if parent else [])),
        # What everybody has is a role as well, with the server's id.
        roles=(str(guild), *map(str, member.get("roles") or ())),
        manages=may(str(member.get("permissions") or 0), MANAGE_GUILD),
        posts=posts,
        threads=posts and channel.get("type") in _THREADED and may(ours, CREATE_PUBLIC_THREADS),
    )


def _is_alone(record: Mapping[str, Any]) -> bool:
    """Whether nobody but the person and the bot is there."""
    return record.get("context") == _ALONE


def _reply(record: Mapping[str, Any], message: Mapping[str, Any] | None, envelope: Envelope) -> Reply:
    owners = record.get("authorizing_integration_owners") or {}
    limited = envelope.group and _SERVER_INSTALL not in owners
    return Reply(
        id=str(record["id"]),
        token=str(record["token"]),
        application=str(record["application_id"]),
        original=str(message["id"]) if message else None,
        follow_ups=USER_ONLY_FOLLOW_UPS if limited else None,
        attachment_bytes=int(record.get("attachment_size_limit") or FILE_BYTES),
    )


# -- presses -------------------------------------------------------------------------------------------------------


def _pressed(data: Mapping[str, Any], message: Mapping[str, Any], language: str) -> Said:
    action = parse(str(data["custom_id"]))
    if isinstance(action, FillIn | HandIn):
        return _form(action, message, language)
    if isinstance(action, Run) and not action.argument and _has_form(action.command):
        return Called(name=action.command)
    if isinstance(action, Rule) and data.get("component_type") in (_ROLES, _CHANNELS):
        return FormSent(draft="", question=action.rule, values=tuple(map(str, data["values"])))
    if data.get("component_type") != _SELECT:
        return Pressed(action=action)
    values = [str(value) for value in data["values"]]
    # A list of several options carries its question, and their values; any other carries tokens.
    if isinstance(action, Ask):
        return FormSent(draft=action.draft, question=action.question, values=tuple(values))
    return Pressed(action=parse(values[0]))


def _has_form(command: str) -> bool:
    return bool((name := known(command)) and COMMANDS[name].form)


def _form(action: FillIn | HandIn, message: Mapping[str, Any], language: str) -> Form:
    """The form for the question that the pressed message asks."""
    voice = texts.speaker(language)
    asked = next((one for one in _spoken(message) if one), "")
    if isinstance(action, HandIn):
        return Form(action.pack(), asked, (Pictures(id=PICTURES, label=voice.say("form.pictures")),))
    words = Words(id=WORDS, label=voice.say("form.words"), hint=asked, lines=action.question not in _ONE_LINE)
    return Form(action.pack(), asked, (words,))


def _spoken(message: Mapping[str, Any]) -> Iterator[str]:
    """Paragraphs in bold, which questions are, then all others."""
    told = [str(one["content"]) for one in _walk(message.get("components") or ()) if one.get("type") == _TEXT]
    paragraphs = [part for text in told for part in text.split("\n\n")]
    for part in sorted(paragraphs, key=lambda one: not one.startswith("**")):
        yield unescape(part)


# -- forms ---------------------------------------------------------------------------------------------------------


def _submitted(data: Mapping[str, Any]) -> Said:
    """The answers of a form; ids of fields are those of the questions they answer."""
    action = parse(str(data["custom_id"]))
    fields = [one for one in _walk(data["components"]) if "custom_id" in one]
    files = tuple(_attached(data, number) for one in fields if one["type"] == _UPLOAD for number in one["values"])
    given = {str(one["custom_id"]): _answer(one) for one in fields if one["type"] != _UPLOAD}
    answers = {name: value for name, value in given.items() if value.strip()}
    if isinstance(action, FillIn):
        return _filled(action, answers.get(WORDS, ""))
    return Handed(files=files, caption=answers.pop(HEADLINE, ""), answers=answers, anew=not isinstance(action, HandIn))


def _filled(action: FillIn, words: str) -> Event:
    """A question of a brief is answered by its name; what is asked about a variant or a setting, by what comes next."""
    if action.draft:
        return FormSent(draft=action.draft, question=action.question, values=(words,))
    return TextSent(text=words)


def _answer(one: Mapping[str, Any]) -> str:
    if "values" in one:
        return str(next(iter(one["values"]), ""))
    return str(one.get("value") or "")


# -- commands ------------------------------------------------------------------------------------------------------


def _called(data: Mapping[str, Any]) -> Called:
    resolved = data.get("resolved") or {}
    if data.get("type") == _MESSAGE_COMMAND:
        message = resolved["messages"][data["target_id"]]
        files = tuple(_file(one) for one in message.get("attachments") or () if is_picture(one))
        return Called(name=str(data["name"]), on_message=True, variants=shown_variants(message), files=files)
    options = data.get("options") or ()
    uploads = {str(one["name"]): _attached(data, one["value"]) for one in options if one["type"] == 11}
    return Called(name=str(data["name"]), options=_options(options), uploads=uploads)


def _typing(data: Mapping[str, Any]) -> Typing:
    options = data["options"]
    focused = next(one for one in options if one.get("focused"))
    rest = _options([one for one in options if not one.get("focused")])
    return Typing(name=str(data["name"]), option=str(focused["name"]), typed=str(focused["value"]), options=rest)


def _options(options: Sequence[Mapping[str, Any]]) -> dict[str, str | int | float | bool]:
    return {str(one["name"]): one["value"] for one in options if one["type"] != 11}


def shown_variants(message: Mapping[str, Any]) -> tuple[str, ...]:
    """The variants of a message in their order, read off its buttons."""
    tokens = (str(one["custom_id"]) for one in _walk(message.get("components") or ()) if one.get("custom_id"))
    actions: Iterator[Action] = map(parse, tokens)
    return tuple(dict.fromkeys(code for action in actions if (code := getattr(action, "variant", ""))))


def _attached(data: Mapping[str, Any], number: Any) -> File:
    return _file(data["resolved"]["attachments"][str(number)])


def _file(attachment: Mapping[str, Any]) -> File:
    return File(str(attachment["url"]), int(attachment["size"]))


def is_picture(attachment: Mapping[str, Any]) -> bool:
    return str(attachment.get("content_type") or "image/").startswith("image/")


def _walk(components: Any) -> Iterator[Mapping[str, Any]]:
    for one in components:
        yield one
        yield from _walk(one.get("components") or ())
        yield from _walk([inner] if (inner := one.get("component")) else ())
