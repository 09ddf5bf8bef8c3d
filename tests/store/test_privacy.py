"""What is stored of a person: exported whole, deleted whole, purged in time."""

import json
from dataclasses import replace

import psycopg
import pytest
from psycopg import sql

from core.domain.job import JobStatus
from core.store.asset import AssetKind, Assets
from core.store.error import Blocked, Unknown
from core.store.outbox import Outbox, Parcel
from core.store.person import People
from core.store.transcript import Transcripts
from core.store.variant import Variants
from tests.store.scene import PLATFORM, Person, Scene, asset, code_of, drawn, new_id, post, staged, version, written


async def busy(scene: Scene) -> Person:
    """Someone with a bit of everything, and a job still running."""
    person = await scene.person(10, starter=4, person_hash="salted-hash")
    assets, work = Assets(scene.direct), scene.worker()
    await assets.add(person.id, await written(scene.direct, asset("selfie", facts={"face": [0.1, 0.2]})))
    await person.submit(outbox=[post("hello", f"dear {person.ref}")], settings={"vibe": "bold"})
    done = await scene.ordered(person, 2, brief={"format": "youtube", "headline": person.ref}, project_id=new_id())
    await work.start(done.job_id)
    variant = new_id()
    made = await drawn(scene.direct)
    await work.store_variant(done.job_id, variant_id=variant, code=code_of(variant), position=0, version=made)
    await work.end(done.job_id, JobStatus.DONE, captured=2, outbox=[post("done")])
    running = await scene.ordered(person, 3)
    await work.start(running.job_id)
    await scene.ordered(person, 1)
    return person


def traces(dsn: str, text: str) -> list[str]:
    """Tables of every schema of ours with a row that contains the text anywhere."""
    found = []
    with psycopg.connect(dsn) as owner:
        for schema, table in owner.execute(
            "select schemaname, tablename from pg_tables where schemaname in ('tf', 'queue', 'api')"
        ).fetchall():
            name = sql.Identifier(schema, table)
            hits = owner.execute(sql.SQL("select 1 from {} t where t::text like %s").format(name), (f"%{text}%",))
            if hits.fetchone():
                found.append(f"{schema}.{table}")
    return found


async def test_what_is_deleted_is_purged_at_once_and_what_is_only_promised_is_not(database: str) -> None:
    async with staged(database) as scene:
        person = await busy(scene)
        await written(scene.direct, asset())
        assert called(scene) == 0
        await Assets(scene.direct).forget_selfies(person.id)
        await People(scene.direct).delete(person.id, platform=PLATFORM, place=person.ref, farewell=[post("bye")])
        assert called(scene) == 1, "one call serves everybody who waits for it"


def called(scene: Scene) -> int:
    """How many purges stand in the queue."""
    rows = scene.rows("select args->>'schedule' from queue.procrastinate_jobs where task_name = 'run_schedule'")
    return rows.count(("purge",))


async def test_whoever_leaves_leaves_nothing_but_a_salted_hash_and_nameless_amounts(database: str) -> None:
    async with staged(database) as scene:
        person = await busy(scene)
        assert "tf.identity" in traces(database, person.ref), "the scan must be able to find something"
        receipt = await People(scene.direct).delete(
            person.id, platform=PLATFORM, place=person.ref, farewell=[post("bye")]
        )
        assert (receipt.jobs, receipt.variants, receipt.pictures) == (3, 1, 3)
        assert receipt.credits_written_off == 12
        assert set(await scene.housekeeping.doomed_blobs()) == set(receipt.blob_keys)
        assert len(receipt.blob_keys) == 3
        assert sorted(traces(database, person.ref)) == ["tf.chat", "tf.outbox"], "the farewell is still on its way"
        parcel = await scene.outbox.claim("a", lease_seconds=30)
        assert isinstance(parcel, Parcel)
        assert [row.key for row in parcel.rows] == ["bye"]
        await scene.outbox.delivered(parcel.rows[0].id, "a", {"message": person.ref})

        assert traces(database, person.ref) == []
        assert traces(database, person.id) == []
        assert traces(database, "salted-hash") == ["tf.starter_grant"]
        assert scene.rows("select sum(held), sum(purchased), count(user_id) from tf.wallet") == [(0, 0, 0)]
        assert (await scene.worker().heartbeat()).running == frozenset()
        with pytest.raises(Unknown):
            await person.turns.store(person.turn())


