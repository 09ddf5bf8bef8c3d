"""A set by Gemini and what is done to it, in a real browser, against the service's stand-in under Google's schema."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import psycopg
import pytest
from playwright.async_api import Browser, Locator, Page, expect

from app.demo.gemini.service import GeminiStandIn
from core.store.direct import DirectTransport
from tests.factory import SIGNING_KEY
from tests.gemini_server.server import gemini_server
from tests.store.till import Till
from tests.web.factory import PORTRAIT, Factory
from tests.web.stage import SENTENCES

PATIENCE_MS = 30_000
STILL_FRAMES = 20
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


async def _rest(page: Page) -> None:
    """Wait until nothing scrolls. Chromium hands a press to the process of the frame it last knew in that place:
    one during a scroll may land in a search chip that has long moved away, and nobody else hears of it."""
    await page.evaluate(
        """frames => new Promise(done => {
            let last = null, still = 0;
            const look = () => {
                still = scrollY === last ? still + 1 : 0;
                last = scrollY;
                still < frames ? requestAnimationFrame(look) : done();
            };
            look();
        })""",
        STILL_FRAMES,
    )


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
        await Till(transport).topup(user_id, BOUGHT, key="bought")
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

    await _press(third, "Undo")  # in sight, under nothing folded
    undone = lines.filter(has_text="Back to the version before.")
    shown = undone.locator("img")
    await expect(shown).to_be_visible(timeout=PATIENCE_MS)
    assert await shown.get_attribute("src") == await second.locator("img").get_attribute("src")

    await undone.locator("summary").click()
    await _press(undone, "Info")
    info = lines.filter(has=page.get_by_role("heading", name="How it was made"))
    for said in (
        "Drawn by a stand-in for tests in place of Nano Banana 2.1, not by a real model.",
        "Changed: “darker still”",
        "Price: 1 cr",
        "Content credentials (C2PA): none in the model's file.",
        "SynthID: not declared; only Google's own detector could tell.",
        "Version 3 of 4",
    ):
        await expect(info).to_contain_text(said)
    assert _credits(database) == BOUGHT - SET - 3 * EDIT


async def test_what_a_model_searched_for_is_shown_as_google_wants_it_and_the_picture_in_words(
    page: Page, factory: Factory, database: str, gemini: GeminiStandIn
) -> None:
    complaints: list[str] = []
    page.on("console", lambda word: complaints.append(word.text))
    lines = page.locator(".line")
    await page.set_input_files("#picker", PORTRAIT)
    await _say(page, "I flew to space twice")
    brief = lines.filter(has=page.get_by_role("heading", name="Your brief"))
    await expect(brief.locator("img")).to_be_visible(timeout=PATIENCE_MS)
    await _bought(database)
    for label in ("Change details", "Credits and run", "Look things up", "Yes"):
        await _press(page, label)
    await expect(lines.filter(has_text="Look things up: Yes")).to_be_visible()
    await _press(page, f"Generate 4 · {SET} cr")
    done = lines.filter(has_text="4 of 4 are ready")
    await expect(done.locator("iframe")).to_have_count(1, timeout=PATIENCE_MS)

    await _rest(page)
    await done.locator(".picture").first.locator("summary").click()
    await _press(done.locator(".picture").first, "Info")
    info = lines.filter(has=page.get_by_role("heading", name="How it was made"))
    await expect(info).to_contain_text("In its painter's words: “A stand-in's picture of the person in the photo")
    link = info.get_by_role("link", name="I flew to space twice ↗")
    await expect(link).to_have_attribute("href", "https://www.google.com/search?q=I+flew+to+space+twice")
    chip = info.frame_locator("iframe").locator("a.chip")
    await expect(chip).to_have_text("I flew to space twice")
    frame = page.frames[-1]
    assert await frame.evaluate("self.origin") == "null"
    assert await chip.evaluate("one => getComputedStyle(one).borderRadius") == "16px"
    tall = await frame.evaluate("[document.documentElement.scrollHeight, innerHeight]")
    assert tall[0] <= tall[1]

    await _rest(page)
    await _press(info, "Alt text")
    alt = lines.filter(has=page.get_by_role("heading", name="Alt text"))
    await expect(alt).to_contain_text("Read by Gemini 3.5 Flash-Lite.", timeout=PATIENCE_MS)
    await expect(alt.locator(".take")).to_have_text(re.compile("^A thumbnail about .*flew space twice"))
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await _press(alt, "Copy")
    assert await page.evaluate("navigator.clipboard.readText()") == await alt.locator(".take").inner_text()
    assert [one for one in complaints if "Content Security Policy" in one] == []
