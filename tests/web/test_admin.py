"""The operators' pages: who comes in, what they see, what they do, over a real database."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from aiohttp import ClientResponse, ClientSession, CookieJar
from playwright.async_api import Browser, Page, expect

from core.domain.administration import Admin, Role
from core.domain.identity import account
from core.domain.job import JobStatus
from core.domain.model import Channel
from core.providers.catalogue import load
from core.services.admission import Admission
from core.services.catalogue import LiveCatalogue
from core.services.intake import Intake
from core.services.joining import Codes
from core.services.office.office import Office, furnished
from core.services.refunding import Refunding
from core.store.administration import AdminSessions
from core.store.error import LimitReached
from core.store.job import Jobs
from core.store.model import Models
from core.store.payment import Payments, Settling
from core.store.refund import Refunds
from core.store.subscription import Subscriptions
from tests.checkout import checkout
from tests.store.scene import Scene, staged
from tests.store.test_quarantine import doubted
from tests.stripe_server.server import StripeServer
from tests.web.stage import Stage
from tests.web.test_pay import buying
from web.admin.app import create_admin

ALONE = 100
SHEET = load()
OTHERS = ("another", "paid")
"""Providers beside Google: one without a key, and one with."""
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


@pytest.fixture
async def house(database: str) -> AsyncIterator[House]:
    async with staged(database) as scene:
        sheet = SHEET.beside(
            *(replace(SHEET.models[0], id=f"model-of-{one}", provider=one, probed=False) for one in OTHERS)
        )
        sheet = replace(sheet, keys={**sheet.keys, **{one: {Channel.DIRECT: one} for one in OTHERS}})
        doors = sheet.doors({"GEMINI_API_KEY", "paid"})
        office = furnished(
            scene.direct,
            admins=ADMINS,
            alone_up_to=ALONE,
            pools_alone_up_to=ALONE * 1_000_000,
            jobs=Jobs(scene.direct),
            catalogue=LiveCatalogue(sheet, Models(scene.direct), doors),
            refunding=Refunding(
                Refunds(scene.direct, ALONE),
                Settling(scene.direct),
                {},
                lambda name: Intake(Payments(scene.direct, name), Subscriptions(scene.direct)),
            ),
            codes=Codes(b"c" * 32, "voucher", 10),
        )
        admission = Admission(b"s" * 32, ADMINS, AdminSessions(scene.direct), "http://elsewhere")
        stage = Stage(office=create_admin(office, admission, secure=False))
        await stage.start()
        yield House(scene, stage, office, admission)
        await stage.stop()


class Operator:
    """A browser's manners without a browser."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.session = ClientSession(self.address, cookie_jar=CookieJar(unsafe=True))
        self.own = {"Origin": self.address, "Sec-Fetch-Site": "same-origin"}

    async def come_in(self, link: str) -> None:
        path, _, token = link.partition("?pass=")
        assert (await self.post(path, {"pass": token})).status == 303

    async def form(self, path: str) -> dict[str, str]:
        """The hidden fields of the page's first form that acts."""
        text = await (await self.session.get(path)).text()
        found = {name: re.search(f'name="{name}" value="([0-9a-f]+)"', text) for name in ("csrf", "key")}
        return {name: one[1] for name, one in found.items() if one}

    async def post(self, path: str, form: dict[str, str], **headers: str) -> ClientResponse:
        return await self.session.post(path, data=form, headers=self.own | headers, allow_redirects=False)


@asynccontextmanager
async def operating(address: str) -> AsyncIterator[Operator]:
    one = Operator(address)
    async with one.session:
        yield one


@pytest.fixture
async def operator(house: House) -> AsyncIterator[Operator]:
    async with operating(house.stage.address) as one:
        yield one


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
    await operator.come_in(house.link(Role.OWNER))
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
    await operator.come_in(house.link(role))
    page = f"/admin/people/{person.id}"
    text = await (await operator.session.get(page)).text()
    assert ("Give or take" in text) is (role is Role.SUPPORT) and ">Take<" not in text
    form = {**await operator.form(page), "key": "a" * 32, "credits": "5", "why": "x", "way": "deduct"}
    refused = await operator.post(f"{page}/move", form)
    assert refused.status == 409 and "Your role does not reach that far" in await refused.text()
    assert (await house.scene.wallet(person)).purchased == 20