async def test_coming_back_after_leaving_brings_no_second_starter_grant(database: str) -> None:
    async with staged(database) as scene:
        person = await scene.person(starter=4, person_hash="h")
        await People(scene.direct).delete(person.id)
        assert (await scene.wallet(await scene.person(starter=4, person_hash="h"))).available == 0


async def test_leaving_within_a_turn_answers_with_a_receipt_and_a_farewell(database: str) -> None:
    async with staged(database) as scene:
        person, other = await busy(scene), await busy(scene)
        stored = await person.turns.store(person.turn(delete_person=True, outbox=[post("bye")]))
        assert stored.receipt is not None
        assert stored.receipt.jobs == 3
        assert scene.rows("select key from tf.outbox where place = %s", person.ref) == [("bye",)]
        assert (await Variants(scene.direct).gallery(other.id)).total == 1


async def test_an_export_holds_everything_of_one_person_and_nothing_of_another(database: str) -> None:
    async with staged(database) as scene:
        person, other = await busy(scene), await scene.person()
        text = json.dumps(await People(scene.direct).export(person.id))
        for part in (person.ref, "bold", '"headline"', "salted", "capture"):
            assert (part in text) is (part != "salted")
        assert other.ref not in text
        assert "secret_hash" not in text


async def test_pictures_go_after_thirty_days_with_what_was_read_from_them_unless_pinned(database: str) -> None:
    async with staged(database) as scene:
        person = await busy(scene)
        assets, variants = Assets(scene.direct), Variants(scene.direct)
        kept = await assets.add(person.id, await written(scene.direct, asset("original")))
        await assets.pin(kept.id, person.id)
        logo = await assets.add(person.id, await written(scene.direct, asset("logo")))
        scene.advance("29 days 23 hours")
        assert await scene.housekeeping.purge_due() == ()
        scene.advance("2 hours")
        purged = await scene.housekeeping.purge_due()
        assert len(purged) == 3
        assert await scene.housekeeping.purge_due() == ()
        assert [(await assets.get(one.id)).id for one in (kept, logo)] == [kept.id, logo.id]
        assert (await variants.gallery(person.id)).total == 0
        assert scene.rows("select count(*) from tf.asset where deleted_at is not null and facts <> '{}'") == [(0,)]
        assert set(await scene.housekeeping.doomed_blobs()) == set(purged)
        assert await scene.housekeeping.blobs_deleted(purged) == 3
        assert await scene.housekeeping.doomed_blobs() == ()


async def test_a_pinned_variant_keeps_its_files(database: str) -> None:
    async with staged(database) as scene:
        person, variants = await busy(scene), Variants(scene.direct)
        (item,) = (await variants.gallery(person.id)).items
        await variants.mark(item.variant.code, person.id, pinned=True)
        scene.advance("31 days")
        assert [key.split("/")[0] for key in await scene.housekeeping.purge_due()] == ["selfie"]
        assert (await variants.gallery(person.id)).total == 1


async def test_selfies_are_offered_again_until_they_are_forgotten(database: str) -> None:
    async with staged(database) as scene:
        person, stranger, assets = await scene.person(), await scene.person(), Assets(scene.direct)
        added = [await assets.add(person.id, await written(scene.direct, asset("selfie"))) for _ in range(3)]
        assert [one.id for one in await assets.latest_selfies(person.id, 2)] == [added[1].id, added[2].id]
        assert (await assets.disk_used(person.id)).mine == 3000
        assert (await assets.disk_used(stranger.id)).mine == 0
        with pytest.raises(Blocked):
            await assets.get(added[0].id, stranger.id)
        with pytest.raises(Blocked):
            await assets.pin(added[0].id, stranger.id)
        assert set(await assets.forget_selfies(person.id)) == {one.blob_key for one in added}
        assert await assets.latest_selfies(person.id) == ()
        with pytest.raises(Unknown):
            await assets.get(added[0].id, person.id)


