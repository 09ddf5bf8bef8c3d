"""A server's wallet and rules: what is given to it, what it pays, and what each member may use of it."""

import asyncio
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from psycopg.types.json import Jsonb

from core.domain.guild import Guild, Means, Payer, Rules
from core.domain.job import Failure, JobStatus
from core.store.administration import Administration
from core.store.error import Conflict, Fault, Insufficient, LimitReached
from core.store.guild import Given, GuildChange, Guilds
from core.store.person import People
from core.store.turn import NewJob
from tests.store.scene import PLATFORM, Person, Scene, new_id, order, staged
from tests.store.test_join import chat

GUILD = "g1"
PAYS = {"payer": Payer.GUILD.value}


def here(person: Person, price: int = 0, **changes: Any) -> NewJob:
    """An order in the server."""
    return order(price, **{"guild": GUILD, "member": f"hash of {person.ref}", **changes})


def paid_by_guild(person: Person, price: int = 2, **changes: Any) -> NewJob:
    return here(person, price, payer=Payer.GUILD, **changes)


async def read(scene: Scene, person: Person | None = None) -> Guild:
    return await Guilds(scene.direct).read(PLATFORM, GUILD, person and person.id)


async def decide(person: Person, **rules: Any) -> None:
    await person.submit(guild=GuildChange(GUILD, rules))


async def give(person: Person, credits_: int, having: int, **changes: Any) -> None:
    await person.submit(guild=GuildChange(GUILD, given=Given(credits_, having)), **changes)


async def test_a_server_nobody_has_decided_anything_for_is_open_and_owns_nothing(database: str) -> None:
    async with staged(database) as scene:
        assert await read(scene) == Guild()
        assert scene.rows("select * from tf.guild") == []


async def test_rules_are_merged_so_that_two_who_manage_lose_nothing_of_each_other(database: str) -> None:
    async with staged(database) as scene:
        ada, bob = await scene.person(), await scene.person()
        await asyncio.gather(decide(ada, channels=["1", "2"]), decide(bob, daily_jobs=5))
        assert (await read(scene)).rules == Rules(channels=("1", "2"), daily_jobs=5)


async def test_bought_credits_are_given_and_granted_ones_stay(database: str) -> None:
    async with staged(database) as scene:
        person = await scene.person(10, starter=4, person_hash="h")
        await scene.gift(person, 3)
        assert (await read(scene, person)).giveable == 10
        await give(person, 6, having=10)
        assert (await scene.wallet(person)).purchased == 11
        assert ((await read(scene, person)).wallet.purchased, (await read(scene, person)).giveable) == (6, 4)
        with pytest.raises(Conflict):
            await give(person, 5, having=4)


async def test_what_is_spent_first_does_not_make_a_later_gift_one_to_give(database: str) -> None:
    async with staged(database) as scene:
        person, work = await scene.person(100), scene.worker()
        placed = await scene.ordered(person, 100)
        await work.start(placed.job_id)
        await work.end(placed.job_id, JobStatus.DONE, captured=100)
        await scene.gift(person, 50)
        assert (await read(scene, person)).giveable == 0


async def test_what_comes_back_from_a_job_can_be_given_as_far_as_it_was_bought(database: str) -> None:
    async with staged(database) as scene:
        person, work = await scene.person(100), scene.worker()
        await scene.gift(person, 50)
        placed = await scene.ordered(person, 120)
        assert (await read(scene, person)).giveable == 30
        await work.start(placed.job_id)
        await work.end(placed.job_id, JobStatus.DONE, captured=20)
        assert (await read(scene, person)).giveable == 100


@pytest.mark.parametrize(("owed", "giveable"), [(0, 30), (20, 10), (45, 0)])
async def test_a_gift_stays_one_after_a_join_and_what_is_bought_repays_what_is_owed(
    database: str, owed: int, giveable: int
) -> None:
    async with staged(database) as scene:
        joins, stays = await chat(scene), await chat(scene)
        await joins.buy(30)
        await scene.gift(joins, 50)
        if owed:
            await scene.wallets.clawback(stays.id, owed + (await stays.wallet()).purchased, key=new_id())
        await joins.join(await stays.issue())
        assert (await Guilds(scene.direct).read(PLATFORM, GUILD, stays.id)).giveable == giveable


