"""Refinements asked for twice, or begun twice, deliver what is stored."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from app.demo.stage import Screen, buttons
from core.bootstrap.factory import Factory
from core.compose.distance import FLOOR
from core.conversation.action import (
    Action,
    BestThree,
    ChangeVibe,
    Choose,
    DownloadAll,
    EditText,
    FeedPreview,
    Generate,
    GetFile,
    OtherSize,
    Reroll,
    Restyle,
    Score,
    Undo,
    Upscale,
    UseLastSelfies,
    parse,
)
from core.conversation.event import CommandSent, Photo, PhotosSent, Pressed, TextSent
from core.conversation.view import FileView, FormView, GalleryView, NoticeView, TextView, View
from core.domain.format import FORMATS
from core.domain.score import Grade
from core.vision import extra
from tests.app.chat import Guest, closing, pictured
from tests.factory import running


def _file(view: View) -> bool:
    return isinstance(view, FileView)


def _captions(view: View) -> list[str]:
    return [picture.caption for picture in view.pictures] if isinstance(view, GalleryView) else []


async def _set(factory: Factory, screen: Screen, *chosen: str) -> tuple[Guest, GalleryView]:
    guest = Guest(factory, screen)
    card = await guest.card()
    for option in chosen:
        await guest.send(Pressed(action=Choose(card.slot.removeprefix("card:"), option)))
    finished = await guest.press(card, Generate, closing)
    assert isinstance(finished, GalleryView)
    return guest, finished


async def test_a_file_asked_for_twice_is_the_same_file_and_opens(database: str, tmp_path: Path) -> None:
    screen = Screen()
    async with running(database, tmp_path, couriers=[screen]) as one:
        guest, finished = await _set(one.factory, screen)
        asked = await guest.press(finished, GetFile, lambda view: view.slot.startswith("choice:"))
        sizes = await guest.press(finished, OtherSize, lambda view: view.slot.startswith("choice:"))

        png = [await guest.press(asked, GetFile, _file, type="png") for _ in range(2)]
        square = [await guest.press(sizes, OtherSize, _file, format="square") for _ in range(2)]

        psd = await guest.press(asked, GetFile, _file, type="psd")
        together = await guest.press(sizes, OtherSize, _file, format="all")

        for first, second in (png, square):
            assert isinstance(first, FileView)
            assert isinstance(second, FileView)
            assert first.asset == second.asset
            assert (await one.factory.desk.asset(second.asset)).data

        crop, file = square[-1], png[-1]
        assert isinstance(crop, FileView) and isinstance(file, FileView)
        assert crop.picture is not None and file.picture is None
        assert (crop.picture.asset, crop.picture.width, crop.picture.height) == (crop.asset, 1080, 1080)
        assert isinstance(psd, FileView) and isinstance(together, FileView)
        assert (psd.name.rpartition(".")[2], psd.media_type) == ("psd", "image/vnd.adobe.photoshop")
        assert (await one.factory.desk.asset(psd.asset)).data[:4] == b"8BPS"
        with zipfile.ZipFile(io.BytesIO((await one.factory.desk.asset(together.asset)).data)) as archive:
            found = {Image.open(archive.open(name)).size for name in archive.namelist()}
        sizes = {(row.standard.width, row.standard.height) for row in FORMATS.values()}
        assert found == sizes
        seen = await screen.wait_for(lambda view: len(_captions(view)) == len(FORMATS), 0)
        assert isinstance(seen, GalleryView)
        assert {(picture.width, picture.height) for picture in seen.pictures} == sizes


async def test_what_is_shown_brings_its_size_and_undo_its_own_words(database: str, tmp_path: Path) -> None:
    screen = Screen()
    async with running(database, tmp_path, couriers=[screen]) as one:
        guest, finished = await _set(one.factory, screen)

        feed = await guest.press(
            finished, FeedPreview, lambda view: pictured(view) and not view.slot.startswith("card")
        )
        assert isinstance(feed, GalleryView)
        [sheet] = feed.pictures
        data = (await one.factory.desk.asset(sheet.asset)).data
        with Image.open(io.BytesIO(data)) as opened:
            assert opened.size == (sheet.width, sheet.height)

        first = finished.pictures[0]
        await guest.press(finished, EditText, lambda view: isinstance(view, FormView))
        edited = await guest.do(TextSent(text="MY NEW JOB"), lambda view: pictured(view) and len(view.pictures) == 1)
        undone = await guest.press(edited, Undo, lambda view: pictured(view) and len(view.pictures) == 1)
        assert isinstance(undone, GalleryView)
        [back] = undone.pictures
        assert (back.asset, back.alt, back.width, back.height) == (first.asset, first.alt, first.width, first.height)


async def test_an_edit_that_died_before_it_could_say_so_shows_the_version_it_stored(
    database: str, tmp_path: Path
) -> None:
    screen = Screen()
    async with running(database, tmp_path, couriers=[screen]) as one:
        guest, finished = await _set(one.factory, screen)
        await guest.press(finished, EditText, lambda view: isinstance(view, FormView))
        edited = await guest.do(TextSent(text="MY NEW JOB"), lambda view: pictured(view) and len(view.pictures) == 1)
        (row,) = await one.factory.direct.fetch("select id::text, code from tf.job where kind = 'edit_text'")
        job = await one.factory.work.find(row["id"])

        assert job is not None
        assert [version.version for version in job.delivered] == [2]
        assert isinstance(edited, GalleryView)
        assert (await one.factory.desk.asset(edited.pictures[0].asset)).data


async def test_what_is_ordered_while_another_change_waits_builds_on_what_that_one_makes(
    database: str, tmp_path: Path
) -> None:
    screen = Screen()
    async with running(database, tmp_path, couriers=[screen], worker=False) as one:
        async with running(database, tmp_path):
            guest, finished = await _set(one.factory, screen)
        which = finished.pictures[0].variant
        orders = 0

        async def waiting(action: Action | str) -> None:
            nonlocal orders
            orders += 1
            if isinstance(action, str):
                await guest.press(finished, EditText, lambda view: isinstance(view, FormView), variant=which)
                await guest.send(TextSent(text=action))
            else:
                await guest.send(Pressed(action=action))

        since = len(screen.shown)
        typed = (Restyle(which, "effect.extrude"), Restyle(which, "effect.gradient"))
        redrawn = (ChangeVibe(which, "clean.0"), Reroll(which, "0"), Upscale(which))
        for order in ("MY NEW JOB", *redrawn, *typed, "A NEW LIFE"):
            await waiting(order)
        async with running(database, tmp_path):
            await screen.wait_for(lambda _: _singles(screen.shown[since:]) == orders, since)

        rows = await one.factory.direct.fetch(
            "select j.kind, n.recipe->'brief' as brief from tf.version n join tf.job j on j.id = n.job_id "
            "where n.number > 1 order by n.number"
        )
        made = [(row["kind"], *(row["brief"][name] for name in ("headline", "vibe", "quality"))) for row in rows]
        assert made == [
            ("edit_text", "MY NEW JOB", "bold", "standard"),
            ("change_vibe", "MY NEW JOB", "clean", "standard"),
            ("reroll", "MY NEW JOB", "clean", "standard"),
            ("upscale", "MY NEW JOB", "clean", "4k"),
            ("restyle", "MY NEW JOB", "clean", "4k"),
            ("restyle", "MY NEW JOB", "clean", "4k"),
            ("edit_text", "A NEW LIFE", "clean", "4k"),
        ]
        assert {"extrude", "gradient"} <= {*rows[-1]["brief"]["type_effects"]}, "neither took the other's away"


def _singles(shown: Sequence[View]) -> int:
    return sum(isinstance(view, GalleryView) and len(view.pictures) == 1 for view in shown)


async def test_emoji_beside_words_are_set_with_them(database: str, tmp_path: Path) -> None:
    screen = Screen()
    async with running(database, tmp_path, couriers=[screen]) as one:
        guest, finished = await _set(one.factory, screen)
        await guest.press(finished, EditText, lambda view: isinstance(view, FormView))

        edited = await guest.do(
            TextSent(text="NEVER GIVE UP 🔥"), lambda view: pictured(view) and len(view.pictures) == 1
        )

        assert isinstance(edited, GalleryView)
        assert "NEVER GIVE UP 🔥" in edited.pictures[0].alt


async def test_a_score_is_measured_on_the_stored_picture_and_costs_nothing(database: str, tmp_path: Path) -> None:
    screen = Screen()
    async with running(database, tmp_path, couriers=[screen]) as one:
        guest, finished = await _set(one.factory, screen, "word_cap.2")  # words that are not shown are not missed

        report = await guest.press(finished, Score, lambda view: bool(getattr(view, "facts", ())))

        assert isinstance(report, GalleryView)
        assert report.pictures[0].asset == finished.pictures[0].asset
        names = {fact.name for fact in report.facts} - {"Read back"}
        assert names == {"Contrast", "Letter height", "Words", "Covered by the platform", "File"}, "nobody is in it"
        assert ("Read back" in {fact.name for fact in report.facts}) is extra.reads()
        assert {fact.grade for fact in report.facts} == {Grade.GOOD}


async def test_a_thumbnail_from_elsewhere_is_judged_and_is_nobodys_selfie(database: str, tmp_path: Path) -> None:
    screen = Screen()
    async with running(database, tmp_path, couriers=[screen]) as one:
        guest = Guest(one.factory, screen)
        file = io.BytesIO()
        Image.effect_noise((1280, 720), 40).convert("RGB").save(file, "PNG")
        sent = await one.factory.desk.accept(guest.envelope, file.getvalue())
        beside = await one.factory.desk.accept(guest.envelope, file.getvalue())
        assert isinstance(sent, Photo) and isinstance(beside, Photo)

        judged = await guest.do(
            PhotosSent(photos=(sent, beside), command="score"), lambda view: bool(getattr(view, "facts", ()))
        )
        asked = await guest.do(CommandSent(name="new"), lambda view: isinstance(view, TextView) and view != judged)

        assert isinstance(judged, TextView)
        weight = next(fact for fact in judged.facts if fact.name == "File")
        assert weight.value.startswith(f"{len(file.getvalue()) / 1e6:.2f} MB"), "of what was sent, not of what is kept"
        assert not any(isinstance(parse(token), UseLastSelfies) for _, token in buttons(asked))


async def test_a_headline_no_typeface_covers_leaves_the_question_open(database: str, tmp_path: Path) -> None:
    screen = Screen()
    async with running(database, tmp_path, couriers=[screen]) as one:
        guest, finished = await _set(one.factory, screen)
        await guest.press(finished, EditText, lambda view: isinstance(view, FormView))

        refused = await guest.do(TextSent(text="বাংলা শিরোনাম"), lambda view: isinstance(view, NoticeView))
        edited = await guest.do(TextSent(text="PLAIN LETTERS"), lambda view: pictured(view) and len(view.pictures) == 1)

        assert "Type another headline" in refused.text
        assert isinstance(edited, GalleryView)
        assert "PLAIN LETTERS" in edited.pictures[0].alt


async def test_archives_hold_what_is_left_or_was_asked_for_and_an_export_names_the_files_it_holds_and_no_others(
    database: str, tmp_path: Path
) -> None:
    screen = Screen()
    async with running(database, tmp_path, couriers=[screen]) as one:
        guest, finished = await _set(one.factory, screen, "file_type.psd")
        beside = await screen.wait_for(_file, 0)
        lost, *left = [picture.asset for picture in finished.pictures]
        await one.factory.blobs.delete([(await one.factory.assets.get(lost)).blob_key])

        together = await guest.press(finished, DownloadAll, lambda view: _file(view) and view != beside)
        best = await guest.press(finished, BestThree, lambda view: _file(view) and view not in (beside, together))
        handed = await guest.do(CommandSent(name="export"), lambda view: _file(view) and view not in (together, best))

        assert isinstance(together, FileView) and isinstance(handed, FileView) and isinstance(beside, FileView)
        with zipfile.ZipFile(io.BytesIO((await one.factory.desk.asset(beside.asset)).data)) as archive:
            assert [archive.read(name)[:4] for name in archive.namelist()] == [b"8BPS"] * len(finished.pictures)
        with zipfile.ZipFile(io.BytesIO((await one.factory.desk.asset(together.asset)).data)) as archive:
            assert len(archive.namelist()) == len(left)
        assert isinstance(best, FileView) and "Variants 2, 3, 4." in best.text
        seen = await screen.wait_for(lambda view: _captions(view)[:1] == ["A · variant 2"], 0)
        assert isinstance(seen, GalleryView) and [picture.asset for picture in seen.pictures] == left
        with zipfile.ZipFile(io.BytesIO((await one.factory.desk.asset(best.asset)).data)) as archive:
            assert [name[:2] for name in archive.namelist()] == ["A-", "B-", "C-"]
            assert all(Image.open(archive.open(name)).size == (1280, 720) for name in archive.namelist())
        apart = await one.factory.direct.fetch("select facts->'apart' as gap from tf.version order by 1")
        assert [row["gap"] is None or row["gap"] > FLOOR for row in apart] == [True] * 4
        with zipfile.ZipFile(io.BytesIO((await one.factory.desk.asset(handed.asset)).data)) as archive:
            *held, last = archive.namelist()
            told = {row["id"]: row for row in json.loads(archive.read(last))["assets"]}
        assert last == "data.json"
        assert sorted(row["file"] for row in told.values() if "file" in row) == sorted(held)
        assert all("file" in told[asset] for asset in left) and "file" not in told[lost]
        assert [row for row in told.values() if row["kind"] == "plate"], "or there is nothing that stays outside"