async def test_signing_out_ends_the_session_itself(house: House, operator: Operator) -> None:
    await operator.come_in(house.link(Role.OWNER))
    kept = {one.key: one.value for one in operator.session.cookie_jar}
    form = await operator.form("/admin")
    assert (await operator.post("/admin/leave", form)).status == 303
    operator.session.cookie_jar.update_cookies(kept)
    assert (await operator.session.get("/admin")).status == 401


async def test_money_for_providers_is_booked_moved_and_bounded_by_form_each_once_and_on_record(
    house: House, operator: Operator
) -> None:
    await operator.come_in(house.link(Role.TREASURER))
    for provider, amount in (("paid", "50"), ("gemini", "7.5")):
        form = {**await operator.form("/admin/pools"), "amount": amount, "why": "Prepaid"}
        for _ in range(2):
            assert (await operator.post(f"/admin/pools/{provider}/refill", form)).status == 303
    form = {**await operator.form("/admin/pools"), "amount": "20", "to": "gemini", "why": "Not used"}
    assert (await operator.post("/admin/pools/paid/move", form)).status == 303
    rules = {"cap": "10", "low": "", "emergency": "29.99", "keeps": "", "weight": "3", "active": "1"}
    form = {**await operator.form("/admin/pools"), **rules, "why": "A quiet month"}
    assert (await operator.post("/admin/pools/paid/set", form)).status == 303
    funds = {one.provider: one.fund for one in await house.office.pools.listed() if one.fund}
    assert {name: fund.balance for name, fund in funds.items()} == {"paid": 30_000_000, "gemini": 27_500_000}
    paid = funds["paid"]
    assert (paid.daily_cap, paid.emergency, paid.weight, paid.keeps) == (10_000_000, 29_990_000, 3, None)
    text = await (await operator.session.get("/admin/pools")).text()
    assert "left out of routing" in text and "75 %" in text and text.count("Prepaid") == 2
    form = {
        **await operator.form("/admin/pools"),
        "percent": "70",
        "rates": "eur=1.08, jpy=0.0066",
        "why": "Rates of May",
    }
    assert (await operator.post("/admin/pools", form)).status == 303
    shares = await house.office.pools.shares()
    assert (shares.percent, shares.rates["eur"], shares.rates["jpy"]) == (70, 10_800, 6_600)
    assert "EUR $1.08" in await (await operator.session.get("/admin/pools")).text()
    for wrong in ({"percent": "101"}, {"rates": "eur=x"}, {"percent": "", "rates": ""}):
        assert (await operator.post("/admin/pools", {**form, "key": "e" * 32, **wrong})).status == 409, wrong
    for wrong in ({"amount": "1e9"}, {"amount": "nan"}, {"amount": "0"}, {"amount": "0.0000001"}, {"amount": ""}):
        form = {**await operator.form("/admin/pools"), **wrong, "why": "x"}
        assert (await operator.post("/admin/pools/paid/refill", form)).status == 409, wrong
    form = {**await operator.form("/admin/pools"), "amount": "5", "why": "x"}
    assert (await operator.post("/admin/pools/nobody/refill", form)).status == 409
    assert house.scene.rows("select count(*) from tf.fund_entry") == [(4,)]


