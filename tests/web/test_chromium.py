"""The page in a real browser, with the scripted desk behind it."""

import asyncio
import base64
import importlib.util
import os
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, FileChooser, Page, expect

from core.conversation import texts
from core.conversation.action import Run
from core.conversation.event import PhotosSent, Pressed
from core.conversation.view import Button, GalleryView, Picture, Row, TextView, View
from core.domain.format import MEGABYTE, UPLOAD_BYTES
from core.domain.record import to_record
from tests.web.stage import SENTENCES, Stage

PHONE = {"width": 390, "height": 844}
DROP = """({name, data, kind}) => {
  const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
  const carrier = new DataTransfer();
  carrier.items.add(new File([bytes], name, {type: "image/jpeg"}));
  const event = kind === "paste"
    ? new ClipboardEvent("paste", {clipboardData: carrier, bubbles: true, cancelable: true})
    : new DragEvent(kind, {dataTransfer: carrier, bubbles: true, cancelable: true});
  document.body.dispatchEvent(event);
}"""

HUGE = """(bytes) => {
  const carrier = new DataTransfer();
  carrier.items.add(new File([new Uint8Array(bytes)], "huge.jpg", {type: "image/jpeg"}));
  document.body.dispatchEvent(new DragEvent("drop", {dataTransfer: carrier, bubbles: true, cancelable: true}));
}"""


@pytest.fixture
async def page(chromium: Browser, stage: Stage) -> AsyncIterator[Page]:
    """The page, open. Whatever its script or its policy complains of fails the test."""
    context = await chromium.new_context(viewport={"width": 1280, "height": 900})
    page = await context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda word: complaints.append(word.text) if "Content Security Policy" in word.text else None)
    await page.goto(stage.address)
    yield page
    await context.close()
    assert complaints == []


async def _carry(page: Page, data: str, kind: str) -> None:
    await page.evaluate(DROP, {"name": "selfie.jpg", "data": data, "kind": kind})


@pytest.fixture
def encoded(portrait: Path) -> str:
    return base64.b64encode(portrait.read_bytes()).decode()


def _starts_like_a_jpeg(path: Path) -> bool:
    return path.read_bytes().startswith(b"\xff\xd8")


async def _preview(page: Page, portrait: Path, headline: str = "I quit my job") -> None:
    await page.set_input_files("#picker", portrait)
    await page.get_by_label(SENTENCES["message"], exact=True).fill(headline)
    await page.get_by_role("button", name=SENTENCES["send"]).click()
    await expect(page.get_by_role("heading", name="Your free preview")).to_be_visible()


async def _set_of_four(page: Page, portrait: Path) -> None:
    await _preview(page, portrait)
    await page.get_by_role("button", name="Generate 4").click()
    await expect(page.get_by_role("heading", name="Four proposals")).to_be_visible()


async def test_the_whole_story_from_selfie_to_file(page: Page, stage: Stage, portrait: Path) -> None:
    await expect(page.get_by_text(SENTENCES["welcome_title"])).to_be_visible()
    await _set_of_four(page, portrait)
    await expect(page.get_by_text(SENTENCES["welcome_title"])).to_be_hidden()
    last = page.locator(".line").last
    await expect(last.locator("img")).to_have_count(4)
    assert await last.locator("img").evaluate_all("all => all.every((one) => one.complete && one.naturalWidth)")
    await last.get_by_role("button", name="Edit text").first.click()
    await expect(page.get_by_placeholder(SENTENCES["placeholder_answer"])).to_be_visible()
    await page.get_by_label(SENTENCES["message"], exact=True).fill("I got a new one")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="with the new headline")).to_be_visible()
    await page.get_by_role("button", name="File").last.click()
    async with page.expect_download() as waiting:
        await page.get_by_role("link", name="thumbnail-v1.jpg").click()
    download = await waiting.value
    assert download.suggested_filename == "thumbnail-v1.jpg"
    assert _starts_like_a_jpeg(await download.path())
    lines = await page.locator(".line").all_inner_texts()
    await page.reload()
    assert await page.locator(".line").all_inner_texts() == lines