async def test_a_second_tap_gives_nothing_more(database: str) -> None:
    async with staged(database) as scene:
        person = await scene.person(10)
        await give(person, 5, having=10)
        with pytest.raises(Conflict):
            await give(person, 5, having=10)
        assert (await read(scene)).wallet.purchased == 5


async def test_one_event_gives_once_however_often_it_comes(database: str) -> None:
    async with staged(database) as scene:
        person = await scene.person(10)
        turn = person.turn(guild=GuildChange(GUILD, given=Given(5, 10)))
        stored = await asyncio.gather(*(person.turns.store(turn) for _ in range(4)))
        assert sorted(one.duplicate for one in stored) == [False, True, True, True]
        assert (await read(scene)).wallet.purchased == 5


async def test_whoever_owes_gives_nothing(database: str) -> None:
    async with staged(database) as scene:
        person = await scene.person(10)
        await scene.ordered(person, 4)
        await scene.wallets.clawback(person.id, 8, key=new_id())
        assert (await read(scene, person)).giveable == 0


async def test_an_operator_gives_to_a_server(database: str) -> None:
    async with staged(database) as scene:
        office = Administration(scene.direct, 1000)
        given = [
            await office.give_guild(PLATFORM, GUILD, 50, key="k", why="welcome", actor="machine:ada") for _ in "ab"
        ]
        assert [one.replayed for one in given] == [False, True]
        assert (await read(scene)).wallet.purchased == 50


async def test_what_a_member_has_used_today_is_told_with_the_server(database: str) -> None:
    async with staged(database) as scene:
        person = await scene.person(10)
        await give(person, 9, having=10)
        await decide(person, **PAYS, daily_credits=5)
        placed = paid_by_guild(person, 2)
        await person.submit(placed)
        await person.submit(order(1, guild=GUILD, member=placed.member))
        guilds = Guilds(scene.direct)
        for asking, told in ((placed.member, (2, 2)), ("somebody else", (0, 0)), (None, (0, 0))):
            used = await guilds.read(PLATFORM, GUILD, member=asking)
            assert (used.used_jobs, used.used_credits) == told
        assert (await guilds.read(PLATFORM, GUILD, member=placed.member)).means == Means(pays=True, has=7, share=3)
        assert (await guilds.read(PLATFORM, "another", member=placed.member)).used_jobs == 0


@pytest.mark.parametrize("busy", ["user_id is null", "user_id is not null"], ids=["the server's", "the member's"])
async def test_a_hold_past_its_time_waits_for_all_wallets_of_its_job_and_holds_none_meanwhile(
    database: str, busy: str
) -> None:
    async with staged(database) as scene:
        person = await scene.person(3)
        await give(person, 3, having=3)
        await decide(person, **PAYS)
        placed = paid_by_guild(person, 2, hold_seconds=60)
        await person.submit(placed)
        scene.advance("61 seconds")
        with psycopg.connect(database) as other:
            other.execute(f"select from tf.wallet where {busy} for update".encode())
            assert await scene.housekeeping.reap_holds() == ()
        assert await scene.housekeeping.reap_holds() == (placed.job_id,)
        assert (await read(scene)).wallet.purchased == 3


async def test_what_a_server_pays_is_held_on_its_wallet_and_comes_back_to_it(database: str) -> None:
    async with staged(database) as scene:
        person, work = await scene.person(3), scene.worker()
        await give(person, 3, having=3)
        await decide(person, **PAYS)
        placed = paid_by_guild(person, 2)
        await person.submit(placed)
        assert ((await read(scene)).wallet.held, (await scene.wallet(person)).held) == (2, 0)
        await work.start(placed.job_id)
        await work.end(placed.job_id, JobStatus.FAILED, failure=Failure.INTERNAL)
        assert (await read(scene)).wallet.purchased == 3
        assert (await scene.wallet(person)).purchased == 0