async def test_the_last_selfies_are_those_of_the_last_brief_and_not_every_upload(database: str) -> None:
    async with staged(database) as scene:
        person, assets = await scene.person(10), Assets(scene.direct)
        album = [await assets.add(person.id, await written(scene.direct, asset("selfie"))) for _ in range(2)]
        assert len(await assets.latest_selfies(person.id)) == 2, "an album is one upload"
        singles = []
        for number in range(3):
            scene.advance("1 hour")
            one = await assets.add(person.id, await written(scene.direct, asset("selfie")))
            singles.append(one.id)
            assert [row.id for row in await assets.latest_selfies(person.id)] == [singles[max(0, number - 1)]]
            await scene.ordered(person, 1, brief={"selfies": [one.id]}, project_id=new_id())
            assert [row.id for row in await assets.latest_selfies(person.id)] == [one.id]
        scene.advance("1 hour")
        both = [album[1].id, album[0].id]
        await scene.ordered(person, 1, brief={"selfies": both}, project_id=new_id())
        await scene.ordered(person, 1, brief={"selfies": []}, project_id=new_id())
        assert [row.id for row in await assets.latest_selfies(person.id)] == both
        ranked = {"selfies": both, "selfie_places": [2, 1]}
        await scene.ordered(person, 1, brief=ranked, project_id=new_id())
        assert [row.id for row in await assets.latest_selfies(person.id)] == both[::-1], "as they were sent"


async def test_a_browser_is_known_by_its_cookie_and_recovered_by_its_code_once(database: str) -> None:
    async with staged(database) as scene:
        people = People(scene.direct)
        with pytest.raises(Unknown):
            await people.web_identity("cookie")
        made = await people.make_web_identity("ref", secret_hash="cookie", recovery_hash="code")
        assert await people.make_web_identity("ref2", secret_hash="cookie", recovery_hash="x") == made
        assert await people.web_identity("cookie") == made
        assert await people.recover("code", secret_hash="other", new_recovery_hash="code2") == made
        for attempt in (people.web_identity("cookie"), people.recover("code", secret_hash="z", new_recovery_hash="y")):
            with pytest.raises(Unknown):
                await attempt
        opened = await scene.turns.open(event="e", platform="web", ref="ref", place="ref", language="en", starter=4)
        assert (opened.user_id, opened.wallet.available) == (made.user_id, 0)


async def test_a_page_keeps_its_order_and_shows_changed_lines_again(database: str) -> None:
    async with staged(database) as scene:
        pages = Transcripts(scene.direct)
        assert [await pages.write("p", key, {"n": key}, by_person=key == "a") for key in "abca"] == [1, 2, 3, 1]
        lines = await pages.read("p")
        assert [(one.key, one.by_person, one.revision) for one in lines] == [
            ("a", True, 1),
            ("b", False, 2),
            ("c", False, 3),
        ]
        await pages.write("p", "b", {"n": "changed"}, by_person=False)
        assert [(one.seq, one.view) for one in await pages.read("p", after=3)] == [(2, {"n": "changed"})]
        assert [one.key for one in await pages.read("p", limit=2)] == ["b", "c"]
        assert await pages.read("q") == ()


async def test_a_page_goes_with_its_person(database: str) -> None:
    async with staged(database) as scene:
        people = People(scene.direct)
        made = await people.make_web_identity("ref", secret_hash="s", recovery_hash="r")
        await Transcripts(scene.direct).write("ref", "a", {"text": "private"}, by_person=True, user_id=made.user_id)
        await people.delete(made.user_id, platform="web", place="ref", farewell=[post("bye")])
        assert "tf.transcript" not in traces(database, "private")
        assert isinstance(await Outbox(scene.direct, "web").claim("a", lease_seconds=9), Parcel)


