"""A set by Gemini on Telegram: changed by replies across a restart, undone, and told about."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from pathlib import Path

from app.demo.gemini.service import GeminiStandIn
from tests.bots.telegram.test_story import DRAWN_WITHIN_S, HEADLINE, HURRIED, Newcomer
from tests.factory import Running, running
from tests.gemini_server.server import gemini_server
from tests.telegram_server.message import Message
from tests.telegram_server.person import Person
from tests.telegram_server.server import TelegramServer

GRANT, SET, EDIT = 10, 2, 1


def factory(
    database: str, home: Path, telegram: TelegramServer, gemini: GeminiStandIn
) -> AbstractAsyncContextManager[Running]:
    return running(
        database,
        home,
        telegram=telegram,
        pace=HURRIED,
        gemini_api_key="a-key",
        gemini_base_url=gemini.base_url,
        starter_grant=GRANT,
    )


async def changed(newcomer: Newcomer, picture: Message, words: str) -> Message:
    """A reply to the picture, confirmed at the price on the button."""
    newcomer.reply(picture, words)
    return await confirmed(newcomer)


async def confirmed(newcomer: Newcomer) -> Message:
    await newcomer.shown(f"Change it · {EDIT} cr", "New headline · free")
    newcomer.press(f"Change it · {EDIT} cr")
    return await newcomer.person.wait_for(
        lambda message: bool(message.photo) and "Paid: 1 credit." in message.text, DRAWN_WITHIN_S
    )


async def credits_of(newcomer: Newcomer) -> str:
    newcomer.type("/balance")
    return (await newcomer.person.wait_for("to spend")).text


async def test_a_set_by_gemini_is_changed_by_reply_across_a_restart_undone_and_told_about(
    database: str, tmp_path: Path, contracts: Path, telegram_server: TelegramServer, person: Person
) -> None:
    newcomer = Newcomer(person)
    async with gemini_server(contracts) as gemini:
        async with factory(database, tmp_path, telegram_server, gemini):
            await newcomer.preview()
            sheet = await newcomer.set()
            newcomer.press("2")
            shown = await newcomer.shown("Change picture · 1 cr", "File")
            assert "Drawn by a stand-in for tests in place of Nano Banana 2.1, not by a real model." in shown.text
            newcomer.reply(sheet, "darker background")
            await newcomer.shown("1", "4")
            newcomer.press("2")
            first = await confirmed(newcomer)
            assert first.photo != shown.photo
        async with factory(database, tmp_path, telegram_server, gemini):
            second = await changed(newcomer, first, "darker still")
            third = await changed(newcomer, second, "and once more")
            roles = [turn["role"] for turn in gemini.calls[-1].body["contents"]]
            assert roles == ["user", "model"] * 3 + ["user"]

            newcomer.press("Undo", third)
            undone = await person.wait_for("Back to the version before.", DRAWN_WITHIN_S)
            assert undone.photo == second.photo
            newcomer.press("Info", undone)
            info = await person.wait_for("How it was made")
            assert info.id > undone.id
            for said in (
                "Drawn by a stand-in for tests in place of Nano Banana 2.1, not by a real model.",
                "Changed: “darker still”",
                "Content credentials (C2PA): none in the model's file.",
                "Version 3 of 4",
            ):
                assert said in info.text
            assert f"{GRANT - SET - 3 * EDIT} credits to spend." in await credits_of(newcomer)

            newcomer.press("Change picture · 1 cr", undone)
            await newcomer.shown("Fix the face · 1 cr", "Darker background · 1 cr")
            newcomer.type("warmer light")
            fourth = await newcomer.shown("Undo", "Change picture")
            assert fourth.photo not in (second.photo, undone.photo)
            assert f"{GRANT - SET - 4 * EDIT} credits to spend." in await credits_of(newcomer)
            await newcomer.check()


async def test_a_search_is_told_with_links_and_the_picture_in_words_to_copy(
    database: str, tmp_path: Path, contracts: Path, telegram_server: TelegramServer, person: Person
) -> None:
    newcomer = Newcomer(person)
    async with gemini_server(contracts) as gemini, factory(database, tmp_path, telegram_server, gemini):
        card = await newcomer.preview()
        newcomer.press("Change details", card)
        await newcomer.shown("Credits and run")
        newcomer.press("Credits and run")
        await newcomer.shown("Look things up")
        newcomer.press("Look things up")
        await newcomer.shown("Yes", "No")
        newcomer.press("Yes")
        await person.wait_for("Look things up: Yes")
        sheet = await newcomer.set(card)
        assert f"Searched: {HEADLINE} ↗\nSource: example.com ↗" in sheet.text
        newcomer.press("1", sheet)
        newcomer.press("Info", await newcomer.shown("Edit text", "Info"))
        info = await person.wait_for("How it was made")
        links = {entity.url: info.text[entity.offset : entity.offset + entity.length] for entity in info.entities}
        assert links["https://www.google.com/search?q=I+flew+the+shuttle"] == f"Searched: {HEADLINE} ↗"
        assert links["https://example.com/"] == "Source: example.com ↗"
        newcomer.press("Alt text", info)
        told = await person.wait_for("Read by Gemini 3.5 Flash-Lite.", DRAWN_WITHIN_S)
        (code,) = [one for one in told.entities if one.kind == "code"]
        assert told.text[code.offset : code.offset + code.length].startswith("A thumbnail about ")
        assert not person.find("Looking at your picture")
        await newcomer.check()


async def test_a_reply_to_another_size_of_a_picture_changes_that_picture(
    database: str, tmp_path: Path, contracts: Path, telegram_server: TelegramServer, person: Person
) -> None:
    newcomer = Newcomer(person)
    async with gemini_server(contracts) as gemini, factory(database, tmp_path, telegram_server, gemini):
        await newcomer.preview()
        await newcomer.set()
        newcomer.press("3")
        newcomer.press("Other sizes", await newcomer.shown("Other sizes", "File"))
        newcomer.press("Instagram square", await newcomer.shown("Instagram square"))
        crop = await person.wait_for(
            lambda message: bool(message.photo) and message.text == "Instagram square", DRAWN_WITHIN_S
        )

        third = await changed(newcomer, crop, "darker background")

        assert "3. Drawn by a stand-in for tests in place of Nano Banana 2.1, not by a real model." in third.text
        assert [turn["role"] for turn in gemini.calls[-1].body["contents"]] == ["user", "model", "user"]


async def test_a_reply_to_one_photo_of_an_album_is_about_the_variant_it_shows(
    database: str, tmp_path: Path, contracts: Path, telegram_server: TelegramServer, person: Person
) -> None:
    newcomer = Newcomer(person)
    async with gemini_server(contracts) as gemini:
        async with factory(database, tmp_path, telegram_server, gemini):
            await newcomer.preview()
            await newcomer.set()
            newcomer.type("/gallery")
            await person.wait_for(lambda message: not message.photo and bool(message.buttons))
            photos = [message for message in person.from_bot if message.album]
            assert len(photos) == 4 and not any(message.buttons for message in photos)
        async with factory(database, tmp_path, telegram_server, gemini):
            for photo in photos[1:3]:
                newcomer.reply(photo, "darker background")
                asked = await newcomer.shown("Change it · 1 cr")
                assert f"the picture of {_named(photo)}: “darker background”?" in asked.text
            newcomer.reply(photos[3], "/refine")
            shown = await newcomer.shown("Edit text", "File")
            assert shown.photo == photos[3].photo


def _named(photo: Message) -> str:
    """ "variant 2", out of a gallery's caption."""
    return photo.text.partition(" · ")[2].partition(",")[0]
