"""What the Bot API's methods do to the world; calls arrive here only once contract and rules found no fault."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from .attachment import Attachment
from .markup import Entity, Parsed, parse
from .message import Message
from .refusal import Refusal
from .star import CHECKOUT_SECONDS
from .upload import DOWNLOAD_BYTES, Part
from .world import Action, Chat, Toast, World

QUERY_SECONDS = 15.0
"""How long a press may be answered. Undocumented; reports speak of 10-20 s."""
DELETE_SECONDS = 48 * 3600
_NOT_MODIFIED = (
    "Bad Request: message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)


@dataclass(frozen=True)
class Request:
    """A call: parameters as strings on the wire, files by part name."""

    method: str
    params: Mapping[str, str]
    parts: Mapping[str, Part]

    def decoded(self, name: str) -> Any:
        """A JSON parameter, None when not given."""
        return json.loads(self.params[name]) if name in self.params else None


Method = Callable[[World, Request], Any]


def _chat(world: World, request: Request) -> Chat:
    name = request.params["chat_id"]
    chat = world.chats.get(int(name)) if name.lstrip("-").isdigit() else None
    if chat is None:
        raise Refusal(400, "Bad Request: chat not found")
    if chat.blocked:
        raise Refusal(403, "Forbidden: bot was blocked by the user")
    return chat


def _words(scope: Mapping[str, Any], name: str, entities: str) -> Parsed:
    parsed = parse(str(scope.get(name, "")), scope.get("parse_mode"))
    given = scope.get(entities)
    if not given:
        return parsed
    listed = json.loads(given) if isinstance(given, str) else given
    own = tuple(Entity(one["type"], one["offset"], one["length"], one.get("url")) for one in listed)
    return replace(parsed, entities=own)


def _attachment(world: World, request: Request, kind: str, source: str) -> Attachment:
    """The file a parameter names: an uploaded part, or the id of a file already here."""
    part = request.parts.get(source.removeprefix("attach://"))
    if part is not None:
        return world.files.upload(kind, part.data, part.filename, part.content_type)
    if source.startswith(("http://", "https://")):
        raise Refusal(400, "Bad Request: this server fetches nothing by URL", blame=True)
    found = world.files.attachment(source)
    if found is None:
        raise Refusal(400, "Bad Request: wrong file identifier/HTTP URL specified")
    if found.kind != kind:
        raise Refusal(400, f"Bad Request: can't use file of type {found.kind.title()} as {kind.title()}")
    return found


def _reply_to(chat: Chat, request: Request) -> int | None:
    reply = request.decoded("reply_parameters")
    if reply is None:
        return None
    if reply["message_id"] not in chat.messages:
        if not reply.get("allow_sending_without_reply"):
            raise Refusal(400, "Bad Request: message to be replied not found")
        return None
    return int(reply["message_id"])


def _sent(world: World, chat: Chat, request: Request, words: Parsed, **content: Any) -> Message:
    chat.draft = None
    return world.message(
        chat, world.bot, text=words.text, entities=words.entities, reply_to=_reply_to(chat, request), **content
    )


def send_message(world: World, request: Request) -> Any:
    chat = _chat(world, request)
    words = _words(request.params, "text", "entities")
    return world.payload(_sent(world, chat, request, words, markup=request.decoded("reply_markup")))


def _sending(kind: str) -> Method:
    def send(world: World, request: Request) -> Any:
        chat = _chat(world, request)
        words = _words(request.params, "caption", "caption_entities")
        attachment = _attachment(world, request, kind, request.params.get(kind, f"attach://{kind}"))
        markup = request.decoded("reply_markup")
        return world.payload(_sent(world, chat, request, words, attachment=attachment, markup=markup))

    return send


def send_media_group(world: World, request: Request) -> Any:
    chat, items = _chat(world, request), request.decoded("media")
    # All or nothing: a wrong file id in the last item must leave no half of an album behind.
    attachments = [_attachment(world, request, one["type"], one["media"]) for one in items]
    album = world.album()
    return [
        world.payload(
            _sent(world, chat, request, _words(item, "caption", "caption_entities"), attachment=one, album=album)
        )
        for item, one in zip(items, attachments, strict=True)
    ]


def send_chat_action(world: World, request: Request) -> Any:
    chat = _chat(world, request)
    chat.actions.append(Action(request.params["action"], world.now()))
    chat.stir()
    return True


def send_message_draft(world: World, request: Request) -> Any:
    chat = _chat(world, request)
    chat.draft = _words(request.params, "text", "entities").text
    chat.stir()
    return True


def _editable(world: World, request: Request) -> Message:
    if "inline_message_id" in request.params:
        raise Refusal(400, "Bad Request: this server keeps no inline messages", blame=True)
    chat, number = _chat(world, request), int(request.params["message_id"])
    if number not in chat.messages:
        raise Refusal(400, "Bad Request: message to edit not found", blame=number not in chat.deleted)
    message = chat.messages[number]
    if message.sender != world.bot:
        raise Refusal(400, "Bad Request: message can't be edited", blame=True)
    return message


def _edited(world: World, request: Request, message: Message, **content: Any) -> Any:
    # Telegram takes the keyboard away when an edit does not repeat it.
    changed = replace(message, markup=request.decoded("reply_markup"), **content)
    if _looks(changed) == _looks(message):
        raise Refusal(400, _NOT_MODIFIED)
    changed = replace(changed, edited=int(world.now()), revision=world.next_revision())
    world.chats[message.chat_id].put(changed)
    return world.payload(changed)


def _looks(message: Message) -> tuple[object, ...]:
    files = message.attachment.file.unique_id if message.attachment else None
    rows = (message.markup or {}).get("inline_keyboard") or []
    return message.text, message.entities, files, message.attachment and message.attachment.kind, rows


def edit_message_text(world: World, request: Request) -> Any:
    message = _editable(world, request)
    if message.attachment:
        raise Refusal(400, "Bad Request: there is no text in the message to edit")
    words = _words(request.params, "text", "entities")
    return _edited(world, request, message, text=words.text, entities=words.entities)


def edit_message_caption(world: World, request: Request) -> Any:
    message = _editable(world, request)
    if not message.attachment:
        raise Refusal(400, "Bad Request: there is no caption in the message to edit")
    words = _words(request.params, "caption", "caption_entities")
    return _edited(world, request, message, text=words.text, entities=words.entities)


def edit_message_media(world: World, request: Request) -> Any:
    message, media = _editable(world, request), request.decoded("media")
    if message.album and message.attachment and {message.attachment.kind, media["type"]} not in (
        {"photo"}, {"video"}, {"photo", "video"}, {"document"},
    ):  # fmt: skip
        raise Refusal(400, "Bad Request: an album keeps its kind", blame=True)
    words = _words(media, "caption", "caption_entities")
    attachment = _attachment(world, request, media["type"], media["media"])
    return _edited(world, request, message, text=words.text, entities=words.entities, attachment=attachment)


def edit_message_reply_markup(world: World, request: Request) -> Any:
    return _edited(world, request, _editable(world, request))


def _delete(world: World, chat: Chat, number: int) -> None:
    message = chat.messages[number]
    if world.now() - message.date > DELETE_SECONDS:
        raise Refusal(400, "Bad Request: message can't be deleted for everyone")
    if message.sender != world.bot and chat.kind != "private":
        raise Refusal(400, "Bad Request: message can't be deleted", blame=True)
    chat.take(number)


def delete_message(world: World, request: Request) -> Any:
    chat, number = _chat(world, request), int(request.params["message_id"])
    if number not in chat.messages:
        raise Refusal(400, "Bad Request: message to delete not found", blame=number not in chat.deleted)
    _delete(world, chat, number)
    return True


def delete_messages(world: World, request: Request) -> Any:
    chat = _chat(world, request)
    for number in request.decoded("message_ids"):
        if number in chat.messages:  # the method skips what is not there
            _delete(world, chat, number)
    return True


def answer_callback_query(world: World, request: Request) -> Any:
    query = world.queries.get(request.params["callback_query_id"])
    if query is None or world.now() - query.at > QUERY_SECONDS:
        text = "Bad Request: query is too old and response timeout expired or query ID is invalid"
        raise Refusal(400, text, blame=query is None)
    alert = request.params.get("show_alert") == "true"
    query.answers.append(Toast(request.params.get("text", ""), alert, request.params.get("url")))
    world.chats[query.chat_id].stir()
    return True


def create_invoice_link(world: World, request: Request) -> Any:
    params = request.params
    period = int(params.get("subscription_period", 0))
    return world.stars.invoice(params["payload"], request.decoded("prices")[0]["amount"], params["currency"], period)


def answer_pre_checkout_query(world: World, request: Request) -> Any:
    query = world.stars.checkouts.get(request.params["pre_checkout_query_id"])
    late = query is not None and world.now() - query.at > CHECKOUT_SECONDS
    if query is None or late or query.answered.is_set():
        text = "Bad Request: query is too old and response timeout expired or query ID is invalid"
        raise Refusal(400, text, blame=not late)
    query.answer(ok=request.params["ok"] == "true", why=request.params.get("error_message", ""))
    return True


def refund_star_payment(world: World, request: Request) -> Any:
    charge = world.stars.charges.get(request.params["telegram_payment_charge_id"])
    if charge is None or str(charge.person["id"]) != request.params["user_id"]:
        raise Refusal(400, "Bad Request: CHARGE_NOT_FOUND")
    if charge.refunded_at is not None:
        raise Refusal(400, "Bad Request: CHARGE_ALREADY_REFUNDED")
    charge.refunded_at = world.now()
    return True


def edit_user_star_subscription(world: World, request: Request) -> Any:
    """Any of its charges names it: the Bot API says no more than "identifier for the subscription"."""
    charge = world.stars.charges.get(request.params["telegram_payment_charge_id"])
    if charge is None or not charge.invoice.period or str(charge.person["id"]) != request.params["user_id"]:
        raise Refusal(400, "Bad Request: CHARGE_NOT_FOUND")
    for one in world.stars.charges.values():
        if one.invoice.reference == charge.invoice.reference:
            one.cancelled = request.params["is_canceled"] == "true"
    return True


def get_star_transactions(world: World, request: Request) -> Any:
    offset, limit = int(request.params.get("offset", 0)), int(request.params.get("limit", 100))
    return {"transactions": world.stars.transactions()[offset : offset + limit]}


def get_file(world: World, request: Request) -> Any:
    file = world.files.by_id(request.params["file_id"])
    if file is None:
        raise Refusal(400, "Bad Request: wrong file_id or the file is temporarily unavailable")
    if len(file.data) > DOWNLOAD_BYTES:
        raise Refusal(400, "Bad Request: file is too big")
    return file.payload() | {"file_path": file.path}


def get_me(world: World, _request: Request) -> Any:
    abilities = {"can_join_groups": True, "can_read_all_group_messages": False, "supports_inline_queries": False}
    return world.bot.payload() | abilities


def _command_list(request: Request) -> tuple[str, str]:
    return request.params.get("scope", '{"type": "default"}'), request.params.get("language_code", "")


def set_my_commands(world: World, request: Request) -> Any:
    world.commands[_command_list(request)] = request.decoded("commands")
    return True


def get_my_commands(world: World, request: Request) -> Any:
    return world.commands.get(_command_list(request), [])


def delete_my_commands(world: World, request: Request) -> Any:
    world.commands.pop(_command_list(request), None)
    return True


def set_message_reaction(world: World, request: Request) -> Any:
    chat, number = _chat(world, request), int(request.params["message_id"])
    if number not in chat.messages:
        raise Refusal(400, "Bad Request: message to react not found", blame=number not in chat.deleted)
    world.reactions[chat.id, number] = request.decoded("reaction") or []
    chat.stir()
    return True


def set_profile(world: World, request: Request) -> Any:
    """Names, descriptions and the menu button: kept as said, for a test to read."""
    world.profile[request.method] = dict(request.params)
    return True


METHODS: dict[str, Method] = {
    "getMe": get_me,
    "sendMessage": send_message,
    "sendPhoto": _sending("photo"),
    "sendDocument": _sending("document"),
    "sendVideo": _sending("video"),
    "sendAnimation": _sending("animation"),
    "sendMediaGroup": send_media_group,
    "sendChatAction": send_chat_action,
    "sendMessageDraft": send_message_draft,
    "editMessageText": edit_message_text,
    "editMessageCaption": edit_message_caption,
    "editMessageMedia": edit_message_media,
    "editMessageReplyMarkup": edit_message_reply_markup,
    "deleteMessage": delete_message,
    "deleteMessages": delete_messages,
    "answerCallbackQuery": answer_callback_query,
    "createInvoiceLink": create_invoice_link,
    "answerPreCheckoutQuery": answer_pre_checkout_query,
    "refundStarPayment": refund_star_payment,
    "editUserStarSubscription": edit_user_star_subscription,
    "getStarTransactions": get_star_transactions,
    "getFile": get_file,
    "setMyCommands": set_my_commands,
    "getMyCommands": get_my_commands,
    "deleteMyCommands": delete_my_commands,
    "setMessageReaction": set_message_reaction,
    "setMyName": set_profile,
    "setMyDescription": set_profile,
    "setMyShortDescription": set_profile,
    "setChatMenuButton": set_profile,
}
