"""The newcomer's path through the whole factory, in a real browser: nothing here is played by a stand-in."""

import io
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.async_api import Browser, Locator, Page, expect

from tests.web.factory import PORTRAIT, Factory
from tests.web.stage import SENTENCES

PATIENCE_MS = 20_000
"""For what is drawn; it takes a second or two on two cores."""
EARLIER = """() => document.getElementById("transcript").insertAdjacentHTML(
  "beforebegin", '<p class="earlier"><a class="quiet" href="/?all=1">Show 13 earlier messages</a></p>')"""


@pytest.fixture
async def factory(chromium: Browser) -> AsyncIterator[Factory]:
    factory = Factory()
    try:
        await factory.start()
        yield factory
    finally:
        await factory.close()


@pytest.fixture
async def page(chromium: Browser, factory: Factory) -> AsyncIterator[Page]:
    """The open page. Whatever its script or its policy complains of fails the test."""
    context = await chromium.new_context(viewport={"width": 1280, "height": 900})
    page = await context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda word: complaints.append(word.text) if "Content Security Policy" in word.text else None)
    await page.goto(factory.address)
    yield page
    await context.close()
    assert complaints == []


async def _say(page: Page, text: str) -> None:
    await page.get_by_label(SENTENCES["message"], exact=True).fill(text)
    await page.get_by_role("button", name=SENTENCES["send"], exact=True).click()


async def _press(scope: Page | Locator, name: str) -> None:
    await scope.get_by_role("button", name=name).last.click()


async def _press_under_more(picture: Locator, name: str) -> None:
    await picture.locator("summary").click()
    await _press(picture, name)


async def _save(page: Page, name: str) -> tuple[str, bytes]:
    link = page.get_by_role("link", name=name).last
    await expect(link).to_be_visible(timeout=PATIENCE_MS)
    async with page.expect_download() as waiting:
        await link.click()
    download = await waiting.value
    return download.suggested_filename, _read(await download.path())


def _read(path: Path) -> bytes:
    return path.read_bytes()


async def _every_picture_is_there(page: Page) -> bool:
    """Decoded, not only asked for."""
    shown = page.locator(".line img")
    return bool(await shown.evaluate_all("all => Promise.all(all.map((one) => (one.loading = 'eager', one.decode())))"))


async def _told(page: Page) -> list[str]:
    return [" ".join(text.split()) for text in await page.locator(".line").all_inner_texts()]


