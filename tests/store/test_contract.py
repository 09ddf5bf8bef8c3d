"""Every function of schema api, over both ways in, against the same database: same answers, same refusals."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import replace
from typing import Any

import psycopg
import pytest

from core.domain.entitlement import Right
from core.domain.guild import Guild
from core.domain.job import JobStatus
from core.domain.pack import Pack
from core.domain.payment import Money, Page, Told
from core.domain.plan import PlanId
from core.domain.subscription import Status
from core.store.asset import Assets
from core.store.discussion import Discussions
from core.store.error import Blocked, Conflict, Insufficient, LimitReached, Unknown
from core.store.guild import Given, GuildChange, Guilds
from core.store.happening import Happenings
from core.store.job import Jobs
from core.store.join import Issue, Join, Joins
from core.store.model import ModelRegister, Models, Override
from core.store.outbox import Outbox, Parcel
from core.store.payment import Buyer, Payments
from core.store.person import People
from core.store.port import Transport
from core.store.purchase import Purchases, Tell
from core.store.reply import Replies
from core.store.subscription import Subscriptions
from core.store.team import Invite, Teams
from core.store.transcript import Transcripts
from core.store.turn import SubmitLimit, Turns
from core.store.variant import Variants
from core.store.voucher import Redeem, Redeemer, VoucherOffice, Vouchers
from core.store.wallet import Wallets
from tests.store.scene import PLATFORM, Person, asset, code_of, drawn, lent, new_id, order, post, staged


class Counted:
    """A transport that remembers which functions were called."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self.called: set[str] = set()

    async def call(self, function: str, arguments: Mapping[str, Any]) -> Any:
        self.called.add(function)
        return await self._transport.call(function, arguments)

    async def listen(self, channel: str) -> AsyncGenerator[str]:
        async with aclosing(self._transport.listen(channel)) as told:
            async for payload in told:
                yield payload

    async def close(self) -> None:
        await self._transport.close()