@pytest.mark.parametrize("kind", ["drop", "paste"])
async def test_pictures_come_by_drop_and_by_paste(page: Page, stage: Stage, encoded: str, kind: str) -> None:
    if kind == "drop":
        await _carry(page, encoded, "dragenter")
        await expect(page.locator("#drop")).to_be_visible()
    await _carry(page, encoded, kind)
    await expect(page.locator("#drop")).to_be_hidden()
    await _carry(page, encoded, kind)
    await expect(page.locator("#tray li")).to_have_count(2)
    await page.keyboard.type("Dropped in")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Your free preview")).to_be_visible()
    (event,) = stage.desk.taken.values()
    assert isinstance(event, PhotosSent)
    assert len(event.photos) == 2


async def test_a_file_that_is_too_large_is_refused_before_it_is_sent(page: Page, stage: Stage, portrait: Path) -> None:
    await page.evaluate(HUGE, stage.options.upload_bytes + 1)
    said = texts.speaker("en").say("refusal.too_large", megabytes=UPLOAD_BYTES // MEGABYTE)
    await expect(page.locator("#toasts")).to_contain_text(said)
    await expect(page.locator("#tray")).to_be_hidden()
    await page.set_input_files("#picker", portrait)
    await expect(page.locator("#tray li")).to_have_count(1)


async def test_a_picture_can_be_taken_back_before_sending(page: Page, portrait: Path) -> None:
    await page.set_input_files("#picker", [portrait, portrait])
    await page.get_by_role("button", name=SENTENCES["tray_drop"]).first.click()
    await expect(page.locator("#tray li")).to_have_count(1)
    await expect(page.get_by_label(SENTENCES["message"], exact=True)).to_be_focused()


async def test_chips_show_the_choice_and_keep_the_focus(page: Page, portrait: Path) -> None:
    await _preview(page, portrait)
    await page.get_by_role("button", name="Change details").click()
    chip = page.get_by_role("button", name="Cinematic")
    await chip.click()
    await expect(chip).to_have_attribute("aria-pressed", "true")
    await expect(chip).to_be_focused()
    await expect(page.get_by_role("button", name="Bold")).to_have_attribute("aria-pressed", "false")


async def test_a_double_click_presses_once(page: Page, stage: Stage, portrait: Path) -> None:
    await _preview(page, portrait)
    await page.get_by_role("button", name="Generate 4").dblclick()
    await expect(page.get_by_role("heading", name="Four proposals")).to_be_visible()
    assert sum(isinstance(event, Pressed) for event in stage.desk.taken.values()) == 1


async def test_a_toast_answers_and_goes(page: Page, portrait: Path) -> None:
    await _set_of_four(page, portrait)
    await page.get_by_label(SENTENCES["more"], exact=True).or_(page.locator(".tools summary")).nth(1).click()
    await page.get_by_role("button", name="Pin").first.click()
    toast = page.get_by_text("Pinned: it stays.")
    await expect(toast).to_be_visible()
    await toast.click()
    await expect(toast).to_have_count(0)


async def test_more_stands_beside_another_button_at_every_width(page: Page, portrait: Path) -> None:
    await _set_of_four(page, portrait)
    beside = "all => all.filter((one) => one.offsetTop === one.previousElementSibling.offsetTop).length"
    for width in range(320, 1281, 60):
        await page.set_viewport_size({"width": width, "height": 900})
        assert await page.locator(".tools .more").evaluate_all(beside) == 4, width
        assert await page.evaluate("document.documentElement.scrollWidth") == width


async def test_the_viewer_shows_every_pixel_and_gives_the_focus_back(page: Page, portrait: Path) -> None:
    await _set_of_four(page, portrait)
    links = page.locator(".line").last.locator("a[data-view]")
    await links.first.click()
    picture = page.locator("#viewer-picture")
    await expect(picture).to_be_visible()
    assert await picture.evaluate("one => one.decode().then(() => one.width === one.naturalWidth)")
    await page.get_by_role("button", name=SENTENCES["next"]).click()
    assert await picture.evaluate("one => one.src") == await links.nth(1).evaluate("one => one.href")
    await page.keyboard.press("Escape")
    await expect(page.locator("#viewer")).to_be_hidden()
    await expect(links.nth(1)).to_be_focused()


async def test_a_restart_of_the_server_loses_nothing_and_is_mentioned_discreetly(
    page: Page, stage: Stage, portrait: Path
) -> None:
    await _preview(page, portrait)
    await stage.stop()
    await expect(page.get_by_text(SENTENCES["reconnecting"])).to_be_visible(timeout=10_000)
    await page.get_by_role("button", name="Generate 4").click()
    await expect(page.get_by_text(SENTENCES["offline"])).to_be_visible()
    await stage.start()
    await expect(page.get_by_role("heading", name="Four proposals")).to_be_visible(timeout=20_000)
    await expect(page.get_by_text(SENTENCES["reconnecting"])).to_be_hidden()
    assert sum(isinstance(event, Pressed) for event in stage.desk.taken.values()) == 1


class Answers:
    """Lines as the factory writes them, whatever the scripted desk would say."""

    def __init__(self, stage: Stage, page: Page) -> None:
        self._stage, self._page = stage, page
        (self.place,) = stage.transcript.lines

    async def put(self, key: str, view: View) -> None:
        seq = await self._stage.transcript.write(self.place, key, to_record(view), by_person=False)
        self._stage.bell.ring(self.place)
        revision = self._stage.transcript.lines[self.place][key].revision
        await self._page.wait_for_function(
            "([seq, revision]) => document.getElementById(`line-${seq}`) && document.body.dataset.cursor >= revision",
            arg=[seq, revision],
        )

    async def is_in_view(self, words: str, *, whole: bool = True) -> bool:
        """Whether the line stands between the bar and the composer (a long one: begins there in the upper half), once
        scrolling has come to rest."""
        stands: bool = await self._page.evaluate(
            """async ([words, whole]) => {
              for (let before = -1; before !== scrollY; ) {
                before = scrollY;
                await new Promise(requestAnimationFrame);
                await new Promise((resolve) => setTimeout(resolve, 250));
              }
              const line = [...document.querySelectorAll(".line")].findLast((one) => one.textContent.includes(words));
              const box = line.getBoundingClientRect();
              const [bar, dock] = [document.querySelector(".top"), document.querySelector(".dock")];
              const end = whole ? box.bottom <= dock.getBoundingClientRect().top : box.top < innerHeight / 2;
              return box.top >= bar.getBoundingClientRect().bottom && end;
            }""",
            [words, whole],
        )
        return stands


async def _typed(page: Page, words: str) -> None:
    await page.get_by_label(SENTENCES["message"], exact=True).fill(words)
    await page.get_by_role("button", name=SENTENCES["send"]).click()
    await expect(page.locator(".line").get_by_text(f"“{words}” it is.")).to_be_visible()


async def test_an_older_panel_that_loses_its_buttons_does_not_scroll_the_page_away_from_the_answer(
    page: Page, stage: Stage
) -> None:
    await _typed(page, "Hello")
    answers = Answers(stage, page)
    panel = TextView(title="Settings", text="A line.\n" * 6, rows=(Row((Button("Vibe", Run("settings").pack()),)),))
    await answers.put("old", panel)
    for number in range(12):
        await answers.put(f"between-{number}", TextView(text=f"Something else {number}\n" * 4))
    await _typed(page, "Again")
    await answers.put("new", TextView(title="Settings", text="asked for again"))
    await answers.put("old", TextView(title="Settings", text=panel.text))
    assert await answers.is_in_view("asked for again")


async def test_a_long_answer_stays_at_its_beginning_when_what_is_above_shrinks(page: Page, stage: Stage) -> None:
    await _typed(page, "Hello")
    answers = Answers(stage, page)
    tall = (Row((Button("Vibe", Run("settings").pack()),)),) * 20
    await answers.put("old", TextView(title="Gallery", text="before", rows=tall))
    await _typed(page, "Again")
    await answers.put("new", TextView(title="Gallery", text="asked for again\n" * 60))
    await answers.put("old", TextView(title="Gallery", text="before"))
    assert await answers.is_in_view("asked for again", whole=False)


@pytest.mark.parametrize("sized", [True, False], ids=["of a known size", "of no known size"])
async def test_an_answer_with_a_picture_stands_above_the_composer(page: Page, stage: Stage, sized: bool) -> None:
    await _typed(page, "Hello")
    answers = Answers(stage, page)
    for number in range(12):
        await answers.put(f"between-{number}", TextView(text=f"Something else {number}\n" * 4))
    await _typed(page, "Again")
    asset = stage.desk.keep(answers.place, stage.artist("FEED", 1), "image/jpeg", (1280, 720))
    width, height = (1280, 720) if sized else (0, 0)
    feed = Picture(asset=asset, alt="The feed", width=width, height=height)
    await answers.put("feed", GalleryView(pictures=(feed,), text="As feeds show it"))
    await expect(page.get_by_alt_text("The feed")).to_be_visible()
    await page.get_by_alt_text("The feed").evaluate("one => one.decode()")
    assert await answers.is_in_view("As feeds show it")


async def test_enter_sends_where_no_pointer_is_reported(page: Page, stage: Stage) -> None:
    await page.add_init_script(
        """const real = matchMedia.bind(window);
        window.matchMedia = (query) => real(query.includes("pointer") ? "not all" : query);"""
    )
    await page.reload()
    await page.get_by_label(SENTENCES["message"], exact=True).fill("Hello")
    await page.keyboard.press("Enter")
    await expect(page.locator(".line").get_by_text("“Hello” it is.")).to_be_visible()


async def test_the_same_toast_stands_once(page: Page, stage: Stage, portrait: Path) -> None:
    await _preview(page, portrait)
    await stage.stop()
    for name in ("Generate 4", "Change details"):
        await page.get_by_role("button", name=name).click()
    await expect(page.get_by_text(SENTENCES["offline"])).to_be_visible()
    await asyncio.sleep(1)
    await expect(page.get_by_text(SENTENCES["offline"])).to_have_count(1)
    await stage.start()


async def test_two_tabs_show_the_same_chat_live(page: Page, stage: Stage, portrait: Path) -> None:
    await _preview(page, portrait)
    other = await page.context.new_page()
    await other.goto(stage.address)
    await page.get_by_role("button", name="Generate 4").click()
    await expect(other.get_by_role("heading", name="Four proposals")).to_be_visible()


async def test_the_story_works_with_the_keyboard_alone(page: Page, stage: Stage, portrait: Path) -> None:
    # Asked for long before it is needed: the browser learns of it some time after the call returns.
    choosers: asyncio.Queue[FileChooser] = asyncio.Queue()
    page.on("filechooser", choosers.put_nowait)
    await expect(page.locator("html.scripted")).to_be_attached()
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name=SENTENCES["skip"])).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_label(SENTENCES["message"], exact=True)).to_be_focused()
    await page.keyboard.press("Shift+Tab")
    await expect(page.get_by_label(SENTENCES["attach"], exact=True)).to_be_focused()
    await page.keyboard.press("Space")
    async with asyncio.timeout(10):
        await (await choosers.get()).set_files(portrait)
    await page.keyboard.type("One line")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type("and another")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Your free preview")).to_be_visible()
    (event,) = stage.desk.taken.values()
    assert isinstance(event, PhotosSent)
    assert event.caption == "One line\nand another"
    await _tab_back_to(page, "Generate 4")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Four proposals")).to_be_visible()