async def test_who_is_frozen_spends_nothing_of_a_servers_either(database: str) -> None:
    async with staged(database) as scene:
        person, mate = await scene.person(5), await scene.person()
        await give(person, 5, having=5)
        await decide(person, **PAYS)
        await Administration(scene.direct, alone_up_to=0).freeze(
            person.id, freeze=True, key="k", why="stolen card", actor="machine:ada"
        )
        with pytest.raises(LimitReached) as frozen:
            await person.submit(paid_by_guild(person))
        assert frozen.value.detail["name"] == "frozen"
        await person.submit(here(person))
        await mate.submit(paid_by_guild(mate))
        assert (await read(scene)).wallet.held == 2


async def test_an_empty_server_refuses_and_what_a_person_has_is_not_touched(database: str) -> None:
    async with staged(database) as scene:
        person = await scene.person(10)
        await decide(person, **PAYS)
        with pytest.raises(Insufficient) as poor:
            await person.submit(paid_by_guild(person))
        assert (poor.value.detail["have"], poor.value.detail["need"]) == (0, 2)
        await person.submit(here(person, 2))
        assert (await scene.wallet(person)).held == 2


async def test_a_server_that_does_not_pay_any_more_is_not_made_to(database: str) -> None:
    async with staged(database) as scene:
        person = await scene.person(10)
        await give(person, 10, having=10)
        with pytest.raises(Conflict):
            await person.submit(paid_by_guild(person))


async def test_the_cap_of_jobs_counts_sets_and_paid_work_of_one_member_in_one_server(database: str) -> None:
    async with staged(database) as scene:
        person, other = await scene.person(10), await scene.person(10)
        await decide(person, daily_jobs=2)
        await person.submit(here(person, 0, kind="preview"))
        await person.submit(here(person, 0))
        await person.submit(here(person, 1, kind="reroll"))
        with pytest.raises(LimitReached) as reached:
            await person.submit(here(person, 0))
        assert (reached.value.detail["name"], reached.value.detail["used"]) == ("guild_jobs", 2)
        assert 86_000 < reached.value.detail["retry_after"] <= 86_400
        await person.submit(order(0))
        await person.submit(here(person, guild="g2"))
        await other.submit(here(other))
        scene.advance("25 hours")
        await person.submit(here(person, 0))


async def test_the_cap_of_credits_counts_what_was_kept_of_the_servers(database: str) -> None:
    async with staged(database) as scene:
        person, work = await scene.person(20), scene.worker()
        await give(person, 10, having=20)
        await decide(person, daily_credits=4, **PAYS)
        lost = paid_by_guild(person, 2)
        await person.submit(lost)
        await work.start(lost.job_id)
        await work.end(lost.job_id, JobStatus.FAILED, failure=Failure.INTERNAL)
        await person.submit(paid_by_guild(person, 4))
        with pytest.raises(LimitReached) as reached:
            await person.submit(paid_by_guild(person, 1))
        assert (reached.value.detail["name"], reached.value.detail["used"]) == ("guild_credits", 4)
        await person.submit(here(person, 2))


@pytest.mark.parametrize("cap", [{"daily_jobs": 1}, {"daily_credits": 3}])
async def test_who_leaves_and_comes_back_is_the_same_member_for_a_day(database: str, cap: dict[str, int]) -> None:
    async with staged(database) as scene:
        person, work = await scene.person(), scene.worker()
        await Administration(scene.direct, 1000).give_guild(PLATFORM, GUILD, 60, key="k", why="", actor="machine:ada")
        await decide(person, **PAYS, **cap)
        done = paid_by_guild(person, 3)
        await person.submit(done)
        await work.start(done.job_id)
        await work.end(done.job_id, JobStatus.DONE, captured=2)
        await People(scene.direct).delete(person.id)
        await person.reopen()
        with pytest.raises(LimitReached) as reached:
            await person.submit(paid_by_guild(person, 2))
        assert reached.value.detail["used"] == cap.get("daily_jobs", 2)
        scene.advance("24 hours")
        await person.submit(paid_by_guild(person, 2))
        await scene.housekeeping.prune()
        assert scene.rows("select count(*) from tf.guild_use") == [(1,)]


MIXED = ({"payer": Payer.PERSON}, {"guild": "g2"}, {"guild": None, "member": None})


