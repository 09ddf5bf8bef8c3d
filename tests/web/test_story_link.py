"""Two browsers that become one person's and part again, through the whole factory in a real browser."""

import re
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, expect

from tests.web.factory import PORTRAIT, Factory
from tests.web.stage import SENTENCES

PATIENCE_MS = 20_000


@pytest.fixture
async def factory(chromium: Browser) -> AsyncIterator[Factory]:
    factory = Factory()
    try:
        await factory.start()
        yield factory
    finally:
        await factory.close()


async def arrived(chromium: Browser, factory: Factory) -> Page:
    """Somebody of their own: another browser, as far as cookies go."""
    context = await chromium.new_context(viewport={"width": 900, "height": 1400}, color_scheme="light")
    page = await context.new_page()
    await page.goto(factory.address)
    return page


async def say(page: Page, text: str) -> None:
    await page.get_by_label(SENTENCES["message"], exact=True).fill(text)
    await page.get_by_role("button", name=SENTENCES["send"], exact=True).click()


async def press(page: Page, name: str) -> None:
    await page.get_by_role("button", name=name).last.click(timeout=PATIENCE_MS)


async def shows(page: Page, text: str) -> None:
    await expect(page.locator(".line").filter(has_text=text).last).to_be_visible(timeout=PATIENCE_MS)


async def test_a_page_joins_another_and_shows_its_chat_until_it_leaves(chromium: Browser, factory: Factory) -> None:
    first, second = await arrived(chromium, factory), await arrived(chromium, factory)
    await second.set_input_files("#picker", PORTRAIT)
    await say(second, "I flew to space twice")
    await press(second, "2 drafts")
    made = second.locator(".line").filter(has_text="2 of 2 are ready").locator(".picture")
    await expect(made).to_have_count(2, timeout=PATIENCE_MS)

    await say(first, "/link")
    code = first.locator(".take").last
    await expect(code).to_have_text(re.compile(r"/link [0-9A-Z]{4}-[0-9A-Z]{4}"))
    await say(second, await code.inner_text())
    await shows(second, "Link this chat?")
    await press(second, "Link the two")
    await shows(second, "Linked.")
    await shows(first, "has joined this one: browser")

    # What was made in the one is in both, and the page that joined still shows it.
    await say(first, "/gallery")
    await expect(first.locator(".line").last.locator(".picture")).to_have_count(2, timeout=PATIENCE_MS)
    await second.reload()
    await expect(made).to_have_count(2)
    await made.first.locator("img").evaluate("one => (one.loading = 'eager', one.decode())")
    await made.first.get_by_role("button", name="Edit text").click()
    await shows(second, "Type the new headline")

    # The page that leaves begins anew while it is looked at; what it asks for next is its own.
    await say(second, "/unlink")
    await press(second, "Yes, unlink it")
    await shows(second, "This chat starts afresh")
    await expect(made).to_have_count(0)
    await say(second, "/gallery")
    await expect(second.locator(".line").last.locator(".picture")).to_have_count(0)
    await say(first, "/unlink")
    await shows(first, "No other chat has joined this one.")