async def _tab_back_to(page: Page, name: str) -> None:
    for _ in range(20):
        await page.keyboard.press("Shift+Tab")
        if name in await page.evaluate("document.activeElement.textContent"):
            return
    pytest.fail(f"{name} is out of the keyboard's reach")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_nothing_sticks_out_at_phone_width(chromium: Browser, stage: Stage, portrait: Path, scheme: Any) -> None:
    context = await chromium.new_context(viewport=PHONE, color_scheme=scheme, has_touch=True)  # type: ignore[arg-type]
    page = await context.new_page()
    await page.goto(stage.address)
    await _set_of_four(page, portrait)
    assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    small = await page.evaluate(
        """() => [...document.querySelectorAll("button, .button, summary")]
          .filter((one) => one.checkVisibility())
          .map((one) => [one.textContent.trim(), one.getBoundingClientRect().height])
          .filter(([, height]) => height < 24)"""
    )
    assert small == []
    await context.close()


async def test_the_page_works_without_script(chromium: Browser, stage: Stage, portrait: Path) -> None:
    context = await chromium.new_context(java_script_enabled=False)
    page = await context.new_page()
    await page.goto(stage.address)
    await page.set_input_files("#picker", portrait)
    await page.get_by_label(SENTENCES["message"], exact=True).fill("No script")
    await page.get_by_role("button", name=SENTENCES["send"]).click()
    await stage.desk.settled()
    await page.get_by_role("link", name=SENTENCES["refresh"]).click()
    await page.get_by_role("button", name="Generate 4").click()
    await stage.desk.settled()
    await page.get_by_role("link", name=SENTENCES["refresh"]).click()
    await expect(page.get_by_role("heading", name="Four proposals")).to_be_visible()
    await context.close()