@pytest.mark.parametrize("other", MIXED)
async def test_orders_of_one_turn_are_of_one_server_and_paid_by_one_wallet(database: str, other: Any) -> None:
    async with staged(database) as scene:
        person = await scene.person(10)
        await Administration(scene.direct, 1000).give_guild(PLATFORM, GUILD, 10, key="k", why="", actor="machine:ada")
        await decide(person, **PAYS)
        with pytest.raises(Fault) as refused:
            await person.submit(paid_by_guild(person), replace(paid_by_guild(person), **other))
        assert refused.value.code == "22023"
        assert ((await read(scene)).wallet.held, (await scene.wallet(person)).held) == (0, 0)


@pytest.mark.parametrize("first", [True, False])
async def test_a_free_order_beside_a_paid_one_changes_nothing_about_who_pays(database: str, first: bool) -> None:
    async with staged(database) as scene:
        person = await scene.person(10)
        await Administration(scene.direct, 1000).give_guild(PLATFORM, GUILD, 10, key="k", why="", actor="machine:ada")
        await decide(person, **PAYS)
        free, paid = order(0, kind="preview"), paid_by_guild(person)
        await person.submit(*((free, paid) if first else (paid, free)))
        assert ((await read(scene)).wallet.held, (await scene.wallet(person)).held) == (2, 0)
        assert scene.rows("select count(*) from tf.job where payer is not null") == [(1,)]


async def test_two_orders_at_once_do_not_pass_a_cap_together(database: str) -> None:
    async with staged(database) as scene:
        person = await scene.person()
        await decide(person, daily_jobs=1)
        turns = [person.turn(place=f"{person.ref}:{n}", version=0, orders=[here(person, 0)]) for n in range(4)]
        ends = await asyncio.gather(*(person.turns.store(turn) for turn in turns), return_exceptions=True)
        assert sum(isinstance(end, LimitReached) for end in ends) == 3


async def test_members_who_order_leave_and_finish_at_once_wait_for_each_other_in_one_order(database: str) -> None:
    async with staged(database, size=12) as scene:
        people = [await scene.person(5) for _ in range(6)]
        await Administration(scene.direct, 1000).give_guild(PLATFORM, GUILD, 60, key="k", why="", actor="machine:ada")
        await decide(people[0], **PAYS)

        async def play(person: Person, number: int) -> None:
            work = scene.worker(f"w{number}")
            for _ in range(3):
                placed = paid_by_guild(person, 2)
                await person.submit(placed)
                if await work.start(placed.job_id):
                    await work.end(placed.job_id, JobStatus.DONE, captured=1)
            held = paid_by_guild(person, 1)
            await person.submit(held)
            await scene.housekeeping.sweep_jobs()
            if number % 2:
                await person.submit(delete_person=True)

        await asyncio.gather(*(play(person, number) for number, person in enumerate(people)))
        wallet = (await read(scene)).wallet
        assert (wallet.purchased, wallet.held) == (60 - 18 - 3, 3)


# -- the property ---- ------------------------------------------------------------------------------------------------

STEPS = st.lists(
    st.tuples(
        st.sampled_from(["buy", "gift", "hold", "release", "capture", "give", "give", "refund", "serve"]),
        st.integers(1, 12),
    ),
    max_size=18,
)


