"""The README's picture of the browser chat, in a real Chromium: `python -m tests.web.screenshot` (from the root).

Writes `docs/browser-chat.png`: the page with the brief and a set of four.
"""

from __future__ import annotations

import asyncio
import io
import sys
from pathlib import Path

from PIL import Image
from playwright.async_api import Page, async_playwright, expect

from tests.web.browser import FLAGS, installed
from tests.web.factory import PORTRAIT, Factory
from tests.web.stage import SENTENCES

DOCS = Path(__file__).parents[2] / "docs"
WIDTH, HEIGHT = 1280, 1924
"""CSS pixels: tall enough for the brief and the set under it."""
COLOURS = 256
PATIENCE_MS = 20_000


async def main() -> None:
    chromium = installed()
    if chromium is None:
        sys.exit("No Chromium is installed.")
    factory = Factory()
    try:
        await factory.start()
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
            page = await browser.new_page(
                viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light", reduced_motion="reduce"
            )
            await page.goto(factory.address)
            await make_a_set(page)
            shot = await page.screenshot()
            await browser.close()
    finally:
        await factory.close()
    await asyncio.to_thread(write, shot)


async def make_a_set(page: Page) -> None:
    """Walk the newcomer's path; the page is left at its end."""
    await page.set_input_files("#picker", PORTRAIT)
    await page.get_by_label(SENTENCES["message"], exact=True).fill("I flew to space twice")
    await page.get_by_role("button", name=SENTENCES["send"], exact=True).click()
    await page.get_by_role("button", name="Generate 4").click(timeout=PATIENCE_MS)
    shown = page.locator(".line").last.locator(".picture img")
    await expect(shown).to_have_count(4, timeout=PATIENCE_MS)
    await shown.evaluate_all("all => Promise.all(all.map((one) => one.decode()))")
    await page.evaluate("document.activeElement.blur()")
    await page.mouse.move(0, 0)
    await page.evaluate("scrollTo(0, document.scrollingElement.scrollHeight)")


def write(shot: bytes) -> None:
    DOCS.mkdir(exist_ok=True)
    with Image.open(io.BytesIO(shot)) as page:
        # A palette keeps the page's type sharp at a third of the bytes.
        page.convert("RGB").quantize(COLOURS, dither=Image.Dither.FLOYDSTEINBERG).save(
            DOCS / "browser-chat.png", optimize=True
        )


if __name__ == "__main__":
    asyncio.run(main())