async def test_reduced_motion_is_respected(chromium: Browser, stage: Stage, portrait: Path) -> None:
    context = await chromium.new_context(reduced_motion="reduce")
    page = await context.new_page()
    await page.goto(stage.address)
    await _set_of_four(page, portrait)
    moving = await page.evaluate("document.getAnimations().filter((one) => one.playState === 'running').length")
    assert moving == 0
    await context.close()


async def test_progress_and_answers_are_told_to_screen_readers(page: Page, portrait: Path) -> None:
    await page.evaluate(
        """() => {
          const announcer = document.getElementById("announcer");
          window.told = [];
          new MutationObserver(() => told.push(announcer.textContent)).observe(announcer, {childList: true});
        }"""
    )
    await _set_of_four(page, portrait)
    words = await page.evaluate("window.told")
    assert "Drawing your set" in words
    assert words.count("Drawing your set") == 1, "a step forward is no news"
    assert re.match(SENTENCES["pictures_came"].format(count=4), words[-1])


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_serious(chromium: Browser, stage: Stage, portrait: Path, scheme: Any) -> None:
    found = importlib.util.find_spec("axe_playwright_python")
    if found is None or found.origin is None:
        if os.environ.get("CI") == "true":
            pytest.fail("axe-playwright-python is not installed", pytrace=False)
        pytest.skip("axe-playwright-python is not installed")
    axe = Path(found.origin).with_name("axe.min.js").read_text()
    context = await chromium.new_context(viewport=PHONE, color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    page = await context.new_page()
    await page.goto(stage.address)
    await page.evaluate(axe + "; 0")
    assert await _serious(page) == []
    await _set_of_four(page, portrait)
    await page.get_by_role("button", name="Change details").click()
    await page.get_by_role("button", name="File").first.click()
    await expect(page.locator(".download")).to_be_visible()
    await page.locator("[data-reply]").first.click()
    assert await _serious(page) == []
    await page.locator("#menu summary").click()
    await page.locator("[data-keep]").click()
    await expect(page.locator("#keep-code")).to_be_visible()
    assert await _serious(page) == []
    await page.keyboard.press("Escape")
    await page.locator("a[data-view]").first.click()
    assert await _serious(page) == []
    await context.close()


async def _serious(page: Page) -> list[tuple[str, Any]]:
    report = await page.evaluate("axe.run()")
    return [
        (row["id"], [node["html"][:160] for node in row["nodes"]])
        for row in report["violations"]
        if row["impact"] in ("serious", "critical")
    ]
