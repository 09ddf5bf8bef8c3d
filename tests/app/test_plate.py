"""Who may have a model paint: orders that pay. Free work takes what is kept, or the studio, or is refused."""

from __future__ import annotations

from pathlib import Path

from app.demo.stage import Screen
from core.conversation.action import EditText, Generate, GetFile, OtherSize, Reroll
from core.conversation.event import TextSent
from core.conversation.view import FileView, FormView, GalleryView, NoticeView, View
from core.domain.brief import Brief
from core.domain.job import Recipe
from core.domain.model import Origin
from core.domain.price import quote
from core.providers.base import PaintRequest
from core.providers.catalogue import STAND_IN
from core.providers.error import ProviderError
from core.services.sitting import Sitting
from tests.app.chat import HEADLINE, Guest, closing, pictured, stand_in
from tests.app.test_kill import TWO_DRAFTS
from tests.factory import running
from tests.store.scene import new_id

PAID_DRAFTS = "2.draft.1"


class Calls:
    """A stand-in's script that only counts who was asked for what."""

    def __init__(self) -> None:
        self.formats: list[str] = []

    def __call__(self, request: PaintRequest) -> ProviderError | None:
        self.formats.append(request.format.id)
        return None


def file(view: View) -> bool:
    return isinstance(view, FileView)


def notice(view: View) -> bool:
    return isinstance(view, NoticeView)


def asking(view: View) -> bool:
    return view.slot.startswith("choice:")


def single(view: View) -> bool:
    return isinstance(view, GalleryView) and len(view.pictures) == 1


async def a_set(guest: Guest, offer: str) -> View:
    return await guest.press(await guest.card(), Generate, closing, offer=offer)


async def edited(guest: Guest, finished: View, headline: str) -> View:
    await guest.press(finished, EditText, lambda view: isinstance(view, FormView))
    return await guest.do(TextSent(text=headline), lambda view: single(view) or notice(view))


async def plates(guest: Guest) -> int:
    (row,) = await guest.factory.direct.fetch("select count(*) as n from tf.asset where kind = 'plate'")
    return int(row["n"])


async def purge_plates(guest: Guest) -> None:
    await guest.factory.direct.fetch(
        "select tf.delete_assets(array(select id from tf.asset where kind = 'plate')) as gone"
    )


async def test_free_work_on_a_models_picture_never_asks_the_model_again(database: str, home: Path) -> None:
    screen, calls = Screen(), Calls()
    async with running(database, home, couriers=[screen], extras=(stand_in(calls),)) as here:
        guest = Guest(here.factory, screen)
        finished = await a_set(guest, PAID_DRAFTS)
        assert calls.formats == ["youtube"] * 2
        paid = await guest.wallet()

        sizes = await guest.press(finished, OtherSize, asking)
        reels = await guest.press(sizes, OtherSize, file, format="reels")
        assert isinstance(reels, FileView)
        picture = await here.factory.desk.asset(reels.asset)
        assert (picture.width, picture.height) == (432, 768)
        edit = await edited(guest, finished, "MY NEW JOB")
        assert single(edit)
        kinds = await guest.press(edit, GetFile, asking)
        for kind in ("png", "psd"):
            assert file(await guest.press(kinds, GetFile, file, type=kind))

        assert calls.formats == ["youtube"] * 2
        assert await guest.wallet() == paid


async def test_further_formats_of_a_models_set_are_made_from_its_plate(database: str, home: Path) -> None:
    screen, calls = Screen(), Calls()
    async with running(database, home, couriers=[screen], extras=(stand_in(calls),)) as here:
        recipe = Recipe(brief=Brief(headline=HEADLINE), model="stand-in", origin=Origin.STAND_IN, seed=7)

        artwork = await here.factory.drawing.draw(
            recipe,
            Sitting((), here.factory.workshop),
            quote(recipe.brief, STAND_IN),
            [],
            job=new_id(),
            extra_formats=("reels", "x_header"),
        )

        assert calls.formats == ["youtube"]
        assert [str(row.size) for row in artwork.pictures] == ["1280x720", "1080x1920", "1500x500"]
        assert all(row.plate for row in artwork.pictures)


async def test_another_size_of_other_words_is_set_on_the_plate_that_is_kept(database: str, home: Path) -> None:
    screen = Screen()
    async with running(database, home, couriers=[screen]) as here:
        guest = Guest(here.factory, screen)
        finished = await a_set(guest, TWO_DRAFTS)
        await guest.press(await guest.press(finished, OtherSize, asking), OtherSize, file, format="square")
        kept = await plates(guest)

        edit = await edited(guest, finished, "MY NEW JOB")
        await guest.press(await guest.press(edit, OtherSize, asking), OtherSize, file, format="square")

        assert await plates(guest) == kept == 3


async def test_without_a_models_plate_free_work_is_refused_and_the_re_roll_offered_for_its_price(
    database: str, home: Path
) -> None:
    screen, calls = Screen(), Calls()
    async with running(database, home, couriers=[screen], extras=(stand_in(calls),)) as here:
        guest = Guest(here.factory, screen)
        finished = await a_set(guest, PAID_DRAFTS)
        await purge_plates(guest)
        paid = await guest.wallet()

        refused = await edited(guest, finished, "MY NEW JOB")
        assert isinstance(refused, NoticeView)
        assert "deleted after 30 days" in refused.text and "Re-roll" in refused.text
        resized = await guest.press(await guest.press(finished, OtherSize, asking), OtherSize, notice, format="reels")
        assert "deleted after 30 days" in str(resized.text)
        assert (calls.formats, await guest.wallet()) == (["youtube"] * 2, paid)

        again = await guest.press(refused, Reroll, single)
        assert pictured(again)
        assert calls.formats == ["youtube"] * 3
        assert await guest.wallet() == (paid[0] - 1, 0)


async def test_without_the_studios_plate_the_studio_draws_it_again_for_nothing(database: str, home: Path) -> None:
    screen = Screen()
    async with running(database, home, couriers=[screen]) as here:
        guest = Guest(here.factory, screen)
        finished = await a_set(guest, TWO_DRAFTS)
        await purge_plates(guest)

        assert single(await edited(guest, finished, "MY NEW JOB"))
