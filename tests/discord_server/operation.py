"""What the API's operations do to the world; requests arrive here only once contract and rules found no fault."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from . import refusal
from .layout import media
from .refusal import Refusal
from .rules import File
from .world import (
    ANNOUNCEMENTS,
    APPLICATION_ID,
    COMPONENTS_V2,
    DIRECT,
    EPHEMERAL,
    FIRST_RESPONSE_SECONDS,
    LOADING,
    TEXT_CHANNEL,
    THREAD,
    TOKEN_SECONDS,
    USER_ONLY_FOLLOW_UPS,
    Channel,
    Interaction,
    Message,
    World,
    moment,
)

_ATTACHED = "attachment://"
_THREADED = frozenset({TEXT_CHANNEL, ANNOUNCEMENTS})
PONG, REPLY, DEFER, DEFER_UPDATE, UPDATE, COMPLETIONS, MODAL = 1, 4, 5, 6, 7, 8, 9
_ANSWERS = {
    2: frozenset({REPLY, DEFER, MODAL}),
    3: frozenset({REPLY, DEFER, DEFER_UPDATE, UPDATE, MODAL}),
    4: frozenset({COMPLETIONS}),
    5: frozenset({REPLY, DEFER, DEFER_UPDATE, UPDATE}),
}


@dataclass(frozen=True)
class Request:
    """A call: parameters of the path, query, decoded JSON, files by part name."""

    parameters: Mapping[str, str]
    query: Mapping[str, str]
    body: Any
    files: Mapping[str, File]


Operation = Callable[[World, Request], Any]
"""Returns what is answered as JSON; None is a 204."""


# -- interactions --------------------------------------------------------------------------------------------------


def respond(world: World, request: Request) -> Any:
    """The first response. Refuses late and second ones."""
    interaction = world.interactions.get(int(request.parameters["interaction_id"]))
    if interaction is None or interaction.token != request.parameters["interaction_token"]:
        raise refusal.unknown_interaction()
    if interaction.answered_as is not None:
        raise refusal.acknowledged()
    if world.now() - interaction.at > FIRST_RESPONSE_SECONDS:
        raise refusal.unknown_interaction()
    answer(world, interaction, request.body, request.files)
    if request.query.get("with_response") not in {"1", "true"}:
        return None
    known = {"id": str(interaction.id), "type": interaction.kind}
    if interaction.original is None:
        return {"interaction": known}
    stands = interaction.channel.messages[interaction.original]
    return {
        "interaction": known | {"response_message_id": str(stands.id)},
        "resource": {"type": request.body["type"], "message": world.payload(stands)},
    }


def answer(world: World, interaction: Interaction, body: Any, files: Mapping[str, File]) -> None:
    """What a first response does, whichever way it came."""
    kind, data = body["type"], body.get("data") or {}
    if kind not in _ANSWERS[interaction.kind]:
        raise _blamed(f"response {kind} to an interaction of kind {interaction.kind}")
    if kind in {DEFER_UPDATE, UPDATE} and interaction.message is None:
        raise _blamed(f"response {kind} without a message to change")
    match kind:
        case 4:
            made = _create(world, interaction.channel, data, files, interaction)
            interaction.original = made.id
        case 5:
            made = world.message(
                interaction.channel,
                world.bot,
                flags=LOADING | (data.get("flags") or 0),
                seen_by=interaction.user.id if (data.get("flags") or 0) & EPHEMERAL else None,
                interaction=interaction.id,
            )
            interaction.original = made.id
        case 6 | 7:
            assert interaction.message is not None
            interaction.original = interaction.message.id
            if kind == UPDATE:
                _edit(world, _standing(interaction.channel, interaction.original), data, files)
        case 8:
            interaction.choices = data["choices"]
        case 9:
            interaction.modal = data
    interaction.answered_as, interaction.answered_at = kind, world.now()
    interaction.channel.stir()


def _told(world: World, request: Request) -> Interaction:
    """The interaction of a token that is still good."""
    interaction = world.by_token(request.parameters["webhook_token"])
    if interaction is None or request.parameters["webhook_id"] != str(APPLICATION_ID):
        raise Refusal(404, refusal.UNKNOWN_WEBHOOK, "Unknown Webhook", blame=True)
    if interaction.expired or world.now() - interaction.at > TOKEN_SECONDS:
        raise refusal.expired_token()
    if interaction.answered_as is None:
        raise Refusal(404, refusal.UNKNOWN_WEBHOOK, "Unknown Webhook", blame=True)
    return interaction


def follow_up(world: World, request: Request) -> Any:
    interaction = _told(world, request)
    original = interaction.channel.messages.get(interaction.original or 0)
    if original is not None and original.thinking:
        # The first follow-up of a deferral takes its place, and its flags with it.
        return world.payload(_edit(world, original, request.body, request.files))
    if interaction.user_only and interaction.follow_ups >= USER_ONLY_FOLLOW_UPS:
        raise Refusal(400, refusal.FOLLOW_UPS_SPENT, "This interaction has reached the maximum number of follow-ups")
    interaction.follow_ups += 1
    return world.payload(_create(world, interaction.channel, request.body, request.files, interaction))


def _own(world: World, request: Request) -> Message:
    interaction = _told(world, request)
    name = request.parameters.get("message_id")
    if name is None:
        if interaction.original is None:
            raise refusal.unknown_message()
        return _standing(interaction.channel, interaction.original)
    message = _standing(interaction.channel, int(name))
    if message.interaction != interaction.id:
        raise refusal.unknown_message()
    return message


def edit_by_token(world: World, request: Request) -> Any:
    return world.payload(_edit(world, _own(world, request), request.body, request.files))


def read_by_token(world: World, request: Request) -> Any:
    return world.payload(_own(world, request))


def delete_by_token(world: World, request: Request) -> None:
    message = _own(world, request)
    world.channels[message.channel_id].take(message.id)


# -- channels ------------------------------------------------------------------------------------------------------


def _open(world: World, request: Request) -> Channel:
    """A channel the bot sees."""
    channel = world.channels.get(int(request.parameters["channel_id"]))
    if channel is None:
        raise Refusal(404, refusal.UNKNOWN_CHANNEL, "Unknown Channel")
    if channel.kind != DIRECT and not channel.installed:
        raise refusal.missing_access()
    return channel


def _writable(channel: Channel) -> None:
    if channel.blocked:
        raise refusal.cannot_write()
    if not channel.writable:
        raise refusal.missing_permissions()


def post(world: World, request: Request) -> Any:
    """A message of the bot's own. It opens an archived thread again, unless that was locked."""
    channel = _open(world, request)
    _writable(channel)
    if channel.archived and channel.locked:
        raise refusal.archived()
    channel.archived = False
    if (request.body.get("flags") or 0) & EPHEMERAL:
        raise _blamed("flags: only an interaction makes an ephemeral message")
    return world.payload(_create(world, channel, request.body, request.files, None))


