"""SVG as Chromium shows it: the same picture, with words that can be found and selected."""

from pathlib import Path

import numpy as np
from PIL import Image
from playwright.async_api import async_playwright

from core.compose.export import svg
from core.compose.export.design import Design
from tests import tool
from tests.compose.export.picture import error
from tests.web.browser import FLAGS, NAMES


async def test_a_browser_shows_the_same_picture_and_finds_its_words(full: Design, tmp_path: Path) -> None:
    file, shot = tmp_path / "full.svg", tmp_path / "shot.png"
    file.write_bytes(svg.write(full))
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=tool.program(*NAMES), args=list(FLAGS))
        page = await browser.new_page(viewport={"width": full.width, "height": full.height})
        await page.goto(file.as_uri())
        await page.evaluate("document.fonts.ready")
        await page.screenshot(path=shot)
        words = await page.evaluate("[...document.querySelectorAll('text')].map(one => one.textContent)")
        loaded = await page.evaluate("[...document.fonts].every(one => one.status == 'loaded')")
        await browser.close()
    assert ["".join(text.split()) for text in words] == ["".join(text.string.split()) for text in full.texts]
    assert loaded
    assert error(np.asarray(Image.open(shot).convert("RGB")), full.picture) < 0.01
