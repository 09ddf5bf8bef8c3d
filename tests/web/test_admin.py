"""The operators' pages: who comes in, what they see, what they do, over a real database."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest
from aiohttp import ClientResponse, ClientSession, CookieJar
from playwright.async_api import Browser, Page, expect

from core.domain.administration import Admin, Role
from core.domain.identity import account
from core.domain.job import JobStatus
from core.services.admission import Admission
from core.services.office import Office
from core.store.administration import Administration, AdminSessions
from core.store.control import Control
from core.store.error import LimitReached
from core.store.job import Jobs
from core.store.ledger import Ledger
from core.store.quarantine import Quarantine
from core.store.usage import Usage
from tests.store.scene import Scene, staged
from tests.store.test_quarantine import doubted
from tests.web.stage import Stage
from web.admin.app import create_admin

ALONE = 100
PATIENCE_MS = 60_000
"""A busy machine is slow, not wrong."""
ADMINS = tuple(Admin(f"telegram:{n}", role) for n, role in enumerate(Role))


@dataclass
class House:
    scene: Scene
    stage: Stage
    office: Office
    admission: Admission

    def link(self, role: Role) -> str:
        """Its path and query; the address is the stage's own."""
        found = urlsplit(self.admission.link(f"telegram:{list(Role).index(role)}"))
        return f"{found.path}?{found.query}"


async def nothing() -> None:
    """There are no refunds here."""


@pytest.fixture
async def house(database: str) -> AsyncIterator[House]:
    async with staged(database) as scene:
        office = Office(
            Administration(scene.direct, ALONE),
            Ledger(scene.direct),
            Quarantine(scene.direct, ALONE),
            Control(scene.direct),
            Jobs(scene.direct),
            {"gemini": ("a-model",), "another": ("b-model", "c-model")},
            {"gemini"},
            nothing,
            Usage(scene.direct),
        )
        admission = Admission(b"s" * 32, ADMINS, AdminSessions(scene.direct), "http://elsewhere")
        stage = Stage(office=create_admin(office, admission, secure=False))
        await stage.start()
        yield House(scene, stage, office, admission)
        await stage.stop()


class Operator:
    """A browser's manners without a browser."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.address = house.stage.address
        self.session = ClientSession(self.address, cookie_jar=CookieJar(unsafe=True))
        self.own = {"Origin": self.address, "Sec-Fetch-Site": "same-origin"}

    async def enter(self, role: Role) -> "Operator":
        path, _, token = self.house.link(role).partition("?pass=")
        answer = await self.session.post(path, data={"pass": token}, headers=self.own, allow_redirects=False)
        assert answer.status == 303
        return self

    async def form(self, path: str) -> dict[str, str]:
        """The hidden fields of the page's first form that acts."""
        text = await (await self.session.get(path)).text()
        found = {name: re.search(f'name="{name}" value="([0-9a-f]+)"', text) for name in ("csrf", "key")}
        return {name: one[1] for name, one in found.items() if one}

    async def post(self, path: str, form: dict[str, str], **headers: str) -> ClientResponse:
        return await self.session.post(path, data=form, headers=self.own | headers, allow_redirects=False)


@pytest.fixture
async def operator(house: House) -> AsyncIterator[Operator]:
    one = Operator(house)
    yield one
    await one.session.close()


async def test_nobody_sees_anything_without_a_session(house: House, operator: Operator) -> None:
    person = await house.scene.person(5)
    for path in ("", f"/people/{person.id}", "/proposals", "/journal"):
        answer = await operator.session.get(f"/admin{path}")
        assert answer.status == 401 and person.ref not in await answer.text()


async def test_looking_at_a_link_does_not_use_it_up_and_entering_does(house: House, operator: Operator) -> None:
    link = house.link(Role.OWNER)
    for _ in range(3):
        looked = await operator.session.get(link)
        assert looked.status == 200 and "Set-Cookie" not in looked.headers
    path, _, token = link.partition("?pass=")
    entered = await operator.post(path, {"pass": token})
    assert entered.status == 303
    cookie = entered.headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Strict" in cookie
    assert (await operator.post(path, {"pass": token})).status == 410
    shown = await operator.session.get("/admin")
    assert shown.status == 200
    assert "script-src" not in shown.headers["Content-Security-Policy"], "there are none, and the default is none"
    assert shown.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert shown.headers["Cache-Control"] == "no-store"