def _bots(world: World, request: Request) -> Message:
    channel = _open(world, request)
    message = _standing(channel, int(request.parameters["message_id"]))
    if message.seen_by is not None:
        raise refusal.unknown_message()
    if message.author != world.bot:
        raise _blamed("Cannot edit a message authored by another user")
    if channel.blocked:
        raise refusal.cannot_write()
    if channel.archived:
        raise refusal.archived()
    return message


def edit(world: World, request: Request) -> Any:
    return world.payload(_edit(world, _bots(world, request), request.body, request.files))


def read(world: World, request: Request) -> Any:
    return world.payload(_standing(_open(world, request), int(request.parameters["message_id"])))


def delete(world: World, request: Request) -> None:
    message = _bots(world, request)
    world.channels[message.channel_id].take(message.id)


def describe_channel(world: World, request: Request) -> Any:
    return _open(world, request).payload()


def change_channel(world: World, request: Request) -> Any:
    channel = _open(world, request)
    if not channel.writable or (channel.locked and request.body.get("archived") is False):
        raise refusal.missing_permissions()
    channel.archived = bool(request.body.get("archived", channel.archived))
    return channel.payload()


def start_thread(world: World, request: Request) -> Any:
    parent = _open(world, request)
    _writable(parent)
    made = world.channel(
        THREAD, guild_id=parent.guild_id, name=request.body["name"], parent_id=parent.id, people=parent.people
    )
    return made.payload()


