"""Purchases in Discord, with everything real but Discord itself: whatever way they are told of, credited once."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import discord
import pytest
import simcord
from structlog.testing import capture_logs

from bots.discord.api import Api
from bots.discord.gateway import overhear
from bots.discord.membership import Memberships
from bots.discord.shop import EVENTS, Shop
from core.domain.pack import Pack
from core.services.desk import Unavailable
from tests.app.chat import stand_in
from tests.bots.scripted import eventually
from tests.discord_server.fault import unavailable
from tests.discord_server.person import Person
from tests.discord_server.server import DiscordServer
from tests.discord_server.world import APPLICATION_ID, Entitlement
from tests.factory import Running, running

from .test_story import DRAWN_WITHIN_S, HURRIED, Newcomer, offers

FIFTY, TWO = "7001", "7002"
PACKS = (Pack(FIFTY, 50), Pack(TWO, 2))
CONSUME = "POST /applications/{application_id}/entitlements/{entitlement_id}/consume"
LIST = "GET /applications/{application_id}/entitlements"
GATEWAY, CALL, RIDING = "gateway", "call", "riding"
CREATED, UPDATED, DELETED = "ENTITLEMENT_CREATE", "ENTITLEMENT_UPDATE", "ENTITLEMENT_DELETE"

SAID = "select count(*) as n from tf.outbox where view::text like '%%50 credits were added%%'"


@asynccontextmanager
async def selling(database: str, home: Path, server: DiscordServer, **more: Any) -> AsyncIterator[Running]:
    given = {"discord_packs": PACKS, "starter_grant": 0, "pace": HURRIED, **more}
    async with running(database, home, discord=server, **given) as here:
        yield here


async def here_before(person: Person) -> None:
    """They have a chat with us."""
    person.run("balance")
    await person.wait_for("to spend")


async def bought(here: Running, person: Person) -> int:
    """The credits they have bought and not spent, and nothing else about them is off."""
    rows = await here.factory.direct.fetch(
        "select w.purchased - w.debt as n from tf.wallet w join tf.identity i using (user_id) where i.ref = %s",
        (str(person.user.id),),
    )
    return sum(row["n"] for row in rows)


async def told_all(here: Running) -> list[str]:
    """Kinds of what was told of and is still open."""
    found = await here.factory.direct.fetch("select kind from tf.happening where done_at is null order by kind")
    return [row["kind"] for row in found]


async def alerts(here: Running) -> list[str]:
    return [one["detail"]["reason"] for one in await here.factory.housekeeping.open_alerts()]


async def settled(server: DiscordServer, *entitlements: Entitlement) -> None:
    await eventually(lambda: all(one.consumed for one in entitlements))


async def test_a_pack_is_credited_then_used_up_and_its_buyer_told(
    database: str, tmp_path: Path, discord_server: DiscordServer, member: Person
) -> None:
    async with selling(database, tmp_path, discord_server) as here:
        member.run("balance")
        await member.wait_for("0 credits to spend")
        one = member.buy(FIFTY)
        thanks = await member.wait_for("50 credits were added")
        assert "50 credits to spend" in thanks.text and thanks.seen_by == member.user.id
        await settled(discord_server, one)
        assert (await bought(here, member), await told_all(here)) == (50, [])
        # Only now may it be bought again.
        await settled(discord_server, member.buy(FIFTY))
        assert await bought(here, member) == 100


async def test_nobody_is_told_among_others_of_what_was_bought(
    database: str, tmp_path: Path, discord_server: DiscordServer, member: Person
) -> None:
    other = Person(discord_server, 77, member.channel, name="bob")
    newcomer = Newcomer(member)
    async with selling(database, tmp_path, discord_server):
        await newcomer.preview()
        sheet = await newcomer.set()
        member.press("1", sheet)
        member.press("Share here", await newcomer.shown("Edit text", "Share here"))
        await other.wait_for(offers("New thumbnail"))
        member.buy(FIFTY)
        assert (await member.wait_for("50 credits were added")).seen_by == member.user.id
        assert not other.find("credits")


async def test_who_lacks_credits_is_offered_packs_and_has_the_very_set_once_paid(
    database: str, tmp_path: Path, discord_server: DiscordServer, member: Person
) -> None:
    newcomer = Newcomer(member)
    async with selling(database, tmp_path, discord_server, extras=(stand_in(lambda _: None),)) as here:
        card = await newcomer.preview()
        member.press("Generate 4 · 2 cr", card)
        short = await member.wait_for("are missing")
        assert [one["sku_id"] for one in premium(short)] == [TWO, FIFTY]
        member.buy(FIFTY)
        again = await member.wait_for("50 credits were added")
        assert premium(again) == []
        assert "begins now" in again.text
        await newcomer.shown("1", "4", "Download all")
        assert await bought(here, member) == 48
        assert premium(member.channel.messages[short.id]) == [], "what was missing is there"
        rows = await here.factory.direct.fetch("select count(*) as n from tf.job where kind = 'set'")
        assert rows[0]["n"] == 1
        assert (await here.factory.housekeeping.audit()).clean


async def test_without_packs_nothing_is_offered_and_what_is_told_of_stays_open(
    database: str, tmp_path: Path, discord_server: DiscordServer, member: Person
) -> None:
    newcomer = Newcomer(member)
    async with selling(
        database, tmp_path, discord_server, discord_packs=(), extras=(stand_in(lambda _: None),)
    ) as here:
        card = await newcomer.preview()
        member.press("Generate 4 · 2 cr", card)
        assert premium(await member.wait_for("are missing")) == []
        member.buy(FIFTY)
        await eventually_open(here, [CREATED])
        assert discord_server.called(LIST) == [] and await bought(here, member) == 0


@pytest.mark.parametrize("ways", list(itertools.permutations((GATEWAY, CALL, RIDING))), ids="-".join)
async def test_a_purchase_told_of_by_all_ways_is_credited_once(
    database: str, tmp_path: Path, discord_server: DiscordServer, member: Person, ways: tuple[str, ...]
) -> None:
    async with (
        selling(database, tmp_path, discord_server, webhook=True) as calls,
        selling(database, tmp_path, discord_server, worker=False) as here,
    ):
        discord_server.events_endpoint = f"{calls.webhook}/events"
        await here_before(member)
        one = member.buy(FIFTY, told=False)
        for way in (*ways, *ways):
            await brought(discord_server, member, one, way)
        # One of the ways is an act of the member's own, and thanks may come before it.
        await member.wait_until(lambda: member.find("50 credits were added"), DRAWN_WITHIN_S)
        await settled(discord_server, one)
        for bot in (here.discord, calls.discord):
            await bot._shop.sweep(APPLICATION_ID, everything=True)
        assert (await bought(here, member), await told_all(here)) == (50, [])
        said = [row["n"] for row in await here.factory.direct.fetch(SAID)]
    assert (discord_server.world.consumed, said) == ([one.id], [1])


async def test_what_could_not_be_used_up_is_by_the_next_sweep(
    database: str, tmp_path: Path, discord_server: DiscordServer, member: Person
) -> None:
    async with selling(database, tmp_path, discord_server) as here:
        await here_before(member)
        discord_server.fail(CONSUME, *[unavailable()] * 12)
        one = member.buy(FIFTY)
        await member.wait_for("50 credits were added")
        await eventually(lambda: bool(discord_server.called(CONSUME)))
        assert not one.consumed
        discord_server._faults.clear()
        await here.discord._shop.sweep(APPLICATION_ID, everything=True)
        assert (one.consumed, await bought(here, member)) == (True, 50)


@pytest.mark.parametrize("way", [GATEWAY, CALL, RIDING])
async def test_one_way_is_enough(
    database: str, tmp_path: Path, discord_server: DiscordServer, member: Person, way: str
) -> None:
    async with (
        selling(database, tmp_path, discord_server, webhook=True) as calls,
        selling(database, tmp_path, discord_server, worker=False) as here,
    ):
        discord_server.events_endpoint = f"{calls.webhook}/events"
        await here_before(member)
        one = member.buy(FIFTY, told=False)
        await brought(discord_server, member, one, way)
        await settled(discord_server, one)
        assert await bought(here, member) == 50


async def brought(server: DiscordServer, person: Person, one: Entitlement, way: str) -> None:
    match way:
        case "gateway":
            await server.gateway.tell(CREATED, one.payload(), None)
        case "call":
            await server._call(CREATED, one.payload())
        case _:
            await person.wait_for_answer(person.run("balance"))


@pytest.mark.parametrize("kinds", list(itertools.permutations((CREATED, UPDATED, DELETED))), ids="-".join)
async def test_in_whatever_order_it_is_told_a_refunded_purchase_comes_to_nothing(
    database: str, tmp_path: Path, discord_server: DiscordServer, member: Person, kinds: tuple[str, ...]
) -> None:
    async with selling(database, tmp_path, discord_server) as here:
        await here_before(member)
        one = member.buy(FIFTY, told=False)
        payloads = {CREATED: one.payload(), UPDATED: one.payload() | {"consumed": True}}
        one.deleted = True
        payloads[DELETED] = one.payload()
        for kind in (*kinds, *kinds):
            await here.discord.told({"type": kind, "data": payloads[kind]})
        assert (await bought(here, member), await told_all(here)) == (0, [])
        assert discord_server.world.consumed == []


async def test_a_refund_takes_back_what_was_spent_as_well_and_says_so(
    database: str, tmp_path: Path, discord_server: DiscordServer, member: Person
) -> None:
    newcomer = Newcomer(member)
    async with selling(database, tmp_path, discord_server, extras=(stand_in(lambda _: None),)) as here:
        card = await newcomer.preview()
        two = member.buy(TWO)
        await member.wait_for("2 credits were added")
        member.press("Generate 4 · 2 cr", card)
        await newcomer.shown("1", "4", "Download all")
        member.get_refunded(two)
        assert "2 credits are owed" in (await member.wait_for("refunded")).text
        assert await bought(here, member) == -2
        await settled(discord_server, member.buy(FIFTY))
        assert "48 credits to spend" in (await member.wait_for("50 credits were added")).text


@pytest.mark.parametrize(
    ("terms", "reason"),
    [
        ({"sku_id": "9999"}, "unknown_item"),
        ({"sku_id": FIFTY, "kind": 4}, "test"),
        ({"sku_id": FIFTY, "kind": 3}, "test"),
        ({"sku_id": FIFTY, "kind": 8}, "subscription"),
        ({"sku_id": FIFTY, "ends_at": "2026-12-21T00:00:00+00:00"}, "subscription"),
        ({"sku_id": FIFTY, "guild_id": 5}, "nobody"),
    ],
)
async def test_what_cannot_be_credited_is_an_alert_and_stays_open_and_unused(
    database: str, tmp_path: Path, discord_server: DiscordServer, member: Person, terms: dict[str, Any], reason: str
) -> None:
    async with selling(database, tmp_path, discord_server) as here:
        await here_before(member)
        member.buy(**terms)
        await eventually_open(here, [CREATED])
        async with asyncio.timeout(10):
            while await alerts(here) != [reason]:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        await here.discord._shop.sweep(APPLICATION_ID, everything=True)
        assert (await bought(here, member), discord_server.world.consumed) == (0, [])


async def test_in_staging_test_purchases_count(
    database: str, tmp_path: Path, discord_server: DiscordServer, member: Person
) -> None:
    async with selling(database, tmp_path, discord_server, discord_test_purchases=True) as here:
        await here_before(member)
        await settled(discord_server, member.buy(FIFTY, kind=4))
        assert await bought(here, member) == 50


async def test_a_pack_that_was_forgotten_in_the_settings_is_credited_as_soon_as_it_stands_there(
    database: str, tmp_path: Path, discord_server: DiscordServer, member: Person
) -> None:
    async with selling(database, tmp_path, discord_server, discord_packs=(Pack(TWO, 2),)) as here:
        await here_before(member)
        one = member.buy(FIFTY)
        await eventually_open(here, [CREATED])
    async with selling(database, tmp_path, discord_server) as here:
        await settled(discord_server, one)
        assert (await bought(here, member), await told_all(here), await alerts(here)) == (50, [], [])


async def test_what_happened_while_nobody_listened_is_made_up_for_at_the_start(
    database: str, tmp_path: Path, discord_server: DiscordServer, member: Person
) -> None:
    async with selling(database, tmp_path, discord_server) as here:
        await here_before(member)
        gone = member.buy(TWO)
        await settled(discord_server, gone)
        await comes_to(here, member, 2)
    discord_server.world.advance(-3 * 86_400)
    old = member.buy(FIFTY, told=False)
    discord_server.world.advance(3 * 86_400)
    missed = [old, *(member.buy(FIFTY, told=False) for _ in range(129))]
    member.get_refunded(gone, told=False)
    async with selling(database, tmp_path, discord_server) as here:
        await settled(discord_server, *missed)
        await comes_to(here, member, 130 * 50)
        assert len(discord_server.called(LIST)) >= 3, "page by page"


async def test_a_purchase_that_cannot_be_settled_stands_in_nobodys_way(
    database: str, tmp_path: Path, discord_server: DiscordServer, member: Person
) -> None:
    async with selling(database, tmp_path, discord_server) as here:
        await here_before(member)
        await here.factory.direct.fetch("alter table tf.payment add check (reference <> '1')")
        odd = Entitlement(1, FIFTY, member.user.id)
        nameless = member.buy(FIFTY, told=False)
        nameless.sku_id = "no number"
        discord_server.world.entitlements[odd.id] = odd
        good = [member.buy(FIFTY, told=False) for _ in range(101)]
        with capture_logs() as logs:
            await here.discord._shop.sweep(APPLICATION_ID, everything=True)
        assert sorted(one["id"] for one in logs if one["event"] == "purchase.failed") == ["1", str(nameless.id)]
        assert all(one.consumed for one in good) and not odd.consumed
        assert await bought(here, member) == 101 * 50


async def test_without_the_database_a_sweep_ends_at_once(
    database: str, tmp_path: Path, discord_server: DiscordServer, member: Person
) -> None:
    async with selling(database, tmp_path, discord_server) as here:
        await here_before(member)
        for _ in range(3):
            member.buy(FIFTY, told=False)
        await here.factory.direct.close()
        with pytest.raises(Unavailable), capture_logs() as logs:
            await here.discord._shop.sweep(APPLICATION_ID, everything=True)
        assert not [one for one in logs if one["event"].startswith("purchase")]


async def test_a_refund_of_days_ago_that_nobody_told_of_is_found_while_running(
    database: str, tmp_path: Path, discord_server: DiscordServer, member: Person
) -> None:
    async with selling(database, tmp_path, discord_server) as here:
        await here_before(member)
        discord_server.world.advance(-3 * 86_400)
        old = member.buy(FIFTY)
        discord_server.world.advance(3 * 86_400)
        await settled(discord_server, old)
        await comes_to(here, member, 50)
        before = len(discord_server.called(LIST))
        sweeping = asyncio.create_task(here.discord._shop.keep_sweeping(APPLICATION_ID, 0.02))
        await eventually(lambda: len(discord_server.called(LIST)) > before + 2)
        member.get_refunded(old, told=False)
        await member.wait_for("refunded")
        sweeping.cancel()
        assert await bought(here, member) == 0


async def test_the_simulator_sells_a_pack_once_and_lets_it_be_bought_again(database: str, tmp_path: Path) -> None:
    """Its rules were read off Discord by others."""
    client = discord.Client(intents=discord.Intents.none(), max_messages=None)
    async with running(database, tmp_path, worker=False, discord_packs=PACKS) as here, simcord.run(client) as env:
        sku = env.create_sku("Fifty", type=discord.SKUType.consumable, id=int(FIFTY))
        api, factory = Api(client.http), here.factory
        plans = Memberships(api, factory.entitling("discord"))
        shop = Shop(api, factory.till("discord"), plans, factory.happenings("discord"))
        tasks: list[asyncio.Task[None]] = []
        for kind in EVENTS:
            overhear(client, kind, lambda data, kind=kind: tasks.append(asyncio.create_task(shop.heard(kind, data))))
        alice = env.create_user("alice")
        for credited in (50, 100):
            one = await env.grant_entitlement(sku, user=alice)
            await asyncio.gather(*tasks)
            assert one.snapshot().consumed
            rows = await here.factory.direct.fetch("select sum(purchased)::int - 4 as n from tf.wallet")
            assert rows == [{"n": credited}], "a newcomer has four of ours as well"
        await one.revoke()
        await asyncio.gather(*tasks)
        await shop.sweep(client.application_id, everything=True)
        assert (await here.factory.direct.fetch("select sum(purchased)::int - 4 as n from tf.wallet")) == [{"n": 50}]
        assert await told_all(here) == []


async def test_whoever_buys_before_they_ever_came_finds_the_credits(
    database: str, tmp_path: Path, discord_server: DiscordServer, member: Person
) -> None:
    async with selling(database, tmp_path, discord_server):
        await settled(discord_server, member.buy(FIFTY))
        member.run("balance")
        await member.wait_for("50 credits to spend")


def premium(message: Any) -> list[dict[str, Any]]:
    return [
        one
        for row in message.components[0]["components"]
        for one in row.get("components") or ()
        if one.get("style") == 6
    ]


async def eventually_open(here: Running, kinds: list[str]) -> None:
    async with asyncio.timeout(10):
        while await told_all(here) != kinds:  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def comes_to(here: Running, person: Person, amount: int) -> None:
    """Wait until that is what they have bought and not spent."""
    async with asyncio.timeout(30):
        while await bought(here, person) != amount:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
