"""A set by Gemini on Telegram: changed by replies across a restart, undone, and told about."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from pathlib import Path

from app.demo.gemini.service import GeminiStandIn
from tests.bots.telegram.test_story import DRAWN_WITHIN_S, HURRIED, Newcomer
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
            assert "Drawn by Nano Banana 2.1." in shown.text
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
                "Drawn by Nano Banana 2.1.",
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