def start_thread_on(world: World, request: Request) -> Any:
    """A thread on a message of anybody's; it has the message's id."""
    parent = _open(world, request)
    message = _standing(parent, int(request.parameters["message_id"]))
    if parent.kind not in _THREADED:
        raise Refusal(400, refusal.WRONG_CHANNEL_TYPE, "Cannot execute action on this channel type", blame=True)
    if message.seen_by is not None:
        raise refusal.unknown_message()
    if not parent.threaded:
        raise refusal.missing_permissions()
    if message.id in world.channels:
        raise Refusal(400, refusal.HAS_THREAD, "A thread has already been created for this message")
    made = world.channel(
        THREAD, guild_id=parent.guild_id, name=request.body["name"], parent_id=parent.id, people=parent.people,
        number=message.id,
    )  # fmt: skip
    parent.stir()
    return made.payload()


def open_direct(world: World, request: Request) -> Any:
    wanted = int(request.body["recipient_id"])
    for channel in world.channels.values():
        if wanted in channel.people:
            return world.direct(channel.people[wanted]).payload()
    raise Refusal(400, refusal.INVALID_FORM, "Invalid Recipient(s)")


# -- messages ------------------------------------------------------------------------------------------------------


def _standing(channel: Channel, number: int) -> Message:
    message = channel.messages.get(number)
    if message is None:
        raise refusal.unknown_message()
    return message


def _create(
    world: World, channel: Channel, body: Mapping[str, Any], files: Mapping[str, File], made_by: Interaction | None
) -> Message:
    attachments = tuple(world.attach(one.filename, one.content_type, one.data) for one in files.values())
    components = tuple(body.get("components") or ())
    _referred(components, [one.filename for one in attachments])
    flags = body.get("flags") or 0
    if not (components or body.get("content") or attachments):
        raise _blamed("Cannot send an empty message")
    return world.message(
        channel,
        world.bot,
        content=body.get("content") or "",
        components=components,
        attachments=attachments,
        flags=flags,
        seen_by=made_by.user.id if made_by and flags & EPHEMERAL else None,
        interaction=made_by.id if made_by else None,
    )


def _edit(world: World, message: Message, body: Mapping[str, Any], files: Mapping[str, File]) -> Message:
    """What is not named stays; of attachments, with any named, only those named."""
    flags = body.get("flags")
    if flags is not None and message.flags & COMPONENTS_V2 and not flags & COMPONENTS_V2:
        raise _blamed("flags: IS_COMPONENTS_V2 cannot be taken back")
    named = body.get("attachments")
    known = {str(one.id): one for one in message.attachments}
    kept = (
        message.attachments
        if named is None
        else tuple(known[str(one["id"])] for one in named if str(one["id"]) in known)
    )
    new = [one for one in named or () if str(one["id"]) not in known and f"files[{one['id']}]" not in files]
    if new:
        raise _blamed(f"attachments: {new} were never there")
    added = tuple(world.attach(one.filename, one.content_type, one.data) for one in files.values())
    components = tuple(body["components"]) if body.get("components") is not None else message.components
    _referred(components, [one.filename for one in (*kept, *added)])
    keeping = message.flags & EPHEMERAL
    return world.change(
        message,
        content=body.get("content", message.content) or "",
        components=components,
        attachments=(*kept, *added),
        flags=keeping | ((flags if flags is not None else message.flags) & ~(EPHEMERAL | LOADING)),
    )


def _referred(components: tuple[dict[str, Any], ...], filenames: list[str]) -> None:
    """What is not referred to is not shown where components make up the message."""
    urls = {url.removeprefix(_ATTACHED) for url in media(components) if url.startswith(_ATTACHED)}
    if missing := urls - set(filenames):
        raise _blamed(f"components: {sorted(missing)} are no attachments of the message")
    if len(set(filenames)) != len(filenames):
        raise _blamed("attachments: two of the same name")
    if components and (hidden := set(filenames) - urls):
        raise _blamed(f"attachments: nobody sees {sorted(hidden)}")


def _blamed(text: str) -> Refusal:
    return Refusal(400, refusal.INVALID_FORM, f"Invalid Form Body: {text}", blame=True)


# -- the application -----------------------------------------------------------------------------------------------


def me(world: World, _: Request) -> Any:
    return world.bot.payload() | {"verified": True, "mfa_enabled": True, "locale": "en-US", "email": None}


