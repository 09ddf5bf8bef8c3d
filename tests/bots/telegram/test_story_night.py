"""A link to a video becomes a brief on Telegram, and its set is drawn by tomorrow at half price, across a restart."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from pathlib import Path

from app.demo.gemini.service import GeminiStandIn
from tests.bots.telegram.test_story import DRAWN_WITHIN_S, HURRIED, PORTRAIT, Newcomer
from tests.factory import Running, running
from tests.gemini_server.server import gemini_server
from tests.telegram_server.person import Person
from tests.telegram_server.server import TelegramServer

VIDEO = "https://youtu.be/dQw4w9WgXcQ"
LOOK_S = 0.2


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
        overnight_look_seconds=LOOK_S,
    )


async def test_a_brief_from_a_video_is_drawn_overnight(
    database: str, tmp_path: Path, contracts: Path, telegram_server: TelegramServer, person: Person
) -> None:
    newcomer = Newcomer(person)
    async with gemini_server(contracts) as gemini:
        gemini.batch_looks = 1_000_000
        async with factory(database, tmp_path, telegram_server, gemini):
            newcomer.type(VIDEO)
            read = await person.wait_for("From your video:", DRAWN_WITHIN_S)
            for said in ("Message:", "Headline:", "Best moment: 0:00", "Read by Gemini 3.5 Flash-Lite."):
                assert said in read.text
            await newcomer.shown("Without a person")
            person.send_photo(PORTRAIT)
            card = await newcomer.shown("Generate 4 · 2 cr", "Tonight, half price · 1 cr")
            assert card.photo and "From your video:" in card.text
            newcomer.press("Tonight, half price · 1 cr", card)
            handed_in = await person.wait_for("Handed in for tonight", DRAWN_WITHIN_S)
            newcomer.type("/jobs")
            listed = await person.wait_for("Tonight's set")
            assert "it may take until tomorrow" in listed.text and "1 cr" in listed.text
        gemini.batch_looks = 1
        async with factory(database, tmp_path, telegram_server, gemini):
            sheet = await newcomer.shown("1", "4", "Download all")
            assert sheet.photo and "Paid: 1 credit." in sheet.text
            assert sheet.id > handed_in.id, "a message of its own, which rings"
            newcomer.type("/balance")
            assert "3 credits to spend." in (await person.wait_for("to spend")).text
            await newcomer.check()
        assert sum(call.verb == "batchGenerateContent" for call in gemini.calls) == 1