async def test_a_newcomer_makes_edits_and_keeps_a_set_across_reload_and_restart(page: Page, factory: Factory) -> None:
    lines = page.locator(".line")
    variants = page.locator(".line").filter(has_text="4 of 4 are ready").locator(".picture")

    # One action to a free preview with the brief.
    await page.set_input_files("#picker", PORTRAIT)
    await _say(page, "I flew to space twice")
    brief = lines.filter(has=page.get_by_role("heading", name="Your brief"))
    await expect(brief.locator("img")).to_be_visible(timeout=PATIENCE_MS)
    await expect(brief).to_contain_text("“I flew to space twice”")
    await expect(brief).to_contain_text("YouTube 1280×720")

    # The second action to the set.
    await _press(brief, "Generate 4")
    await expect(page.locator(".kind-progress").or_(variants.first)).to_be_visible()
    await expect(variants).to_have_count(4, timeout=PATIENCE_MS)
    await expect(page.locator(".kind-progress")).to_have_count(0)
    sizes = await variants.locator("img").evaluate_all(
        "all => Promise.all(all.map((one) => one.decode().then(() => [one.naturalWidth, one.naturalHeight])))"
    )
    assert sizes == [[1280, 720]] * 4

    # What is folded away opens inside the narrowest window.
    await page.set_viewport_size({"width": 320, "height": 900})
    await variants.last.locator("summary").click()
    await expect(variants.last.locator(".sheet")).to_be_in_viewport(ratio=0.99)
    await page.keyboard.press("Escape")
    await page.set_viewport_size({"width": 1280, "height": 900})

    # What is typed after Edit text is the new headline; the field is ready for it.
    await _press(variants.first, "Edit text")
    await expect(page.get_by_label(SENTENCES["message"], exact=True)).to_be_focused()
    await page.keyboard.type("Back on earth")
    await page.keyboard.press("Enter")
    edited = lines.filter(has_text="Your new headline is set.")
    await expect(edited.locator("img")).to_be_visible(timeout=PATIENCE_MS)
    assert "Back on earth" in (await edited.locator("img").get_attribute("alt") or "")

    # Every pixel as a file.
    await _press_under_more(edited.locator(".picture"), "File")
    await _press(page, "PNG")
    name, data = await _save(page, ".png")
    assert name.endswith(".png")
    with Image.open(io.BytesIO(data)) as file:
        assert (file.format, file.size) == ("PNG", (1280, 720))

    # A reload shows what was there.
    told = await _told(page)
    await page.reload()
    assert await _told(page) == told
    assert await _every_picture_is_there(page)

    # A restart is a pause: the page says so, comes back by itself, and its old buttons work.
    await factory.stop()
    await expect(page.get_by_text(SENTENCES["reconnecting"])).to_be_visible(timeout=PATIENCE_MS)
    await factory.start()
    await expect(page.get_by_text(SENTENCES["reconnecting"])).to_be_hidden(timeout=PATIENCE_MS)
    assert await _told(page) == told
    await _press(variants.nth(2), "Re-roll")
    redrawn = lines.filter(has_text="Drawn anew.")
    await expect(redrawn.locator("img")).to_be_visible(timeout=PATIENCE_MS)
    assert "Variant 3" in (await redrawn.locator("img").get_attribute("alt") or "")
    # The brief that became the set keeps its picture and has nothing left to press.
    await expect(brief.locator("img")).to_be_visible()
    await expect(brief.get_by_role("button")).to_have_count(0)

    # A typed command brings its card below, as often as it is typed; the older one is history.
    for count in (1, 2):
        await _say(page, "/settings")
        cards = lines.filter(has=page.get_by_role("heading", name="Settings"))
        await expect(cards).to_have_count(count)
    await expect(lines.last).to_contain_text("Settings")
    await expect(cards.first.get_by_role("button")).to_have_count(0)
    await _press(cards.last, "Signature line")
    await expect(lines.last).to_contain_text("A small line on every thumbnail")


async def test_whoever_deletes_everything_is_told_so_and_begins_anew(page: Page, factory: Factory) -> None:
    await page.set_input_files("#picker", PORTRAIT)
    await _say(page, "Soon forgotten words")
    await expect(page.locator(".theirs img").last).to_be_visible(timeout=PATIENCE_MS)
    await page.evaluate(EARLIER)  # as the page of a long chat has it

    await _say(page, "/delete_me")
    await _press(page, "Yes, delete everything")

    lines = page.locator(".line")
    await expect(lines.filter(has_text="Gone for good")).to_be_visible(timeout=PATIENCE_MS)
    await expect(lines.filter(has_text="Soon forgotten words")).to_have_count(0)
    await expect(page.locator(".earlier a")).to_have_count(0)
    await page.wait_for_load_state("networkidle")
    await expect(lines.filter(has_text="Gone for good")).to_be_visible()
    await _say(page, "/version")
    await expect(lines.filter(has_text="0.1.0")).to_be_visible(timeout=PATIENCE_MS)


async def test_details_open_below_the_card_they_are_asked_for_on_and_nothing_stays_dead(page: Page) -> None:
    lines = page.locator(".line")
    brief = lines.filter(has=page.get_by_role("heading", name="Your brief"))
    await page.set_input_files("#picker", PORTRAIT)
    await _say(page, "I quit")
    await expect(brief.last.locator("img")).to_be_visible(timeout=PATIENCE_MS)
    await _press(brief.last, "Change details")
    await _press(page, "Creative")
    await _press(page, "Subtext")
    await _say(page, "Really")
    await expect(lines.last).to_contain_text("Subtext: Really")
    await _say(page, "I stayed")
    card = lines.filter(has_text="“I stayed”")
    await expect(card.last.locator("img")).to_be_visible(timeout=PATIENCE_MS)
    await _press(card.last, "Change details")
    await expect(lines.last).to_contain_text("What would you like to change?")
    await expect(lines.last).to_be_in_viewport()
    await expect(lines.filter(has_text="Subtext: Really").get_by_role("button")).to_have_count(0)
    await _press(card.last, "Change details")
    await expect(lines.last).to_contain_text("What would you like to change?")
    await expect(card.last.get_by_role("button", name="Change details")).to_be_enabled()