def list_commands(world: World, _: Request) -> Any:
    return world.commands


def replace_commands(world: World, request: Request) -> Any:
    world.commands = [
        {"type": 1, "description": ""}
        | one
        | {"default_member_permissions": _text(one.get("default_member_permissions"))}
        | {"id": str(world.snowflake()), "application_id": str(APPLICATION_ID), "version": str(world.snowflake())}
        for one in request.body
    ]
    return world.commands


def list_entitlements(world: World, request: Request) -> Any:
    """Newest first; with `after`, oldest first. Refunded ones are left out unless asked for."""
    asked = request.query
    after, before = int(asked.get("after", 0)), int(asked.get("before", 1 << 63))
    rows = [
        one
        for one in world.entitlements.values()
        if after < one.id < before
        and (asked.get("exclude_deleted", "true") == "false" or not one.deleted)
        and asked.get("user_id", str(one.user_id)) == str(one.user_id)
        and ("sku_ids" not in asked or one.sku_id in asked["sku_ids"].split(","))
        and (asked.get("exclude_ended") != "true" or one.ends_at is None or one.ends_at > moment(world.now()))
    ]
    rows.sort(key=lambda one: one.id, reverse="after" not in asked)
    return [one.payload() for one in rows[: int(asked.get("limit", 100))]]


def list_subscriptions(world: World, request: Request) -> Any:
    """Newest first; of one person, or nobody's are told."""
    asked = request.query
    if "user_id" not in asked:
        raise _blamed("user_id is required")
    rows = [
        one
        for one in world.subscriptions.values()
        if request.parameters["sku_id"] in one.sku_ids and str(one.user_id) == asked["user_id"]
    ]
    rows.sort(key=lambda one: one.id, reverse=True)
    return [one.payload() for one in rows[: int(asked.get("limit", 50))]]


def _text(number: Any) -> Any:
    return None if number is None else str(number)


def consume(world: World, request: Request) -> None:
    one = world.entitlements.get(int(request.parameters["entitlement_id"]))
    if one is None or one.deleted:
        raise refusal.unknown_entitlement()
    if one.consumed:
        raise refusal.used_up()
    if one.ends_at is not None or one.kind == 8:
        raise _blamed("a subscription cannot be used up")
    one.consumed = True
    world.consumed.append(one.id)


_BY_TOKEN = "/webhooks/{webhook_id}/{webhook_token}"
_MESSAGE = "/channels/{channel_id}/messages/{message_id}"
OPERATIONS: dict[tuple[str, str], Operation] = {
    ("POST", "/interactions/{interaction_id}/{interaction_token}/callback"): respond,
    ("POST", _BY_TOKEN): follow_up,
    ("GET", f"{_BY_TOKEN}/messages/@original"): read_by_token,
    ("PATCH", f"{_BY_TOKEN}/messages/@original"): edit_by_token,
    ("DELETE", f"{_BY_TOKEN}/messages/@original"): delete_by_token,
    ("GET", f"{_BY_TOKEN}/messages/{{message_id}}"): read_by_token,
    ("PATCH", f"{_BY_TOKEN}/messages/{{message_id}}"): edit_by_token,
    ("DELETE", f"{_BY_TOKEN}/messages/{{message_id}}"): delete_by_token,
    ("POST", "/channels/{channel_id}/messages"): post,
    ("GET", _MESSAGE): read,
    ("PATCH", _MESSAGE): edit,
    ("DELETE", _MESSAGE): delete,
    ("GET", "/channels/{channel_id}"): describe_channel,
    ("PATCH", "/channels/{channel_id}"): change_channel,
    ("POST", "/channels/{channel_id}/threads"): start_thread,
    ("POST", f"{_MESSAGE}/threads"): start_thread_on,
    ("POST", "/users/@me/channels"): open_direct,
    ("GET", "/users/@me"): me,
    ("GET", "/applications/{application_id}/commands"): list_commands,
    ("PUT", "/applications/{application_id}/commands"): replace_commands,
    ("GET", "/applications/{application_id}/entitlements"): list_entitlements,
    ("POST", "/applications/{application_id}/entitlements/{entitlement_id}/consume"): consume,
    ("GET", "/skus/{sku_id}/subscriptions"): list_subscriptions,
}