async def test_a_form_from_elsewhere_or_without_its_token_does_nothing(house: House, operator: Operator) -> None:
    person = await house.scene.person()
    await operator.enter(Role.OWNER)
    page = f"/admin/people/{person.id}"
    good = {**await operator.form(page), "credits": "5", "why": "sorry", "way": "grant"}
    for form, headers in (
        (good, {"Origin": "http://evil.example", "Sec-Fetch-Site": "cross-site"}),
        ({**good, "csrf": "0" * 64}, {}),
        ({**good, "key": ""}, {}),
    ):
        assert (await operator.post(f"{page}/move", form, **headers)).status == 403
    assert (await house.scene.wallet(person)).purchased == 0
    for _ in range(2):
        assert (await operator.post(f"{page}/move", good)).status == 303
    assert (await house.scene.wallet(person)).purchased == 5, "the same form twice is one act"


@pytest.mark.parametrize("role", [Role.VIEWER, Role.SUPPORT])
async def test_a_role_is_shown_and_given_no_more_than_it_may(house: House, operator: Operator, role: Role) -> None:
    person = await house.scene.person(20)
    await operator.enter(role)
    page = f"/admin/people/{person.id}"
    text = await (await operator.session.get(page)).text()
    assert ("Give or take" in text) is (role is Role.SUPPORT) and ">Take<" not in text
    form = {**await operator.form(page), "key": "a" * 32, "credits": "5", "why": "x", "way": "deduct"}
    refused = await operator.post(f"{page}/move", form)
    assert refused.status == 409 and "Your role does not reach that far" in await refused.text()
    assert (await house.scene.wallet(person)).purchased == 20


async def test_signing_out_ends_the_session_itself(house: House, operator: Operator) -> None:
    await operator.enter(Role.OWNER)
    kept = {one.key: one.value for one in operator.session.cookie_jar}
    form = await operator.form("/admin")
    assert (await operator.post("/admin/leave", form)).status == 303
    operator.session.cookie_jar.update_cookies(kept)
    assert (await operator.session.get("/admin")).status == 401


# -- in a real browser ---------------------------------------------------------------------------------------------


@pytest.fixture
async def page(chromium: Browser, house: House) -> AsyncIterator[Page]:
    """Signed in as an owner. Whatever the policy complains of fails the test."""
    context = await chromium.new_context(viewport={"width": 1280, "height": 900})
    page = await context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    expect.set_options(timeout=PATIENCE_MS)
    complaints: list[str] = []
    page.on("console", lambda word: complaints.append(word.text) if "Content Security Policy" in word.text else None)
    await page.goto(house.stage.address + house.link(Role.OWNER))
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("heading", name="People")).to_be_visible()
    yield page
    await context.close()
    assert complaints == []


async def test_an_operator_gives_credits_with_a_reason_and_finds_it_in_the_journal(house: House, page: Page) -> None:
    person = await house.scene.person()
    await page.get_by_role("searchbox").fill(f"telegram:{person.ref}")
    await page.keyboard.press("Enter")
    await page.get_by_role("link", name=account(person.id)).click()
    await page.get_by_label("Credits").fill("40")
    await page.get_by_label("Reason, which they read").fill("Sorry for the outage")
    await page.get_by_role("button", name="Give").click()
    await expect(page.get_by_role("status")).to_contain_text("Done.")
    await expect(page.locator(".figure.strong dd")).to_have_text("40")
    await page.get_by_label("Credits").fill(str(ALONE))
    await page.get_by_label("Reason, which they read").fill("A contest")
    await page.get_by_role("button", name="Give").click()
    await expect(page.get_by_role("status")).to_contain_text("somebody else has to approve it")
    await page.get_by_role("link", name="Journal").click()
    rows = page.locator("tbody tr")
    await expect(rows.nth(0)).to_contain_text("propose")
    await expect(rows.nth(1)).to_contain_text("Sorry for the outage")
    assert (await house.scene.wallet(person)).purchased == 40