async def test_settings_are_merged_and_none_removes_one(database: str) -> None:
    async with staged(database) as scene:
        person, people = await scene.person(), People(scene.direct)
        await people.save_settings(person.id, {"vibe": "bold", "quality": "draft"})
        profile = await people.save_settings(person.id, {"vibe": None, "format": "reels"}, language="de")
        assert profile.settings == {"quality": "draft", "format": "reels"}
        assert (await person.reopen()).language == "de"


async def test_a_picture_that_becomes_the_logo_stays_and_is_no_selfie_any_more(database: str) -> None:
    async with staged(database) as scene:
        person, assets = await scene.person(11), Assets(scene.direct)
        first, second = asset("selfie"), asset("selfie")
        for file in (first, second):
            await assets.add(person.id, await written(scene.direct, file))
        people = People(scene.direct)

        await people.save_settings(person.id, {"logo": first["id"]})
        await people.save_settings(person.id, {"logo": second["id"]})
        await assets.forget_selfies(person.id)

        replaced, kept = await assets.get(first["id"]), await assets.get(second["id"])
        assert (replaced.kind, kept.kind) == (AssetKind.LOGO, AssetKind.LOGO)
        assert replaced.purge_at is not None
        assert kept.purge_at is None
        assert await assets.latest_selfies(person.id) == ()


async def test_a_deleted_variant_makes_room_at_once_and_its_files_go_within_the_hour_even_pinned_ones(
    database: str,
) -> None:
    async with staged(database) as scene:
        person, variants, assets = await busy(scene), Variants(scene.direct), Assets(scene.direct)
        (item,) = (await variants.gallery(person.id)).items
        await variants.mark(item.variant.code, person.id, pinned=True)
        before = (await assets.disk_used(person.id)).mine
        await variants.mark(item.variant.code, person.id, deleted=True)
        assert (await assets.disk_used(person.id)).mine == before - 2000
        assert await scene.housekeeping.purge_due() == ()
        scene.advance("61 minutes")
        assert sorted(key.split("/")[0] for key in await scene.housekeeping.purge_due()) == ["plate", "render"]


async def test_a_variant_brought_back_in_time_keeps_its_files(database: str) -> None:
    async with staged(database) as scene:
        person, variants = await busy(scene), Variants(scene.direct)
        (item,) = (await variants.gallery(person.id)).items
        await variants.mark(item.variant.code, person.id, deleted=True)
        await variants.mark(item.variant.code, person.id, deleted=False)
        scene.advance("2 hours")
        assert await scene.housekeeping.purge_due() == ()
        scene.advance("31 days")
        assert len(await scene.housekeeping.purge_due()) == 3


async def test_what_a_model_was_shown_goes_with_the_first_of_the_selfies_and_no_pin_keeps_it(database: str) -> None:
    async with staged(database) as scene:
        person, work, assets = await scene.person(10), scene.worker(), Assets(scene.direct)
        selfie = await assets.add(person.id, await written(scene.direct, asset("selfie")))
        scene.advance("20 days")
        thread = asset("thread")
        made = replace(version(), recipe={"brief": {"selfies": [selfie.id]}}, original=asset("original"), thread=thread)
        done = await scene.ordered(person, 2)
        await work.start(done.job_id)
        variant = new_id()
        made = await drawn(scene.direct, made)
        await work.store_variant(done.job_id, variant_id=variant, code=code_of(variant), position=0, version=made)
        assert (await assets.get(str(thread["id"]))).purge_at == selfie.purge_at

        await Variants(scene.direct).mark(code_of(variant), person.id, pinned=True)
        kept = await assets.get(str(thread["id"]))
        assert (kept.pinned, kept.purge_at) == (False, selfie.purge_at)

        await assets.forget_selfies(person.id)
        with pytest.raises(Unknown):
            await assets.get(str(thread["id"]))
