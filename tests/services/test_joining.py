"""Two chats become one person's, with everything real but the platforms themselves."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from importlib import resources
from itertools import count
from pathlib import Path
from typing import Any

from core.conversation.action import OpenVariant, Run, parse
from core.conversation.event import CommandSent, Event, Photo, PhotosSent, Pressed, TextSent
from core.conversation.view import GalleryView, NoticeView, TextView, View
from core.domain.record import Json
from core.services.delivering import Pace
from core.services.desk import Delivery, Envelope, Line
from core.services.joining import ALPHABET, CODE_LENGTH, Codes
from tests.conversation.building import buttons
from tests.factory import Running, running
from web.chat.bell import Bell
from web.chat.courier import WebCourier

PORTRAIT = resources.files("app.demo").joinpath("portrait.png").read_bytes()
PATIENCE_S = 30.0
_events = count(1)


@dataclass
class Shown:
    """What a platform was given, by place."""

    platform: str
    views: list[tuple[str, View]] = field(default_factory=list)
    came: asyncio.Event = field(default_factory=asyncio.Event)

    async def deliver(self, delivery: Delivery) -> dict[str, Json]:
        self.views.append((delivery.place, delivery.view))
        self.came.set()
        return {"message": len(self.views)}


class Tee(WebCourier):
    """The page's own courier, and a look at what passes."""

    shown: Shown

    async def deliver(self, delivery: Delivery) -> dict[str, Json]:
        await self.shown.deliver(delivery)
        return await super().deliver(delivery)


