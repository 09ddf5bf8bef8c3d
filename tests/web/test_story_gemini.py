"""A set by Gemini and what is done to it, in a real browser, against the service's stand-in under Google's schema."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import psycopg
import pytest
from playwright.async_api import Browser, Locator, Page, expect

from app.demo.gemini.service import GeminiStandIn
from core.store.direct import DirectTransport
from core.store.wallet import Wallets
from tests.factory import SIGNING_KEY
from tests.gemini_server.server import gemini_server
from tests.web.factory import PORTRAIT, Factory
from tests.web.stage import SENTENCES

PATIENCE_MS = 30_000
BOUGHT, SET, EDIT = 10, 2, 1


@pytest.fixture
async def gemini(contracts: Path) -> AsyncIterator[GeminiStandIn]:
    async with gemini_server(contracts) as service:
        yield service


@pytest.fixture
async def factory(chromium: Browser, database: str, gemini: GeminiStandIn) -> AsyncIterator[Factory]:
    factory = Factory(
        DATABASE_URL=database, SIGNING_KEY=SIGNING_KEY, GEMINI_API_KEY="a-key", GEMINI_BASE_URL=gemini.base_url
    )
    try:
        await factory.start()
        yield factory
    finally:
        await factory.close()


@pytest.fixture
async def page(chromium: Browser, factory: Factory) -> AsyncIterator[Page]:
    context = await chromium.new_context(viewport={"width": 1280, "height": 900})
    page = await context.new_page()
    await page.goto(factory.address)
    yield page
    await context.close()


async def _say(page: Page, text: str) -> None:
    await page.get_by_label(SENTENCES["message"], exact=True).fill(text)
    await page.get_by_role("button", name=SENTENCES["send"], exact=True).click()


async def _press(scope: Page | Locator, name: str) -> None:
    await scope.get_by_role("button", name=name).last.click()


async def _changed(page: Page, picture: Locator, words: str, count: int) -> Locator:
    """What a reply to a picture, confirmed at its price, makes of it. `count`: how many changes that are then."""
    await picture.get_by_role("button", name="Write about").click()
    await _say(page, words)
    await expect(page.locator(".line").last).to_contain_text(f"“{words}”?")
    await _press(page.locator(".line").last, f"Change it · {EDIT} cr")
    done = page.locator(".line").filter(has_text="Changed. Undo brings")
    await expect(done).to_have_count(count, timeout=PATIENCE_MS)
    await expect(done.last).to_contain_text("Paid: 1 credit.")
    return done.nth(count - 1).locator(".picture")


async def _bought(database: str) -> None:
    """Credits for the one who has just come."""
    with psycopg.connect(database) as connection:
        ((user_id,),) = connection.execute("select user_id::text from tf.identity").fetchall()
    transport = await DirectTransport(database, size=1).open()
    try:
        await Wallets(transport).topup(user_id, BOUGHT, key="bought")
    finally:
        await transport.close()


def _credits(database: str) -> int:
    with psycopg.connect(database) as connection:
        ((left, held),) = connection.execute("select sum(purchased), sum(held) from tf.wallet").fetchall()
    assert held == 0
    return int(left)


async def test_a_set_by_gemini_is_changed_by_reply_across_a_restart_undone_and_told_about(
    page: Page, factory: Factory, database: str
) -> None:
    lines = page.locator(".line")
    await page.set_input_files("#picker", PORTRAIT)
    await _say(page, "I flew to space twice")
    brief = lines.filter(has=page.get_by_role("heading", name="Your brief"))
    await expect(brief.locator("img")).to_be_visible(timeout=PATIENCE_MS)
    await expect(brief).to_contain_text("2 credits. Drawn by Nano Banana 2.1.")
    await _bought(database)

    await _press(brief, f"Generate 4 · {SET} cr")
    variants = lines.filter(has_text="4 of 4 are ready").locator(".picture")
    await expect(variants).to_have_count(4, timeout=PATIENCE_MS)
    assert "A stand-in's picture" in (await variants.first.locator("img").get_attribute("alt") or "")

    first = await _changed(page, variants.nth(1), "darker background", 1)
    await factory.stop()
    await factory.start()
    await expect(page.get_by_text(SENTENCES["reconnecting"])).to_be_hidden(timeout=PATIENCE_MS)
    second = await _changed(page, first, "darker still", 2)
    third = await _changed(page, second, "and once more", 3)

    await third.locator("summary").click()
    await _press(third, "Undo")
    undone = lines.filter(has_text="Back to the version before.")
    shown = undone.locator("img")
    await expect(shown).to_be_visible(timeout=PATIENCE_MS)
    assert await shown.get_attribute("src") == await second.locator("img").get_attribute("src")

    await undone.locator("summary").click()
    await _press(undone, "Info")
    info = lines.filter(has=page.get_by_role("heading", name="How it was made"))
    for said in (
        "Drawn by Nano Banana 2.1.",
        "Changed: “darker still”",
        "Price: 1 cr",
        "Content credentials (C2PA): none in the model's file.",
        "SynthID: not declared; only Google's own detector could tell.",
        "Version 3 of 4",
    ):
        await expect(info).to_contain_text(said)
    assert _credits(database) == BOUGHT - SET - 3 * EDIT
