"""Chats behave as Telegram's do when python-telegram-bot works on them."""

import io
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from PIL import Image
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, InputMediaDocument, InputMediaPhoto
from telegram.error import BadRequest, Forbidden, InvalidToken

from .person import Item, Person
from .sample import picture
from .server import TelegramServer


@pytest_asyncio.fixture
async def bot(telegram_server: TelegramServer) -> AsyncIterator[Bot]:
    one = Bot(telegram_server.token, base_url=telegram_server.base_url, base_file_url=telegram_server.base_file_url)
    async with one:
        yield one


def keyboard(*labels: str) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup([[InlineKeyboardButton(one, callback_data=f"v1:{one}")] for one in labels])


async def test_a_message_is_shown_edited_and_deleted(bot: Bot, person: Person) -> None:
    sent = await bot.send_message(42, "<b>Hello</b> &amp; welcome", parse_mode="HTML", reply_markup=keyboard("Go"))
    assert [(one.text, one.buttons[0].text) for one in person.from_bot] == [("Hello & welcome", "Go")]
    assert sent.text == "Hello & welcome"
    assert sent.entities[0].type == "bold"
    await sent.edit_text("Working…")
    assert [(one.text, one.buttons) for one in person.from_bot] == [("Working…", ())]
    await sent.delete()
    assert person.from_bot == []


async def test_an_edit_to_the_same_content_is_refused_but_no_violation(bot: Bot, person: Person) -> None:
    sent = await bot.send_photo(42, picture(), caption="one", filename="a.png", reply_markup=keyboard("Go"))
    with pytest.raises(BadRequest, match="not modified"):
        await sent.edit_caption("one", reply_markup=keyboard("Go"))
    again = InputMediaPhoto(sent.photo[-1].file_id, caption="one")
    with pytest.raises(BadRequest, match="not modified"):
        await sent.edit_media(again, reply_markup=keyboard("Go"))
    await sent.edit_media(InputMediaPhoto(picture(colour="red"), caption="one", filename="b.png"))
    assert person.from_bot[0].photo == picture(colour="red")


async def test_text_and_caption_are_edited_by_their_own_methods(bot: Bot, person: Person) -> None:
    text, photo = await bot.send_message(42, "x"), await bot.send_photo(42, picture(), filename="a.png")
    with pytest.raises(BadRequest, match="no caption"):
        await text.edit_caption("y")
    with pytest.raises(BadRequest, match="no text"):
        await photo.edit_text("y")
    assert len(person.from_bot) == 2


async def test_only_own_and_existing_messages_are_edited(
    bot: Bot, person: Person, telegram_server: TelegramServer
) -> None:
    theirs, sent = person.send_text("mine"), await bot.send_message(42, "x")
    person.delete(person.from_bot[0])
    with pytest.raises(BadRequest, match="not found"):
        await sent.edit_text("y")
    assert telegram_server.violations == []
    with pytest.raises(BadRequest, match="can't be edited"):
        await bot.edit_message_text("y", 42, theirs.id)
    with pytest.raises(BadRequest, match="not found"):
        await bot.edit_message_text("y", 42, 999)
    assert telegram_server.take_violations() == [
        "editMessageText: Bad Request: message can't be edited",
        "editMessageText: Bad Request: message to edit not found",
    ]


async def test_a_file_id_is_sent_again_without_upload(bot: Bot, person: Person) -> None:
    photo = await bot.send_photo(42, picture(), filename="a.png")
    document = await bot.send_document(42, picture(), filename="a.png")
    assert document.document is not None
    await bot.send_photo(42, photo.photo[-1].file_id)
    await bot.send_document(42, document.document.file_id)
    assert [one.photo or one.document for one in person.from_bot] == [picture()] * 4
    with pytest.raises(BadRequest, match="Wrong file identifier"):
        await bot.send_photo(42, "photo-99-unknown")
    with pytest.raises(BadRequest, match="type document as photo"):
        await bot.send_photo(42, document.document.file_id)


async def test_an_album_is_several_messages_of_one_group(bot: Bot, person: Person) -> None:
    media = [InputMediaPhoto(picture(colour=one), filename=f"{one}.png", caption=one) for one in ("red", "blue")]
    sent = await bot.send_media_group(42, media)
    assert len({one.media_group_id for one in sent}) == 1
    assert [(one.text, one.photo) for one in person.from_bot] == [
        ("red", picture(colour="red")),
        ("blue", picture(colour="blue")),
    ]


async def test_an_album_with_one_wrong_file_leaves_nothing_behind(bot: Bot, person: Person) -> None:
    media = [InputMediaDocument(picture(), filename="a.png"), InputMediaDocument("document-9-unknown")]
    with pytest.raises(BadRequest, match="Wrong file identifier"):
        await bot.send_media_group(42, media)
    assert person.from_bot == []


