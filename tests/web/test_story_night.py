"""A link to a video becomes a brief in a phone's browser, and its set is drawn by tomorrow at half price."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from app.demo.gemini.service import GeminiStandIn
from tests.factory import SIGNING_KEY
from tests.gemini_server.server import gemini_server
from tests.web.factory import PORTRAIT, Factory
from tests.web.stage import SENTENCES
from tests.web.test_story_gemini import BOUGHT, PATIENCE_MS, _bought, _credits, _press, _say

VIDEO = "https://youtu.be/dQw4w9WgXcQ"
NIGHT = 1


@pytest.fixture
async def gemini(contracts: Path) -> AsyncIterator[GeminiStandIn]:
    async with gemini_server(contracts) as service:
        service.batch_looks = 1_000_000
        yield service


@pytest.fixture
async def factory(chromium: Browser, database: str, gemini: GeminiStandIn) -> AsyncIterator[Factory]:
    factory = Factory(
        DATABASE_URL=database,
        SIGNING_KEY=SIGNING_KEY,
        GEMINI_API_KEY="a-key",
        GEMINI_BASE_URL=gemini.base_url,
        OVERNIGHT_LOOK_SECONDS="0.2",
    )
    try:
        await factory.start()
        yield factory
    finally:
        await factory.close()


@pytest.fixture
async def page(chromium: Browser, factory: Factory) -> AsyncIterator[Page]:
    context = await chromium.new_context(viewport={"width": 390, "height": 844})
    page = await context.new_page()
    await page.goto(factory.address)
    yield page
    await context.close()


async def test_a_brief_from_a_video_is_drawn_overnight_across_a_restart(
    page: Page, factory: Factory, database: str, gemini: GeminiStandIn
) -> None:
    lines = page.locator(".line")
    await _say(page, VIDEO)
    read = lines.filter(has_text="From your video:").first
    await expect(read).to_contain_text("Read by Gemini 3.5 Flash-Lite.", timeout=PATIENCE_MS)
    await page.set_input_files("#picker", PORTRAIT)
    await page.get_by_role("button", name=SENTENCES["send"], exact=True).click()
    brief = lines.filter(has=page.get_by_role("heading", name="Your brief"))
    await expect(brief.locator("img")).to_be_visible(timeout=PATIENCE_MS)
    await _bought(database)

    await _press(brief, f"Tonight, half price · {NIGHT} cr")
    await expect(lines.filter(has_text="Handed in for tonight")).to_have_count(1, timeout=PATIENCE_MS)
    await factory.stop()
    gemini.batch_looks = 1
    await factory.start()

    variants = lines.filter(has_text="4 of 4 are ready").locator(".picture")
    await expect(variants).to_have_count(4, timeout=PATIENCE_MS)
    await expect(lines.filter(has_text="4 of 4 are ready")).to_contain_text("Paid: 1 credit.")
    await expect(lines.last).to_contain_text("4 of 4 are ready")
    waited = lines.filter(has_text="Handed in for tonight")
    await expect(waited.get_by_role("button")).to_have_count(0, timeout=PATIENCE_MS)
    assert _credits(database) == BOUGHT - NIGHT