@dataclass
class Chat:
    """Somebody in a private chat."""

    run: Running
    shown: Shown
    ref: str

    def envelope(self) -> Envelope:
        return Envelope(
            id=f"{self.ref}:{next(_events)}",
            platform=self.shown.platform,
            person=self.ref,
            place=self.ref,
            anonymous=self.shown.platform == "web",
        )

    async def send(self, event: Event, envelope: Envelope | None = None) -> NoticeView | None:
        return await self.run.factory.desk.handle(envelope or self.envelope(), event)

    async def command(self, name: str, argument: str = "") -> NoticeView | None:
        return await self.send(CommandSent(name=name, argument=argument))

    async def see(self, fits: Callable[[Any], bool], *, after: int = 0) -> Any:
        """The first view from the given one on that fits."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                self.shown.came.clear()
                for place, view in self.shown.views[after:]:
                    if place == self.ref and fits(view):
                        return view
                await self.shown.came.wait()

    async def said(self, text: str, *, after: int = 0) -> Any:
        return await self.see(lambda view: text in view.text, after=after)

    async def press(self, view: View, label: str) -> NoticeView | None:
        (token,) = {one.token for one in buttons(view) if label in one.label}
        return await self.send(Pressed(action=parse(token)))

    async def photo(self) -> Photo:
        photo = await self.run.factory.desk.accept(self.envelope(), PORTRAIT)
        assert isinstance(photo, Photo)
        return photo

    async def finished(self) -> GalleryView:
        """A set, drawn by the studio."""
        await self.send(PhotosSent(photos=(await self.photo(),), caption="I QUIT"))
        card = await self.see(lambda view: any("Generate" in one.label for one in buttons(view)))
        await self.press(card, "drafts")
        found: GalleryView = await self.see(lambda view: isinstance(view, GalleryView) and len(view.pictures) > 1)
        return found

    async def code(self) -> str:
        after = len(self.shown.views)
        await self.command("link")
        view: TextView = await self.see(lambda view: isinstance(view, TextView) and bool(view.copy), after=after)
        return view.copy.removeprefix("/link ")

    async def user(self) -> str:
        return (await self.run.factory.conversing.open(self.envelope())).user_id

    async def join(self, code: str) -> None:
        after = len(self.shown.views)
        await self.command("link", code)
        offer = await self.see(lambda view: any(one.label == "Link the two" for one in buttons(view)), after=after)
        await self.press(offer, "Link the two")
        await self.said("Linked.", after=after)


@asynccontextmanager
async def two_chats(database: str, home: Path, *, worker: bool = True) -> AsyncIterator[tuple[Chat, Chat]]:
    """On Telegram, and in the browser, whose page is the real one."""
    telegram, web = Shown("telegram"), Shown("web")
    async with running(database, home, couriers=(telegram,), pace=Pace(), worker=worker) as run:
        page = Tee(run.factory.transcript, Bell())
        page.shown = web
        sender = asyncio.create_task(run.factory.delivering(page).run())
        try:
            yield Chat(run, telegram, "7"), Chat(run, web, "a-browser")
        finally:
            sender.cancel()
            await asyncio.gather(sender, return_exceptions=True)


async def lines(chat: Chat) -> tuple[Line, ...]:
    return await chat.run.factory.transcript.read(chat.ref)


async def test_what_was_made_in_the_browser_is_there_on_telegram_and_its_old_buttons_still_work(
    database: str, tmp_path: Path
) -> None:
    async with two_chats(database, tmp_path) as (telegram, browser):
        made = await browser.finished()
        shown = [line.key for line in await lines(browser)]
        await browser.join(await telegram.code())
        assert await telegram.user() == await browser.user()
        await telegram.said("has joined this one: browser")
        assert [line.key for line in await lines(browser)][: len(shown)] == shown, "the page still shows its chat"

        # The button of an old result, in the chat that joined.
        after = len(browser.shown.views)
        code = made.pictures[0].variant
        await browser.send(Pressed(action=OpenVariant(code)))
        await browser.see(lambda view: any(p.variant == code for p in getattr(view, "pictures", ())), after=after)
        # And the picture in the other.
        await telegram.command("gallery")
        await telegram.see(lambda view: any(p.variant == code for p in getattr(view, "pictures", ())))
        # The brief in the making goes on.
        after = len(browser.shown.views)
        await browser.send(TextSent(text="I STAYED"))
        await browser.see(lambda view: "I STAYED" in view.text, after=after)


async def test_a_second_press_on_the_confirmation_is_answered_and_does_nothing(database: str, tmp_path: Path) -> None:
    async with two_chats(database, tmp_path, worker=False) as (telegram, browser):
        await browser.command("link", await telegram.code())
        offer = await browser.see(lambda view: any(one.label == "Link the two" for one in buttons(view)))
        toasts = await asyncio.gather(*(browser.press(offer, "Link the two") for _ in range(3)))
        assert sorted(toast.text for toast in toasts if toast) == ["This chat is linked already."] * 2
        assert len([1 for _, view in telegram.shown.views if "has joined" in view.text]) <= 1
        await telegram.said("has joined this one")


async def test_turns_of_the_joining_chat_that_were_under_way_are_all_answered(database: str, tmp_path: Path) -> None:
    async with two_chats(database, tmp_path, worker=False) as (telegram, browser):
        await browser.command("link", await telegram.code())
        offer = await browser.see(lambda view: any(one.label == "Link the two" for one in buttons(view)))
        photos = asyncio.gather(*(browser.photo() for _ in range(2)))
        await asyncio.gather(
            browser.press(offer, "Link the two"), *(browser.command("settings") for _ in range(4)), photos
        )
        await browser.said("Linked.")
        user = await telegram.user()
        for photo in await photos:
            assert (await browser.run.factory.assets.get(photo.asset, user)).id == photo.asset


async def test_the_chat_that_leaves_starts_afresh_and_the_other_keeps_the_pictures(
    database: str, tmp_path: Path
) -> None:
    async with two_chats(database, tmp_path) as (telegram, browser):
        made = await browser.finished()
        await browser.join(await telegram.code())
        await browser.command("privacy")
        about = await browser.see(lambda view: getattr(view, "title", "") == "Privacy")
        assert [fact.value for fact in about.facts] == ["Telegram, browser"]
        await browser.command("delete_me")
        await browser.said("all of your linked chats: Telegram, browser")

        await browser.command("unlink")
        ask = await browser.said("stay with the chat that had them first (Telegram)")
        await browser.press(ask, "Yes, unlink it")
        await browser.said("This chat starts afresh")
        assert await telegram.user() != await browser.user()
        toast = await browser.send(Pressed(action=OpenVariant(made.pictures[0].variant)))
        assert toast is not None and "Only the person who asked" in toast.text
        after = len(telegram.shown.views)
        await telegram.command("gallery")
        await telegram.see(lambda view: len(getattr(view, "pictures", ())) > 1, after=after)
        after = len(browser.shown.views)
        await browser.press(ask, "Yes, unlink it")
        await browser.said("not linked any more", after=after)


async def test_a_wrong_code_is_refused_and_names_no_reason_to_guess_by(database: str, tmp_path: Path) -> None:
    async with two_chats(database, tmp_path, worker=False) as (telegram, browser):
        code = await telegram.code()
        for _ in range(5):
            await browser.command("link", "AAAA-AAAA")
        await browser.said("not valid, or no longer")
        await browser.command("link", code)
        await browser.said("Too many codes that were wrong. Please try again in 60 min.")


async def test_a_group_is_no_place_for_codes(database: str, tmp_path: Path) -> None:
    async with two_chats(database, tmp_path, worker=False) as (telegram, _):
        envelope = Envelope(id="in a group", platform="telegram", person="7", place="7", group=True)
        await telegram.send(Pressed(action=Run("link")), envelope)
        await telegram.said("private chat")


def test_codes_are_typed_as_they_look_and_come_the_same_for_the_same_event() -> None:
    codes = Codes(b"a secret")
    made = [codes.fresh("telegram", "7", str(n)) for n in range(2000)]
    assert len(set(made)) == len(made)
    assert {len(one) for one in made} == {CODE_LENGTH}
    assert set("".join(made)) == set(ALPHABET)
    for alike in ("0O", "1IL", "5S", "2Z", "8B", "UV"):
        assert len(set(alike) & set(ALPHABET)) <= 1
    again = codes.fresh("telegram", "7", "0")
    assert again == made[0] != Codes(b"another").fresh("telegram", "7", "0")
    assert Codes(b"a secret", "voucher").fresh("telegram", "7", "0") != again
    assert codes.hashed(made[0]) not in (codes.hashed(made[1]), Codes(b"another").hashed(made[0]))