async def test_a_payment_in_doubt_is_released_or_rejected_with_a_reason(house: House, page: Page) -> None:
    person = await house.scene.person()
    for name, told in (("pi_less", 400), ("pi_test", 300)):
        doubted(house.scene, name, user_id=person.id, paid_minor=told)
    await page.get_by_role("link", name="Payments").click()
    await page.get_by_label("in doubt").check()
    await page.get_by_role("button", name="Show").click()
    await expect(page.locator("tbody tr")).to_have_count(2)
    await page.get_by_role("link", name="pi_less").click()
    release = page.locator("form", has=page.get_by_role("button", name="Release"))
    await release.get_by_label("Credits").fill("40")
    await release.get_by_label("Reason").fill("They paid what the old page said")
    await release.get_by_role("button").click()
    await expect(page.get_by_role("status")).to_contain_text("Released")
    await expect(page.locator(".figure.strong dd")).to_have_text("40")
    await expect(page.get_by_text("They paid what the old page said")).to_be_visible()
    await page.goto(f"{house.stage.address}/admin/payments/stripe/pi_test")
    reject = page.locator("form", has=page.get_by_role("button", name="Reject"))
    await reject.get_by_label("Reason").fill("A test card")
    await reject.get_by_role("button").click()
    await expect(page.get_by_role("status")).to_contain_text("stands for no credits")
    assert (await house.scene.wallet(person)).purchased == 40
    assert house.scene.rows("select count(*) from tf.alert where resolved_at is null") == [(0,)]


async def test_a_stuck_job_is_ended_and_what_was_held_goes_back(house: House, page: Page) -> None:
    person = await house.scene.person(10)
    placed = await house.scene.ordered(person, 4)
    await page.get_by_role("link", name="Jobs").click()
    await page.get_by_role("link", name=placed.code).click()
    await page.get_by_label("Reason").fill("Stuck since noon")
    await page.get_by_role("button", name="End and give back").click()
    await expect(page.get_by_role("status")).to_contain_text("the rest of the hold went back")
    await expect(page.get_by_text("Stuck since noon")).to_be_visible()
    await expect(page.get_by_role("button", name="Retry")).to_have_count(0)
    wallet = await house.scene.wallet(person)
    assert (wallet.purchased, wallet.held) == (10, 0)


async def test_a_switch_is_turned_by_keyboard_alone_and_refuses_orders_at_once(house: House, page: Page) -> None:
    person = await house.scene.person(10)
    await page.get_by_role("link", name="Switches").click()
    await expect(page.locator(".lever", has_text="another")).to_contain_text("no key")
    await page.locator("summary", has_text="Switch off sets").focus()
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    await page.keyboard.type("The studio is being repaired")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("status")).to_contain_text("Switched off")
    await expect(page.locator(".lever.off")).to_contain_text("The studio is being repaired")
    with pytest.raises(LimitReached) as refused:
        await house.scene.ordered(person, 4)
    assert refused.value.detail["name"] == "switched_off"
    assert (await house.scene.wallet(person)).purchased == 10
    await page.locator("summary", has_text="Switch on sets").click()
    await page.get_by_label("Reason").locator("visible=true").fill("Repaired")
    await page.get_by_role("button", name="Switch it on").click()
    await expect(page.get_by_role("status")).to_contain_text("Switched on")
    await house.scene.ordered(person, 4)


async def test_the_other_pages_show_what_there_is_and_an_alert_is_seen_to(house: House, operator: Operator) -> None:
    person = await house.scene.person(5)
    placed = await house.scene.ordered(person, 2)
    worker = house.scene.worker()
    await worker.start(placed.job_id)
    tried = [{"model": "a-model", "error": "", "cost_micro_usd": 70_000}]
    await worker.end(placed.job_id, JobStatus.FAILED, captured=1, result={"attempts": tried})
    await house.scene.housekeeping.raise_alert("probe:x", "probe.failed", {"why": "401"})
    await operator.enter(Role.SUPPORT)
    usage = await (await operator.session.get("/admin/usage?days=7")).text()
    assert "a-model" in usage and "gemini" in usage and "<rect" in usage and "$0.07" in usage
    ledger = await (await operator.session.get(f"/admin/ledger?person=telegram:{person.ref}&kind=capture")).text()
    assert "the books balance" in ledger and placed.job_id in ledger
    ended = await (await operator.session.get(f"/admin/jobs/{placed.code}")).text()
    assert "stage" not in ended and "delivered" in ended
    await house.office.move(ADMINS[-1], person.id, -1000, key="take-too-many", why="More than there is")
    assert "Only 4 available now" in await (await operator.session.get("/admin/proposals")).text()
    form = {**await operator.form("/admin/alerts"), "alert": "probe:x", "why": "A new key"}
    assert (await operator.post("/admin/alerts", form)).status == 303
    assert "seen to" in await (await operator.session.get("/admin/alerts")).text()
    assert "A new key" in await (await operator.session.get("/admin/journal")).text()