@settings(
    phases=[Phase.generate, Phase.shrink],
    max_examples=120,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(steps=STEPS)
def test_no_credit_is_made_by_giving_and_nobody_gives_more_than_they_paid_for(
    database: str, steps: list[tuple[str, int]]
) -> None:
    with psycopg.connect(database, autocommit=True) as owner:
        Giving(owner).play(steps)


@dataclass
class Held:
    job_id: str
    granted: int
    bought: int


class Giving:
    """One person and one server. What was granted is spent before what was bought, and comes back after it."""

    def __init__(self, owner: psycopg.Connection) -> None:
        self.owner, self.ref, self.guild = owner, str(uuid4()), str(uuid4())
        self.version = 0
        opened = self.call("api.open_turn", event=self.ref, **self._place, person_hash=self.ref, starter=4)
        self.user = opened["user_id"]
        self.held: list[Held] = []
        self.purchases: list[tuple[str, int]] = []
        self.granted, self.bought, self.debt, self.server = 4, 0, 0, 0
        self.paid = 0

    @property
    def _place(self) -> dict[str, Any]:
        return {"platform": PLATFORM, "ref": self.ref, "place": self.ref}

    def call(self, function: str, **arguments: Any) -> Any:
        row = self.owner.execute(f"select {function}(%s)".encode(), (Jsonb(arguments),)).fetchone()
        assert row is not None
        return row[0]

    def play(self, steps: list[tuple[str, int]]) -> None:
        for name, amount in steps:
            getattr(self, name)(amount)
            mine = self.call("api.balance", user_id=self.user)["wallet"]
            row = self.call("api.guild", platform=PLATFORM, id=self.guild, user_id=self.user)
            assert (mine["purchased"], mine["debt"]) == (self.granted + self.bought, self.debt)
            assert row["giveable"] == (0 if self.debt else self.bought)
            assert (row["wallet"] or {"purchased": 0, "debt": 0}).items() >= {
                "purchased": self.server,
                "debt": 0,
            }.items()
            assert self.server <= self.paid, "more than anybody paid for"
            assert not (self.debt and self.server), "somebody owes what a server still has"

    def _came(self, amount: int) -> int:
        repaid = min(self.debt, amount)
        self.debt -= repaid
        return amount - repaid

    def buy(self, amount: int) -> None:
        name = str(uuid4())
        self.call("api.credit_purchase", platform=PLATFORM, id=name, item="1", user_id=self.user, credits=amount)
        self.purchases.append((name, amount))
        self.paid += amount
        self.bought += self._came(amount)

    def gift(self, amount: int) -> None:
        self.call(
            "tf.admin_move",
            user_id=self.user,
            credits=amount,
            key=str(uuid4()),
            reason="",
            actor="",
            alone_up_to=10**9,
            seconds=1,
        )
        self.granted += self._came(amount)

    def refund(self, place: int) -> None:
        if not self.purchases:
            return
        name, amount = self.purchases.pop(place % len(self.purchases))
        for moved in (amount, 0):
            assert self.call("api.refund_purchase", platform=PLATFORM, id=name, item="1") == {"moved": moved}
        self.paid -= amount
        for pot in ("bought", "server", "granted"):
            taken = min(amount, getattr(self, pot))
            setattr(self, pot, getattr(self, pot) - taken)
            amount -= taken
        self.debt += amount

    def hold(self, amount: int) -> None:
        if amount <= self.granted + self.bought and not self.debt:
            name, granted = str(uuid4()), min(amount, self.granted)
            self.call("till.hold", user_id=self.user, job_id=name, credits=amount)
            self.held.append(Held(name, granted, amount - granted))
            self.granted -= granted
            self.bought -= amount - granted

    def release(self, _: int) -> None:
        self._settle(0)

    def capture(self, amount: int) -> None:
        self._settle(amount)

    def _settle(self, kept: int) -> None:
        if self.held:
            hold = self.held.pop()
            kept = min(kept, hold.granted + hold.bought)
            self.call("till.settle", job_id=hold.job_id, captured=kept)
            self.granted += max(0, hold.granted - kept)
            self.bought += hold.bought - max(0, kept - hold.granted)

    def give(self, amount: int) -> None:
        having = 0 if self.debt else self.bought
        turn = {"event": str(uuid4()), "user_id": self.user, "version": self.version, "session": {}, **self._place}
        change = {"guild": {"id": self.guild, "give": {"credits": amount, "having": having}}}
        if amount > having:
            with pytest.raises(psycopg.Error) as refused:
                self.call("api.store_guild_turn", **turn, **change)
            assert refused.value.sqlstate == "TF409"
            return
        assert not self.call("api.store_guild_turn", **turn, **change)["duplicate"]
        assert self.call("api.store_guild_turn", **turn, **change)["duplicate"]
        self.version += 1
        self.bought -= amount
        self.server += amount

    def serve(self, amount: int) -> None:
        """The server spends, for somebody."""
        if amount <= self.server:
            job, spend = str(uuid4()), b"select tf.hold_credits(tf.guild_wallet(%s, %s), %s, %s, 60)"
            self.owner.execute(spend, (PLATFORM, self.guild, job, amount))
            self.call("till.settle", job_id=job, captured=amount)
            self.server -= amount