async def test_a_code_is_shown_once_and_ended_by_form(house: House, operator: Operator) -> None:
    person = await house.scene.person()
    await operator.come_in(house.link(Role.SUPPORT))
    form = {**await operator.form("/admin/codes"), "credits": "5", "uses": "3", "days": "30", "why": "Launch"}
    made = [await (await operator.post("/admin/codes", form)).text() for _ in range(2)]
    codes = {re.search(r'class="code">([A-Z0-9]{5}-[A-Z0-9]{5})<', page) for page in made}
    assert len({code[1] for code in codes if code}) == 1, "the same form again shows the same code"
    (good,) = await house.office.codes.listed()
    assert (good.state, good.credits, good.uses, good.made_by) == ("good", 5, 3, "telegram:1")
    form = {**await operator.form("/admin/codes"), "credits": "50", "uses": "3", "days": "30", "why": "More"}
    form |= {"referral": f"telegram:{person.ref}"}
    assert "Waits for a second word" in await (await operator.post("/admin/codes", form)).text()
    form = {**await operator.form("/admin/codes"), "why": "Leaked"}
    assert (await operator.post(f"/admin/codes/{good.id}/revoke", form)).status == 303
    waiting, ended = await house.office.codes.listed()
    assert (waiting.state, ended.state, waiting.owner) == ("waiting", "revoked", person.id)
    assert "Leaked" in await (await operator.session.get("/admin/journal")).text()


async def test_money_is_given_back_by_form_once_and_its_credits_go_with_it(
    database: str, tmp_path: Path, stripe_server: StripeServer
) -> None:
    async with checkout(database, tmp_path, stripe_server, admins="telegram:3:owner") as shop, buying(shop) as buyer:
        entered = await buyer.follows((await buyer.asks())[1])
        payment = await shop.pays(entered.leads)
        await buyer.sees("50 credits were added")
        factory = shop.factory
        stage = Stage(office=create_admin(factory.office, factory.admission, secure=False))
        await stage.start()
        found = urlsplit(factory.admission.link("telegram:3"))
        async with operating(stage.address) as operator:
            await operator.come_in(f"{found.path}?{found.query}")
            page = f"/admin/payments/stripe/{payment}"
            assert "14.99 USD can still be given back" in await (await operator.session.get(page)).text()
            form = {**await operator.form(page), "amount": "5", "why": "One was late"}
            for _ in range(2):
                assert (await operator.post(f"{page}/refund", form)).headers["Location"].endswith("done=refunded")
            form = {**await operator.form(page), "amount": "10", "why": "All of it, again"}
            refused = await operator.post(f"{page}/refund", form)
            assert refused.status == 409 and "Only 9.99 USD is left" in await refused.text()
            (row,) = stripe_server.world.of("refund")
            (left,) = await factory.direct.fetch("select sum(purchased)::int as n from tf.wallet")
            assert (row["amount"], left["n"]) == (500, 33)
            assert "One was late" in await (await operator.session.get("/admin/journal")).text()
        await stage.stop()


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
    tried = [{"model": "a-model", "provider": "gemini", "error": "", "cost_micro_usd": 70_000}]
    await worker.end(placed.job_id, JobStatus.FAILED, captured=1, result={"attempts": tried})
    await house.scene.housekeeping.raise_alert("probe:x", "probe.failed", {"why": "401"})
    await operator.come_in(house.link(Role.SUPPORT))
    usage = await (await operator.session.get("/admin/usage?days=7")).text()
    assert "a-model" in usage and "gemini" in usage and "<rect" in usage and "$0.07" in usage
    ledger = await (await operator.session.get(f"/admin/ledger?person=telegram:{person.ref}&kind=capture")).text()
    assert "the books balance" in ledger and placed.job_id in ledger
    ended = await (await operator.session.get(f"/admin/jobs/{placed.code}")).text()
    assert "stage" not in ended and "delivered" in ended
    await house.office.people.move(ADMINS[-1], person.id, -1000, key="take-too-many", why="More than there is")
    assert "Only 4 available now" in await (await operator.session.get("/admin/proposals")).text()
    form = {**await operator.form("/admin/alerts"), "alert": "probe:x", "why": "A new key"}
    assert (await operator.post("/admin/alerts", form)).status == 303
    assert "seen to" in await (await operator.session.get("/admin/alerts")).text()
    assert "A new key" in await (await operator.session.get("/admin/journal")).text()