async def test_a_persons_photo_is_scaled_and_its_document_is_kept(bot: Bot, person: Person) -> None:
    large = picture(3000, 1500, kind="JPEG")
    photo, document = person.send_photo(large, "look"), person.send_document(large, "me.jpg", "image/jpeg")
    assert photo.attachment and document.attachment
    scaled = await (await bot.get_file(photo.attachment.file.file_id)).download_as_bytearray()
    kept = await (await bot.get_file(document.attachment.file.file_id)).download_as_bytearray()
    assert Image.open(io.BytesIO(scaled)).size == (1280, 640)
    assert bytes(kept) == large
    assert [one.size for one in photo.attachment.files] == [(320, 160), (1280, 640)]


async def test_files_over_20_megabytes_are_not_handed_out(bot: Bot, person: Person) -> None:
    sent = person.send_document(b"\0" * (20 * 1024 * 1024 + 1), "big.bin", "application/octet-stream")
    assert sent.attachment
    with pytest.raises(BadRequest, match="too big"):
        await bot.get_file(sent.attachment.file.file_id)
    with pytest.raises(BadRequest, match="Wrong file_id"):
        await bot.get_file("document-99-unknown")


async def test_a_press_is_answered_in_time_and_only_if_it_happened(
    bot: Bot, person: Person, telegram_server: TelegramServer
) -> None:
    await bot.send_message(42, "x", reply_markup=keyboard("Go"))
    first, second = person.press("Go"), person.press("Go")
    assert [one.id for one in telegram_server.world.unanswered()] == [first, second]
    await bot.answer_callback_query(first, "Working…")
    assert [one.text for one in person.toasts] == ["Working…"]
    telegram_server.world.advance(60)
    with pytest.raises(BadRequest, match="too old"):
        await bot.answer_callback_query(second)
    assert telegram_server.violations == []
    with pytest.raises(BadRequest, match="query id is invalid"):
        await bot.answer_callback_query("17")
    assert len(telegram_server.take_violations()) == 1


async def test_a_reply_needs_its_original(bot: Bot, person: Person) -> None:
    theirs = person.send_text("hello")
    sent = await bot.send_message(42, "hi", reply_to_message_id=theirs.id)
    assert sent.reply_to_message is not None
    person.delete(theirs)
    with pytest.raises(BadRequest, match="replied not found"):
        await bot.send_message(42, "hi", reply_to_message_id=theirs.id)
    assert (await bot.send_message(42, "hi", reply_to_message_id=theirs.id, allow_sending_without_reply=True)).text


async def test_strangers_and_people_who_blocked_the_bot_are_out_of_reach(bot: Bot, person: Person) -> None:
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.send_message(7, "x")
    person.block()
    with pytest.raises(Forbidden, match="blocked"):
        await bot.send_message(42, "x")
    person.unblock()
    await bot.send_message(42, "x")


async def test_after_48_hours_a_message_stays(bot: Bot, person: Person, telegram_server: TelegramServer) -> None:
    sent = await bot.send_message(42, "x")
    telegram_server.world.advance(49 * 3600)
    with pytest.raises(BadRequest, match="can't be deleted"):
        await sent.delete()
    assert len(person.from_bot) == 1


async def test_a_broken_rule_is_answered_400_and_remembered(bot: Bot, telegram_server: TelegramServer) -> None:
    markup = InlineKeyboardMarkup([[InlineKeyboardButton("x", callback_data="x" * 65)]])
    with pytest.raises(BadRequest, match="65 bytes"):
        await bot.send_message(42, "x", reply_markup=markup)
    with pytest.raises(BadRequest, match="not modelled"):
        await bot.send_dice(42)
    assert [one.partition(":")[0] for one in telegram_server.take_violations()] == ["sendMessage", "sendDice"]
    assert [(one.method, one.status) for one in telegram_server.calls] == [
        ("getMe", 200),
        ("sendMessage", 400),
        ("sendDice", 400),
    ]


async def test_a_wrong_token_is_refused(telegram_server: TelegramServer) -> None:
    stranger = Bot("123456:wrong", base_url=telegram_server.base_url)
    with pytest.raises(InvalidToken):
        await stranger.initialize()
    await stranger.shutdown()


async def test_commands_actions_drafts_and_reactions_are_seen(
    bot: Bot, person: Person, telegram_server: TelegramServer
) -> None:
    theirs = person.send_text("/start")
    await bot.set_my_commands([("start", "Begin")], language_code="de")
    assert [one.command for one in await bot.get_my_commands(language_code="de")] == ["start"]
    await bot.send_chat_action(42, "upload_photo")
    assert [one.name for one in person.chat.actions] == ["upload_photo"]
    await bot.send_message_draft(42, 7, "thinking")
    assert person.chat.draft == "thinking"
    await bot.set_message_reaction(42, theirs.id, "🎉")
    assert telegram_server.world.reactions[42, theirs.id] == [{"type": "emoji", "emoji": "🎉"}]


async def test_albums_of_people_are_separate_updates(person: Person, telegram_server: TelegramServer) -> None:
    named = Item(picture(), name="b.png", mime="image/png")
    sent = person.send_album([Item(picture(), "headline"), named, picture()])
    bodies = [one.body for one in telegram_server.mailbox.history]
    assert len({one["media_group_id"] for one in bodies}) == 1
    assert [one["message_id"] for one in bodies] == [one.id for one in sent]
    assert [("photo" in one, "document" in one) for one in bodies] == [(True, False), (False, True), (True, False)]