async def test_every_function_answers_the_same_by_either_way(transport: Transport, database: str) -> None:
    counted = Counted(transport)
    turns, wallets, jobs, variants = Turns(counted), Wallets(counted), Jobs(counted), Variants(counted)
    assets, people, pages, outbox = Assets(counted), People(counted), Transcripts(counted), Outbox(counted, PLATFORM)

    opened = await turns.open(
        event="e", platform=PLATFORM, ref="7", place="7", language="en", person_hash="h", starter=4
    )
    person = Person(turns, "7", opened)
    assert (opened.new_user, opened.session, opened.wallet.purchased) == (True, None, 4)

    # Money
    async with staged(database) as scene:
        await scene.wallets.topup(person.id, 6, key="t")
    balance = await wallets.balance(person.id)
    assert (balance.wallet.purchased, len(balance.movements)) == (10, 2)

    # A server
    guilds = Guilds(counted)
    assert await guilds.read(PLATFORM, "g") == Guild()
    await person.submit(guild=GuildChange("g", {"daily_jobs": 3}, Given(2, 6)))
    changed = await guilds.read(PLATFORM, "g", person.id)
    assert (changed.rules.daily_jobs, changed.wallet.purchased, changed.giveable) == (3, 2, 4)

    # A turn, its refusals, its job
    with pytest.raises(Insufficient) as poor:
        await person.submit(order(99))
    assert (poor.value.detail["have"], poor.value.detail["need"]) == (8, 99)
    placed, limit = order(4), SubmitLimit(name="submits", seconds=60, most=1)
    await person.submit(placed, limits=[limit], outbox=[post("hello")])
    with pytest.raises(LimitReached) as fast:
        await person.submit(order(0), limits=[limit])
    assert (fast.value.detail["name"], fast.value.detail["used"]) == ("submits", 1)
    with pytest.raises(Conflict):
        await turns.store(person.turn(version=9))
    discussions = Discussions(counted, PLATFORM)
    assert await discussions.find("1", placed.code) is None
    await discussions.keep("1", placed.code, "2")
    await discussions.keep("1", placed.code, "3")
    assert [await discussions.find(place, placed.code) for place in ("1", "2")] == ["3", None]
    await discussions.keep("1", "0000000000", "4")
    async with staged(database) as scene:
        work, variant_id = scene.worker(), new_id()
        await work.start(placed.job_id)
        kept = await work.store_variant(
            placed.job_id,
            variant_id=variant_id,
            code=code_of(variant_id),
            position=0,
            version=await drawn(scene.direct),
            earned=1,
        )
    assert (await jobs.get(placed.code, person.id)).variants == (kept.code,)
    assert (await jobs.cancel(person.id))[0].status == JobStatus.RUNNING
    assert (await jobs.page(person.id)).total == 1
    assert (await jobs.timeline(code=placed.code))[1]
    with pytest.raises(Unknown):
        await jobs.get("0000000000", person.id)

    # Pictures
    variant, job = await variants.get(kept.code, person.id)
    assert (variant.id, job.id) == (variant_id, placed.job_id)
    assert (await variants.gallery(person.id)).total == 1
    assert (await variants.mark(kept.code, person.id, pinned=True)).pinned
    picture = asset("selfie")
    await assets.promise(str(picture["blob_key"]))
    selfie = await assets.add(person.id, picture)
    with pytest.raises(Conflict):
        await assets.promise(selfie.blob_key)
    assert await assets.get(selfie.id, person.id) == selfie
    with pytest.raises(Blocked):
        await assets.get(selfie.id, new_id())
    assert (await assets.pin(selfie.id, person.id)).pinned
    assert [one.id for one in await assets.latest_selfies(person.id)] == [selfie.id]
    assert (await assets.disk_used(person.id)).mine == 3000
    assert await assets.forget_selfies(person.id) == (selfie.blob_key,)

    # Messages
    parcel = await outbox.claim("a", lease_seconds=30)
    assert isinstance(parcel, Parcel)
    assert not await outbox.undelivered(parcel.rows[0].id, "a", "429", retry_after=0)
    parcel = await outbox.claim("a", lease_seconds=30)
    assert isinstance(parcel, Parcel)
    await outbox.let_go(["a"])
    parcel = await outbox.claim("b", lease_seconds=30)
    assert isinstance(parcel, Parcel)
    await outbox.let_go(["a", "c"])
    assert await outbox.shown(parcel.place, "12") == ""
    assert await outbox.delivered(parcel.rows[0].id, "b", {"message": 1, "shows": {"12": "V1"}})
    assert await outbox.shown(parcel.place, "12") == "V1"
    assert [await outbox.shown(*other) for other in ((parcel.place, "1"), ("elsewhere", "12"))] == ["", ""]
    await outbox.keep_reference("abc", "photo", "file")
    assert await outbox.find_reference("abc", "photo") == "file"
    happenings = Happenings(counted, PLATFORM)
    assert await happenings.record("e:1", "e", {"id": "1"}) == (True, True)
    assert await happenings.record("e:1", "e", {"id": "1"}) == (False, True)
    await happenings.close("e:1")
    assert await happenings.record("e:1", "e", {"id": "1"}) == (False, False)

    purchases, tell = Purchases(counted, PLATFORM), Tell("7", "^7$")
    told: Mapping[str, Any] = {"happening": "e:1", "tell": tell}
    assert await purchases.credit("900", "pack", user_id=person.id, amount=5, **told) == (5, False)
    assert await purchases.credit("900", "pack", user_id=person.id, amount=5, **told) == (0, False)
    assert await purchases.refund("900", "pack", **told) == 5
    assert await purchases.credit("900", "pack", user_id=person.id, amount=5, **told) == (0, True)
    assert await purchases.doubt("901", "pack", "test")
    assert not await purchases.doubt("901", "pack", "test")

    subscriptions = Subscriptions(counted)
    assert await subscriptions.collected("stars", new_id()) == ()
    await subscriptions.end_collecting("stars", new_id())
    assert (await subscriptions.merge("stripe", "sub", user_id=person.id)).moved == 0
    assert [one.status for one in (await subscriptions.of(person.id))[1]] == [Status.OPEN]
    assert await subscriptions.managed("stripe", new_id()) is None
    right = Right(id="right", item="item", person="7")
    assert await subscriptions.entitled(PLATFORM, [right], None, happenings=["e:1"]) == 0
    assert await subscriptions.entitled_due(PLATFORM, ["right"]) == {"right"}
    payments, pack = Payments(counted, "stripe"), Pack("", 50, Money(500, "usd"))
    buyer = Buyer(event="b", user_id=person.id, platform=PLATFORM, person="7", place="7")
    bought = await payments.order(buyer, pack, "50 credits", "https://b", live=False, seconds=7200, least=1800)
    assert (bought.sale.title, bought.sale.money, bought.url) == ("50 credits", Money(500, "usd"), None)
    await payments.paged(bought.sale.id, Page("cs_1", "https://pay"))
    another = replace(buyer, event=new_id())
    monthly = await payments.order(
        another, pack, "Pro", "https://b", live=False, seconds=7200, least=1800, plan=PlanId.PRO
    )
    assert monthly.sale.monthly and not bought.sale.monthly
    again = await payments.order(buyer, pack, "other", "https://c", live=False, seconds=7200, least=1800)
    assert again == replace(bought, url="https://pay")
    agreed = await payments.agreed(bought.sale.id)
    assert agreed is not None and (agreed.pack, agreed.open) == (pack, True)
    assert await payments.agreed(new_id()) is None
    paid = Told(event="evt_1", kind="k", live=False, order=bought.sale.id, payment="pi_1", paid=Money(500, "usd"))
    assert [await payments.take(paid) for _ in range(2)] == [True, False]

    replies = Replies(counted, PLATFORM)
    await replies.keep("7:8", lent("r"), 60)
    assert await replies.take("r", "view") == "original"
    await replies.stands("r", "message")
    assert [row["original"] for row in await replies.live("7:8")] == ["message"]
    assert await pages.write("page", "a", {"text": "x"}, by_person=True) == 1
    assert [line.view for line in await pages.read("page")] == [{"text": "x"}]

    # Models
    async with staged(database) as scene:
        await ModelRegister(scene.direct).override(Override(model="m", enabled=False))
    assert (await Models(counted).state()).overrides == (Override(model="m", enabled=False),)

    # The person
    assert (await people.save_settings(person.id, {"vibe": "bold"})).settings == {"vibe": "bold"}
    made = await people.make_web_identity("ref", secret_hash="s", recovery_hash="r")
    assert await people.recover("r", secret_hash="s2", new_recovery_hash="r2") == made
    assert (await people.export(person.id))["profile"]["settings"] == {"vibe": "bold"}
    await person.reopen()
    redeemer = Redeemer("hash", anonymous=False)
    async with staged(database) as scene:
        office = VoucherOffice(scene.direct, 100)
        await office.make("code", 5, 1, owner=None, note="hello", days=1, key="k", actor="machine:ada")
    found = await Vouchers(counted).look(
        "code", redeemer, user_id=person.id, platform=PLATFORM, ref=person.ref, event="v"
    )
    assert found.credits == 5
    await person.submit(redeem=Redeem(found.id, redeemer))
    teams = Teams(counted)
    with psycopg.connect(database, autocommit=True) as owner:
        owner.execute("update tf.users set plan = 'team' where id = %s", (person.id,))
    await person.submit(team=Invite("seat"))
    mate = await turns.open(event="m", platform="web", ref="mate", place="mate", language="en")
    invited = await teams.read(mate.user_id, platform="web", ref="mate", event="t", code_hash="seat")
    assert invited.invitation is not None and invited.invitation.owner == person.id
    joins, ref = Joins(counted), "ref"
    other = await turns.open(event="o", platform="web", ref=ref, place=ref, language="en")
    await person.reopen()
    await person.submit(linking=Issue("code"))
    asked = await joins.linking(platform="web", ref=ref, event="j", code_hash="code")
    assert asked.offer is not None and asked.offer.platforms == (PLATFORM,)
    joining = person.turn(user_id=other.user_id, platform="web", place=ref, version=0)
    await turns.store(replace(joining, linking=Join("code", ref, asked.offer.terms)))
    here = await joins.linking(platform="web", ref=ref, event="l")
    assert [(one.platform, one.first, one.here) for one in here.identities] == [
        (PLATFORM, True, False),
        ("web", False, True),
    ]
    with pytest.raises(Blocked):
        await people.farewell(PLATFORM, "7", "en", [post("too early")])
    assert (await people.delete(person.id)).variants == 1
    await people.farewell(PLATFORM, "7", "en", [post("receipt")])
    with pytest.raises(Unknown):
        await wallets.balance(person.id)

    with psycopg.connect(database) as owner:
        known = {
            name for (name,) in owner.execute("select proname from pg_proc where pronamespace = 'api'::regnamespace")
        }
    assert known - counted.called == {"ping"}
