"""Plans sold by Discord, with all of it real but Discord: each paid period is credited once, whatever is told of it."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from core.domain.plan import PlanId, Sku
from core.domain.subscription import Status
from core.store.subscription import Periods, Subscriptions
from tests.bots.scripted import eventually
from tests.checkout import checkout, follow
from tests.discord_server.fault import unavailable
from tests.discord_server.person import Person
from tests.discord_server.server import DiscordServer
from tests.discord_server.world import APPLICATION_ID
from tests.factory import Running, running
from tests.stripe_server.server import StripeServer
from tests.web.test_plan import PLANS as BY_CARD
from tests.web.test_plan import priced

from .test_card import links
from .test_shop import LIST, alerts, eventually_open, here_before, premium, told_all
from .test_story import HURRIED

STARTER, PRO = "7101", "7102"
PLANS = (Sku(PlanId.STARTER, STARTER), Sku(PlanId.PRO, PRO))
LISTED = "GET /skus/{sku_id}/subscriptions"
DAY_S = 86_400.0


@asynccontextmanager
async def selling(database: str, home: Path, server: DiscordServer, **more: Any) -> AsyncIterator[Running]:
    """The audit is clean when it is left."""
    given = {"discord_plans": PLANS, "discord_bot_token": server.token, "starter_grant": 0, "pace": HURRIED}
    async with running(database, home, discord=server, **given | more) as here:
        yield here
        audit = await here.factory.housekeeping.audit()
        assert audit.clean, audit


async def has(here: Running, person: Person) -> tuple[str, int, str]:
    """Plan, credits of the month less what is owed, and how the newest subscription stands."""
    (row,) = await here.factory.direct.fetch(
        "select i.user_id::text as id, w.monthly - w.debt as n from tf.identity i join tf.wallet w using (user_id)"
        " where i.ref = %s",
        (str(person.user.id),),
    )
    plan, held = await Subscriptions(here.factory.direct).of(row["id"])
    return plan, row["n"], held[0].status if held else ""


async def comes_to(here: Running, person: Person, *expected: object) -> None:
    async with asyncio.timeout(30):
        while await has(here, person) != expected:  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def sweep(here: Running, *, everything: bool = False) -> None:
    assert here.discord is not None
    await here.discord._shop.sweep(APPLICATION_ID, everything=everything)


async def test_a_plan_is_taken_fails_once_is_renewed_and_cancelled(
    database: str, tmp_path: Path, discord_server: DiscordServer, member: Person
) -> None:
    async with selling(database, tmp_path, discord_server) as here:
        member.run("plans")
        shown = await member.wait_for("250 credits a month")
        assert shown.seen_by == member.user.id
        assert [one["sku_id"] for one in premium(shown)] == [STARTER, PRO]
        discord_server.world.advance(-40 * DAY_S)
        held = member.subscribe(PRO)
        discord_server.world.advance(40 * DAY_S)
        # The next month is being asked for, which nothing tells of but its absence.
        await comes_to(here, member, "free", 0, Status.PAST_DUE)
        member.renew(held)
        await member.wait_for("250 credits were added. 250 credits to spend")
        await comes_to(here, member, "pro", 250, Status.ACTIVE)
        member.run("plans")
        again = await member.wait_for("paid until")
        assert premium(again) == [], "one plan at a time"
        member.run("cancel_subscription")
        assert "User Settings, Subscriptions" in (await member.wait_for("only you can end it there")).text
        member.cancel(held)
        await comes_to(here, member, "pro", 250, Status.CANCELLED)
        member.resume(held)
        await comes_to(here, member, "pro", 250, Status.ACTIVE)
        assert await told_all(here) == [] and await alerts(here) == ["late"], "the first month was told after its end"


async def test_a_dearer_plan_costs_and_brings_the_difference_and_a_cheaper_one_waits(
    database: str, tmp_path: Path, discord_server: DiscordServer, member: Person
) -> None:
    async with selling(database, tmp_path, discord_server) as here:
        await here_before(member)
        discord_server.world.advance(-20 * DAY_S)
        held = member.subscribe(STARTER)
        discord_server.world.advance(10 * DAY_S)
        await comes_to(here, member, "starter", 50, Status.ACTIVE)
        member.upgrade(held, PRO, seconds=11 * DAY_S)
        assert "250 credits to spend" in (await member.wait_for("200 credits were added")).text
        member.downgrade(held, STARTER)
        discord_server.world.advance(10 * DAY_S)
        member.renew(held)
        async with asyncio.timeout(30):
            while await here.factory.direct.fetch("select count(*) as n from tf.term") != [{"n": 3}]:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        assert await has(here, member) == ("pro", 250, Status.ACTIVE), "it has not begun"
        await here.factory.direct.fetch("update tf.clock set ahead = ahead + interval '2 days' returning 1")
        await Periods(here.factory.direct).begin()
        await comes_to(here, member, "starter", 50 + 50, Status.ACTIVE)


@pytest.mark.parametrize("how", ["refunded", "charged back"])
async def test_a_month_that_is_given_back_takes_its_credits_along_and_says_so(
    database: str, tmp_path: Path, discord_server: DiscordServer, member: Person, how: str
) -> None:
    async with selling(database, tmp_path, discord_server) as here:
        await here_before(member)
        discord_server.world.advance(-40 * DAY_S)
        held = member.subscribe(STARTER)
        discord_server.world.advance(40 * DAY_S)
        member.renew(held)
        await comes_to(here, member, "starter", 50, Status.ACTIVE)
        (member.give_back if how == "refunded" else member.lapse)(held)
        await member.wait_for("50 credits were taken back")
        plan, monthly, _ = await has(here, member)
        assert (plan, monthly) == ("free", 0)


async def test_what_nobody_told_of_is_found_by_a_sweep(
    database: str, tmp_path: Path, discord_server: DiscordServer, member: Person
) -> None:
    async with selling(database, tmp_path, discord_server) as here:
        await here_before(member)
        held = member.subscribe(STARTER, told=False, seconds=0.5)
        await sweep(here)
        await comes_to(here, member, "starter", 50, Status.ACTIVE)
        await asyncio.sleep(max(0.0, held.ends - discord_server.world.now()))
        member.renew(held, told=False)
        await sweep(here)
        await comes_to(here, member, "starter", 50, Status.ACTIVE)
        asked = len(discord_server.called(LISTED))
        await sweep(here)
        assert len(discord_server.called(LISTED)) == asked, "what is paid for is not asked after"
        member.cancel(held, told=False)
        await sweep(here, everything=True)
        await comes_to(here, member, "starter", 50, Status.CANCELLED)
        member.give_back(held, told=False)
        await sweep(here, everything=True)
        await comes_to(here, member, "free", 0, Status.ENDED)


@pytest.mark.parametrize("way", ["call", "riding"])
async def test_without_a_gateway_one_way_is_enough(
    database: str, tmp_path: Path, discord_server: DiscordServer, member: Person, way: str
) -> None:
    async with selling(database, tmp_path, discord_server, webhook=way == "call") as here:
        discord_server.events_endpoint = f"{here.webhook}/events" if way == "call" else ""
        held = member.subscribe(STARTER, told=False)
        (one,) = discord_server.world.entitlements.values()
        held.entitlement_ids, held.status = [], 1  # Discord names the right in its subscription a moment later
        if way == "call":
            discord_server.fail(LISTED, unavailable())
            for _ in range(2):
                await discord_server._call("ENTITLEMENT_CREATE", one.payload())
            assert discord_server.endpoint_answers == [503, 204], "what cannot be asked after is to come again"
        else:
            await here_before(member)
            before = len(discord_server.called(LISTED))
            for _ in range(2):
                await member.wait_for_answer(member.run("balance"))
            assert len(discord_server.called(LISTED)) == max(1, before), "it rides on everything, and is no news"
        await comes_to(here, member, "starter", 50, Status.ACTIVE)
        assert await told_all(here) == []


@pytest.mark.parametrize(
    ("terms", "reason"),
    [
        ({"sku_id": STARTER, "kind": 4}, "test"),
        ({"sku_id": STARTER, "kind": 8}, "test"),
        ({"sku_id": STARTER, "kind": 8, "starts_at": "2026-01-01T00:00:00+00:00"}, "period"),
        ({"sku_id": STARTER, "kind": 8, "guild_id": 5}, "nobody"),
    ],
    ids=["test mode", "test entitlement", "no subscription", "a server's"],
)
async def test_what_is_no_paid_plan_of_a_person_is_an_alert_and_stays_open(
    database: str, tmp_path: Path, discord_server: DiscordServer, member: Person, terms: dict[str, Any], reason: str
) -> None:
    async with selling(database, tmp_path, discord_server) as here:
        await here_before(member)
        discord_server.world.advance(-DAY_S)
        member.buy(**terms)
        discord_server.world.advance(DAY_S)
        await eventually_open(here, ["ENTITLEMENT_CREATE"])
        async with asyncio.timeout(10):
            while await alerts(here) != [reason]:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        await sweep(here, everything=True)
        assert await has(here, member) == ("free", 0, "")


async def test_what_rides_on_every_press_is_looked_into_once(
    database: str, tmp_path: Path, discord_server: DiscordServer, member: Person
) -> None:
    async with selling(database, tmp_path, discord_server) as here:
        assert here.discord is not None
        await eventually(lambda: bool(discord_server.called(LIST)))  # the sweep at the start, which finds nothing
        discord_server.world.advance(-DAY_S)
        one = member.buy(STARTER, kind=8, starts_at="2026-01-01T00:00:00+00:00", told=False)
        discord_server.world.advance(DAY_S)
        asked = len(discord_server.called(LISTED))
        for _ in range(3):
            await here.discord._shop.riding({"entitlements": [one.payload()]})
        assert len(discord_server.called(LISTED)) == asked + 1 and await told_all(here) == ["ENTITLEMENT_CREATE"]


async def test_in_staging_a_test_entitlement_is_a_month_and_ends_with_it(
    database: str, tmp_path: Path, discord_server: DiscordServer, member: Person
) -> None:
    async with selling(database, tmp_path, discord_server, discord_test_purchases=True) as here:
        await here_before(member)
        one = member.buy(PRO, kind=8)
        await comes_to(here, member, "pro", 250, Status.CANCELLED)
        member.get_refunded(one)
        await comes_to(here, member, "free", 0, Status.OPEN)


@pytest.mark.parametrize(("seed", "refunded"), [(1, False), (2, True), (3, True), (4, True)])
async def test_in_whatever_order_a_life_is_told_it_comes_to_one_balance(
    database: str, tmp_path: Path, discord_server: DiscordServer, member: Person, seed: int, refunded: bool
) -> None:
    """What is told is played as it was written down then; Discord, when asked, says how things stand now."""
    told: list[tuple[str, dict[str, Any]]] = []
    discord_server.happened = lambda kind, data: told.append((kind, dict(data)))  # type: ignore[method-assign]
    tell, discord_server.gateway.tell = discord_server.gateway.tell, lambda *said: said  # type: ignore[assignment]
    discord_server.tell = lambda said: told.append(said[:2])  # type: ignore[method-assign,assignment]
    discord_server.world.advance(-40 * DAY_S)
    held = member.subscribe(STARTER)
    discord_server.world.advance(31 * DAY_S)
    member.renew(held)
    discord_server.world.advance(4 * DAY_S)
    member.upgrade(held, PRO)
    member.cancel(held)
    if refunded:
        member.give_back(held)
    discord_server.world.advance(5 * DAY_S)
    async with selling(database, tmp_path, discord_server) as here:
        random.Random(seed).shuffle(told)
        discord = here.discord
        assert discord is not None
        for kind, data in (*told, *told[:3]):
            if kind.startswith("SUBSCRIPTION"):
                await discord._shop.changed(APPLICATION_ID, data)
            else:
                await discord.told({"type": kind, "data": data})
        comes_to = ("starter", 50) if refunded else ("pro", 50 + 200)
        assert await has(here, member) == (*comes_to, Status.CANCELLED)
        assert await told_all(here) == [] and await alerts(here) == ["late"], "the first month was over"
    discord_server.gateway.tell = tell  # type: ignore[method-assign]


async def test_one_plan_at_a_time_whoever_sells_it(
    database: str, tmp_path: Path, discord_server: DiscordServer, member: Person, stripe_server: StripeServer
) -> None:
    priced(stripe_server)
    given = {"discord": discord_server, "discord_bot_token": discord_server.token, "stripe_plans": BY_CARD}
    async with checkout(database, tmp_path, stripe_server, discord_plans=PLANS, **given) as shop:
        member.run("plans")
        shown = await member.wait_for("250 credits a month")
        assert [one["sku_id"] for one in premium(shown)] == [STARTER, PRO]
        offers = links(shown)
        assert list(offers) == ["Starter · $9.00 a month", "Pro · $29.00 a month"]
        held = member.subscribe(STARTER)
        await member.wait_for("50 credits were added")
        assert "This offer has ended" in (await follow(offers["Pro · $29.00 a month"])).text
        member.run("plans")
        again = await member.wait_for("You have Starter, paid until")
        assert premium(again) == [] and links(again) == {}
        member.cancel(held)
        await comes_to(shop.here, member, "starter", 50, Status.CANCELLED)
        await shop.pays((await follow(offers["Pro · $29.00 a month"])).leads)
        await member.wait_for("250 credits were added")
        # Discord asks nobody before it goes on with one, so that somebody has to look.
        member.resume(held)
        await doubled(shop.here, 1)
        member.cancel(held)
        await doubled(shop.here, 0)


async def doubled(here: Running, count: int) -> None:
    async with asyncio.timeout(30):
        while True:
            if [one["kind"] for one in await here.factory.housekeeping.open_alerts()].count("plans.doubled") == count:
                break
            await asyncio.sleep(0.02)
