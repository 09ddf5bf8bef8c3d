"""A team's seats: who sits in one, what each may spend of the plan's month, and where it goes back to."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from psycopg.types.json import Jsonb

from core.domain.job import Failure, JobStatus
from core.domain.plan import PLANS, PlanId
from core.domain.subscription import Standing, State, Term
from core.domain.team import Seat, SeatBar, Team
from core.domain.wallet import Wallet
from core.store.error import Conflict, Insufficient, LimitReached, Unknown
from core.store.guild import GuildChange
from core.store.outbox import Post
from core.store.person import People
from core.store.subscription import Subscriptions
from core.store.team import SEATS, Cap, Invite, Seats, Take, Teams, Vacate
from core.store.turn import NewJob
from tests.store.scene import PLATFORM, Person, Scene, new_id, order, post, staged
from tests.store.test_join import chat

MONTH = PLANS[PlanId.TEAM].monthly_credits


class Office:
    """A team of one owner, whose plan began now and runs for thirty days."""

    def __init__(self, scene: Scene, owner: Person) -> None:
        self.scene, self.owner = scene, owner
        self.subscriptions = Subscriptions(scene.direct)

    async def pay(self, month: int = 0, **said: Any) -> None:
        start = now(self.scene)
        term = Term(
            payment=f"in_{month}",
            plan=PlanId.TEAM,
            credits=MONTH,
            starts_at=start,
            until=start + timedelta(days=30),
            **{"paid": True, **said},
        )
        await self.subscriptions.merge("stripe", "sub_1", user_id=self.owner.id, term=term)

    async def invite(self) -> str:
        code = new_id()
        await self.owner.submit(team=Invite(code))
        return code

    async def seat(self, person: Person, cap: int | None = None) -> str:
        await person.submit(team=Take(await self.invite()))
        taken = (await self.mates())[person.id]
        if cap is not None:
            await self.owner.submit(team=Cap(taken.id, cap))
        return taken.id

    async def team(self, person: Person | None = None, **asked: str) -> Team:
        who = person or self.owner
        return await Teams(self.scene.direct).read(who.id, platform=PLATFORM, ref=who.ref, event=new_id(), **asked)

    async def mates(self) -> dict[str, Seat]:
        return {one.person: one.seat for one in (await self.team()).mates}

    async def wallet(self) -> Wallet:
        return await self.scene.wallet(self.owner)


@asynccontextmanager
async def office(dsn: str, *, size: int = 8) -> AsyncIterator[tuple[Scene, Office]]:
    async with staged(dsn, size=size) as scene:
        made = Office(scene, await scene.person())
        await made.pay()
        yield scene, made


async def paid(person: Person, price: int = 2, **changes: Any) -> NewJob:
    placed = order(price, **changes)
    await person.submit(placed)
    return placed


async def seat_of(person: Person) -> Seat:
    seat = (await person.reopen()).seat
    assert seat is not None
    return seat


def holders(scene: Scene) -> list[Any]:
    """Whose wallet each hold is on, and whether it names a seat; oldest first."""
    return scene.rows(
        "select coalesce(w.user_id::text, ''), h.seat_id is not null"
        " from tf.hold h join tf.wallet w on w.id = h.wallet_id order by h.created_at"
    )


# -- who sits --------------------------------------------------------------------------------------------------------


async def test_an_invitation_seats_one_person_and_opens_what_the_plan_does(database: str) -> None:
    async with office(database) as (scene, made):
        ada, bob = await scene.person(), await scene.person()
        code = await made.invite()
        invited = (await made.team(ada, code_hash=code)).invitation
        assert invited is not None and (invited.owner, invited.bar) == (made.owner.id, None)
        await ada.submit(team=Take(code))
        assert (await ada.reopen()).plan == PlanId.TEAM
        with pytest.raises(Conflict):
            await bob.submit(team=Take(code))
        found = await made.team(bob, code_hash=code)
        assert found.invitation is not None and found.invitation.bar is SeatBar.UNKNOWN
        assert (await made.team(ada)).owner == made.owner.id
        assert list(await made.mates()) == [ada.id]
        assert (await seat_of(ada)).means.left == MONTH


async def test_nobody_sits_twice_in_their_own_team_or_where_all_seats_are_taken(database: str) -> None:
    async with office(database) as (scene, made):
        people = [await scene.person() for _ in range(SEATS)]
        codes = [await made.invite() for _ in people]

        async def bar(person: Person, code: str) -> SeatBar | None:
            found = (await made.team(person, invitation=code)).invitation
            assert found is not None
            return found.bar

        assert await bar(made.owner, codes[0]) is SeatBar.OWN
        ends = await asyncio.gather(
            *(who.submit(team=Take(code)) for who, code in zip(people, codes, strict=True)), return_exceptions=True
        )
        assert sum(isinstance(end, Conflict) for end in ends) == 1, "one seat is the owner's"
        (late,) = (who for who, end in zip(people, ends, strict=True) if isinstance(end, Conflict))
        seated = next(who for who in people if who is not late)
        assert await bar(late, codes[people.index(late)]) is SeatBar.FULL
        assert await bar(seated, codes[people.index(late)]) is SeatBar.SEATED


async def test_one_person_who_follows_many_invitations_at_once_sits_in_one_team(database: str) -> None:
    async with staged(database, size=12) as scene:
        offices = [Office(scene, await scene.person()) for _ in range(6)]
        scene.rows("update tf.users set plan = 'team'")
        ada, codes = await scene.person(), [await one.invite() for one in offices]
        turns = [ada.turn(place=f"{ada.ref}:{n}", version=0, team=Take(code)) for n, code in enumerate(codes)]
        ends = await asyncio.gather(*(ada.turns.store(turn) for turn in turns), return_exceptions=True)
        assert sum(isinstance(end, Conflict) for end in ends) == 5


async def test_codes_that_are_no_good_end_the_looking_whatever_they_were_for(database: str) -> None:
    async with office(database) as (scene, made):
        ada = await scene.person()
        for _ in range(5):
            await made.team(ada, code_hash=new_id())
        found = (await made.team(ada, code_hash=await made.invite())).invitation
        assert found is not None and found.bar is SeatBar.TOO_MANY and found.retry_after_s > 3000


async def test_who_left_before_their_turn_came_takes_no_seat_and_is_told_apart_from_a_fault(database: str) -> None:
    async with office(database) as (scene, made):
        ada = await scene.person()
        turn = ada.turn(team=Take(await made.invite()))
        await People(scene.direct).delete(ada.id)
        with pytest.raises(Unknown):
            await scene.turns.store(turn)


async def test_one_press_is_one_seat_however_often_it_comes(database: str) -> None:
    async with office(database) as (scene, made):
        ada = await scene.person()
        turn = ada.turn(team=Take(await made.invite()))
        stored = await asyncio.gather(*(ada.turns.store(turn) for _ in range(4)))
        assert sorted(one.duplicate for one in stored) == [False, True, True, True]
        assert list(await made.mates()) == [ada.id]


async def test_only_who_holds_a_seat_or_owns_the_team_ends_it_and_only_the_owner_caps_it(database: str) -> None:
    async with office(database) as (scene, made):
        ada, bob, eve = await scene.person(), await scene.person(), await scene.person()
        mine, his = await made.seat(ada), await made.seat(bob)
        for change in (Vacate(mine), Cap(mine, 5)):
            with pytest.raises(Conflict):
                await eve.submit(team=change)
        with pytest.raises(Conflict):
            await ada.submit(team=Cap(mine, 500))
        assert [one["cap"] for one in (await People(scene.direct).export(ada.id))["seats"]] == [None]
        await ada.submit(team=Vacate(mine))
        await made.owner.submit(team=Vacate(his))
        assert await made.mates() == {}
        assert (await ada.reopen()).seat is None
        with pytest.raises(Conflict):
            await made.owner.submit(team=Vacate(his))
        scene.advance("33 days")
        await scene.housekeeping.prune()
        assert scene.rows("select (select count(*) from tf.seat), (select count(*) from tf.seat_code)") == [(0, 0)]


async def test_without_the_plan_nobody_is_invited(database: str) -> None:
    async with staged(database) as scene:
        with pytest.raises(Conflict):
            await (await scene.person(50)).submit(team=Invite(new_id()))


# -- what is spent ---------------------------------------------------------------------------------------------------


async def test_the_team_pays_first_whole_or_not_at_all_and_what_was_bought_is_its_owners(database: str) -> None:
    async with office(database) as (scene, made):
        await scene.wallets.topup(made.owner.id, 40, key=new_id())
        ada = await scene.person(10)
        await made.seat(ada, cap=5)
        await paid(ada, 3)
        await paid(ada, 3)  # three more than the seat bears
        await paid(ada, 2)
        assert holders(scene) == [(made.owner.id, True), (ada.id, False), (made.owner.id, True)]
        assert ((await seat_of(ada)).used, (await scene.wallet(ada)).purchased) == (5, 7)
        await paid(made.owner, MONTH - 5 + 10)
        assert ((await made.wallet()).monthly, (await made.wallet()).purchased) == (0, 30)
        await made.owner.submit(team=Cap((await seat_of(ada)).id, None))
        assert (await seat_of(ada)).has == 0
        await paid(ada, 2)
        assert holders(scene)[-1] == (ada.id, False)


async def test_what_a_job_does_not_need_goes_back_to_seat_and_month_also_when_the_member_has_left(
    database: str,
) -> None:
    async with office(database) as (scene, made):
        ada, bob, work = await scene.person(), await scene.person(), scene.worker()
        for person, leaves in ((ada, True), (bob, False)):
            seat = await made.seat(person, cap=20)
            placed = await paid(person, 10)
            await work.start(placed.job_id)
            if leaves:
                await person.submit(team=Vacate(seat))
            await work.end(placed.job_id, JobStatus.PARTLY_DONE, captured=4)
        wallet = await made.wallet()
        assert (wallet.monthly, wallet.held, wallet.purchased) == (MONTH - 8, 0, 0)
        await ada.submit(team=Take(await made.invite()))
        assert [(await seat_of(one)).used for one in (ada, bob)] == [4, 4], "who comes back has the same seat"


async def test_after_the_team_has_ended_credits_come_back_for_a_week_and_members_pay_themselves(database: str) -> None:
    async with office(database) as (scene, made):
        ada, work = await scene.person(3), scene.worker()
        await made.seat(ada)
        placed = await paid(ada, 10)
        await work.start(placed.job_id)
        scene.advance("31 days")
        await made.subscriptions.merge(
            "stripe", "sub_1", standing=Standing(at=now(scene), plan=PlanId.TEAM, state=State.ENDED)
        )
        await work.end(placed.job_id, JobStatus.FAILED, failure=Failure.INTERNAL)
        assert ((await made.wallet()).granted, (await made.wallet()).held) == (10, 0)
        seat = await seat_of(ada)
        assert ((await ada.reopen()).plan, seat.open, seat.has) == (PlanId.FREE, False, 0)
        await paid(ada, 2)
        assert holders(scene)[-1] == (ada.id, False)


def now(scene: Scene) -> datetime:
    ((moment,),) = scene.rows("select tf.now()")
    assert isinstance(moment, datetime)
    return moment


async def test_a_cap_begins_anew_with_the_plans_period_and_not_with_the_calendar(database: str) -> None:
    async with office(database) as (scene, made):
        ada = await scene.person()
        await made.seat(ada, cap=5)
        await paid(ada, 5)
        scene.advance("29 days")
        with pytest.raises(Insufficient):
            await paid(ada, 1)
        scene.advance("1 day")
        await made.pay(1)
        await paid(ada, 5)
        assert (await seat_of(ada)).used == 5


async def test_in_a_server_that_does_not_pay_the_team_does_and_the_servers_caps_count(database: str) -> None:
    async with office(database) as (scene, made):
        ada = await scene.person()
        await made.seat(ada)
        await ada.submit(guild=GuildChange("g1", {"daily_jobs": 1}))
        await paid(ada, 2, guild="g1", member="h")
        assert holders(scene) == [(made.owner.id, True)]
        with pytest.raises(LimitReached):
            await paid(ada, 2, guild="g1", member="h")


@pytest.mark.parametrize("trouble", ["frozen", "debt"])
async def test_an_owners_wallet_in_trouble_pays_for_nobody(database: str, trouble: str) -> None:
    async with office(database) as (scene, made):
        ada = await scene.person(4)
        await made.seat(ada)
        if trouble == "debt":
            await scene.wallets.clawback(made.owner.id, 3, key=new_id())
        else:
            scene.rows("update tf.wallet set frozen_at = tf.now() where user_id = %s", made.owner.id)
        await paid(ada, 4)
        assert holders(scene) == [(ada.id, False)]


async def test_who_is_frozen_spends_from_no_seat_either(database: str) -> None:
    async with office(database) as (scene, made):
        ada = await scene.person(4)
        await made.seat(ada)
        scene.rows("update tf.wallet set frozen_at = tf.now() where user_id = %s", ada.id)
        with pytest.raises(LimitReached):
            await paid(ada, 1)


async def test_a_replayed_order_is_charged_once_and_stays_with_who_paid(database: str) -> None:
    async with office(database) as (scene, made):
        ada = await scene.person(10)
        seat = await made.seat(ada)
        placed = order(3)
        await ada.submit(placed)
        await ada.submit(team=Vacate(seat))
        await ada.submit(placed)
        assert holders(scene) == [(made.owner.id, True)]
        assert (await scene.wallet(ada)).held == 0


async def test_what_is_told_of_movements_names_who_spent_and_nothing_of_what_they_made(database: str) -> None:
    async with office(database) as (scene, made):
        ada, work = await scene.person(), scene.worker()
        await made.seat(ada)
        placed = await paid(ada, 4, brief={"format": "youtube", "headline": "Secret plan"}, project_id=new_id())
        mine = (await scene.wallets.balance(ada.id)).movements[0]
        assert (mine.kind, mine.credits, mine.team, mine.mate) == ("hold", -4, True, "")
        assert (await scene.jobs.get(placed.code, ada.id)).job.payer, "its receipt says so"
        await work.start(placed.job_id)
        await work.end(placed.job_id, JobStatus.DONE, captured=3)
        mine, theirs = [(await scene.wallets.balance(one.id)).movements[0] for one in (ada, made.owner)]
        assert (mine.kind, mine.credits, mine.returned, mine.headline, mine.team) == (
            "capture",
            -3,
            1,
            "Secret plan",
            True,
        )
        assert (theirs.credits, theirs.headline, theirs.team, theirs.mate) == (-3, "", False, ada.id)
        assert "Secret plan" not in json.dumps(await People(scene.direct).export(made.owner.id))


# -- at once ---------------------------------------------------------------------------------------------------------


async def orders_at_once(person: Person, prices: list[int]) -> list[Any]:
    """Each from a place of its own, so that no session keeps them apart."""
    turns = [person.turn(place=f"{person.ref}:{n}", version=0, orders=[order(price)]) for n, price in enumerate(prices)]
    return await asyncio.gather(*(person.turns.store(turn) for turn in turns), return_exceptions=True)


async def test_one_member_racing_himself_never_passes_the_cap(database: str) -> None:
    async with office(database) as (scene, made):
        ada = await scene.person()
        await made.seat(ada, cap=7)
        ends = await orders_at_once(ada, [2] * 8)
        assert sum(isinstance(end, Insufficient) for end in ends) == 5
        assert ((await seat_of(ada)).used, (await made.wallet()).held) == (6, 6)


async def test_members_and_owner_racing_each_other_spend_the_month_once_and_nothing_bought_of_anothers(
    database: str,
) -> None:
    async with office(database, size=12) as (scene, made):
        await scene.wallets.topup(made.owner.id, 1000, key=new_id())
        people = [await scene.person() for _ in range(SEATS - 1)]
        for person in people:
            await made.seat(person)
        ends = await asyncio.gather(*(orders_at_once(who, [MONTH // 5] * 3) for who in (*people, made.owner)))
        assert not any(isinstance(end, Exception) for end in ends[-1]), "the owner has bought some"
        assert (await made.wallet()).monthly == 0
        assert scene.rows(
            "select sum(from_purchased), sum(from_monthly) > 0 from tf.hold where seat_id is not null"
        ) == [(0, True)]


async def test_orders_seats_ends_and_farewells_at_once_wait_for_each_other_in_one_order(database: str) -> None:
    async with office(database, size=12) as (scene, made):
        people = [await scene.person(5) for _ in range(SEATS - 1)]
        seats = [await made.seat(person, cap=9) for person in people]

        async def play(person: Person, seat: str, number: int) -> None:
            work = scene.worker(f"w{number}")
            for _ in range(3):
                placed = await paid(person, 2)
                if await work.start(placed.job_id):
                    await work.end(placed.job_id, JobStatus.DONE, captured=1)
            await paid(person, 1)
            await scene.housekeeping.sweep_jobs()
            await person.submit(**({"delete_person": True} if number % 2 else {"team": Vacate(seat)}))

        async def manage() -> None:
            for seat in seats:
                await made.owner.submit(team=Cap(seat, 8))

        await asyncio.gather(manage(), *(play(one, *what) for one, what in zip(people, _numbered(seats), strict=True)))
        assert (await made.wallet()).monthly == MONTH - 4 * 3 - 2, "who left cancelled nothing, who was deleted did"


def _numbered(seats: list[str]) -> list[tuple[str, int]]:
    return [(seat, number) for number, seat in enumerate(seats)]


# -- who goes, and who becomes one -----------------------------------------------------------------------------------


async def test_when_the_owner_goes_running_jobs_end_and_whoever_sat_there_hears_of_it_once(database: str) -> None:
    async with office(database) as (scene, made):
        ada, work, seats = await scene.person(), scene.worker(), Seats(scene.direct)
        await made.seat(ada)
        placed = await paid(ada, 6)
        await work.start(placed.job_id)
        await People(scene.direct).delete(made.owner.id)
        await work.end(placed.job_id, JobStatus.DONE, captured=2)
        assert (await seat_of(ada)).open is False
        (turned,) = await seats.to_tell()
        assert (turned.open, turned.chat and turned.chat.user_id) == (False, ada.id)
        told = await asyncio.gather(*(seats.tell(turned, [said(turned.chat)]) for _ in range(3)))
        assert sorted(told) == [False, False, True]
        assert (await seats.to_tell(), (await ada.reopen()).seat) == ((), None)
        assert scene.rows("select count(*) from tf.outbox where key = 'team'") == [(1,)]


def said(to: Any) -> Post:
    return post("team", platform=to.platform, place=to.place)


async def test_a_plan_that_ends_and_one_that_comes_back_are_each_told_once(database: str) -> None:
    async with office(database) as (scene, made):
        ada, seats = await scene.person(), Seats(scene.direct)
        await made.seat(ada)
        assert await seats.to_tell() == ()
        for turn in (False, True):
            if turn:
                await made.pay(1)
            else:
                scene.advance("38 days")  # its grace is over as well
            (turned,) = await seats.to_tell()
            assert turned.open is turn
            assert [await seats.tell(turned, []) for _ in range(2)] == [True, False]
        assert (await seat_of(ada)).open


async def test_who_sits_in_two_teams_as_two_persons_sits_in_one_as_one_and_never_in_their_own(database: str) -> None:
    async with staged(database) as scene:
        stays, joins, third = await chat(scene), await chat(scene), await chat(scene)
        scene.rows("update tf.users set plan = 'team' where id in (%s, %s)", stays.id, third.id)

        async def sit(owner: Any, who: Any) -> None:
            code = new_id()
            await owner.say(team=Invite(code))
            await who.say(team=Take(code))

        await sit(third, stays)
        await sit(stays, joins)
        await joins.join(await stays.issue())
        owners = scene.rows("select owner_id::text, user_id::text from tf.seat where left_at is null")
        assert owners == [(third.id, stays.id)]


async def test_what_two_persons_spent_of_one_team_counts_as_ones_and_the_lower_cap_holds(database: str) -> None:
    async with office(database) as (scene, made):
        stays, joins = await chat(scene), await chat(scene)
        for who, cap in ((stays, 9), (joins, 6)):
            code = await made.invite()
            await who.say(team=Take(code))
            await made.owner.submit(team=Cap((await made.mates())[who.id].id, cap))
            await who.say(orders=[placed := order(2)])
            work = scene.worker()
            await work.start(placed.job_id)
            await work.end(placed.job_id, JobStatus.DONE, captured=2)
        await joins.join(await stays.issue())
        (seat,) = (await made.mates()).values()
        assert (seat.used, seat.cap) == (4, 6)


async def test_an_owner_whose_team_is_at_work_joins_nobody_until_it_is_done(database: str) -> None:
    async with staged(database) as scene:
        owner, stays, ada = await chat(scene), await chat(scene), await scene.person()
        made = Office(scene, Person(scene.turns, owner.ref, owner.opened))
        await made.pay()
        code = new_id()
        await owner.say(team=Invite(code))
        await ada.submit(team=Take(code))
        placed = await paid(ada, 3)
        offer = await owner.offer(await stays.issue())
        assert offer.bar is not None and offer.bar.value == "running"
        work = scene.worker()
        await work.start(placed.job_id)
        await work.end(placed.job_id, JobStatus.DONE, captured=3)
        await owner.join(await stays.issue())
        await paid(ada, 2)
        assert holders(scene)[-1] == (stays.id, True)


async def test_the_owners_look_is_theirs_to_share_and_goes_with_the_plan(database: str) -> None:
    async with office(database) as (scene, made):
        ada = await scene.person()
        await made.owner.submit(settings={"logo": "a", "brand_colours": ["#ff0000"], "signature": "@me"})
        await made.seat(ada)
        assert (await seat_of(ada)).shared == {"logo": "a", "brand_colours": ["#ff0000"]}
        scene.advance("38 days")
        assert (await seat_of(ada)).shared == {}


# -- the property ----------------------------------------------------------------------------------------------------

STEPS = st.lists(
    st.tuples(st.sampled_from(["order", "order", "order", "end", "cap", "leave", "sit", "renew"]), st.integers(0, 9)),
    max_size=24,
)


@settings(
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
    max_examples=12,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@example(steps=[("order", 4), ("renew", 0), ("end", 0), *[("order", 9)] * 2, ("order", 4), *[("end", 3)] * 3])
@given(steps=STEPS)
def test_no_seat_passes_its_cap_and_no_credit_is_lost_or_made(database: str, steps: list[tuple[str, int]]) -> None:
    with psycopg.connect(database) as owner:
        Sitting(owner).play(steps)
        owner.rollback()


@dataclass(frozen=True)
class Open:
    """An order under way: what of it is the team's, by the period and the pot it came from."""

    job: str
    price: int
    by_team: bool
    month: int
    granted: int


class Sitting:
    """A team of two beside a page of Python that knows no SQL."""

    MONTH = 20

    def __init__(self, connection: psycopg.Connection) -> None:
        self.connection = connection
        self.users = {ref: self.call("api.open_turn", **self._at(ref), language="en")["user_id"] for ref in "ab"}
        self.versions = dict.fromkeys(self.users, 0)
        self.call("till.topup", user_id=self.users["b"], credits=15, key="own")
        self.months, self.monthly, self.granted, self.own, self.used = 0, 0, 0, 15, 0
        self.limit: int | None = None
        self.seat = ""
        self.orders: list[Open] = []
        self.renew(0)
        self.sit(0)

    @staticmethod
    def _at(ref: str) -> dict[str, Any]:
        return {"event": str(uuid4()), "platform": PLATFORM, "ref": ref, "place": ref}

    def call(self, function: str, **arguments: Any) -> Any:
        row = self.connection.execute(f"select {function}(%s)".encode(), (Jsonb(arguments),)).fetchone()
        assert row is not None
        return row[0]

    def store(self, who: str, function: str, **said: Any) -> bool:
        """Whether it was taken."""
        turn = {**self._at(who), "user_id": self.users[who], "version": self.versions[who], "session": {}, **said}
        try:
            with self.connection.transaction():
                self.call(function, **turn)
        except psycopg.Error as refused:
            if refused.sqlstate not in ("TF402", "TF409"):
                raise
            return False
        self.versions[who] += 1
        return True

    def team(self, who: str, **said: Any) -> bool:
        return self.store(who, "api.store_team_turn", team=said)

    def play(self, steps: list[tuple[str, int]]) -> None:
        for name, amount in steps:
            getattr(self, name)(amount)
            wallet = self.call("api.balance", user_id=self.users["a"])["wallet"]
            held = sum(one.price for one in self.orders if one.by_team)
            assert (wallet["monthly"], wallet["granted"], wallet["held"]) == (self.monthly, self.granted, held)
            assert self.call("api.balance", user_id=self.users["b"])["wallet"]["purchased"] == self.own
            if self.seat:
                (row,) = self.call("api.team", user_id=self.users["a"])["mates"]
                assert (row["used"], row["has"]) == (self.used, self.monthly + self.granted)
            assert self.connection.execute("select * from tf.audit").fetchone() == (0, 0, 0, 0)

    def renew(self, _: int) -> None:
        """The next period begins; what is left of the one before is gone."""
        self.connection.execute("update tf.clock set ahead = ahead + interval '30 days'")
        row = self.connection.execute("select tf.now()").fetchone()
        assert row is not None
        self.months += 1
        term = {"payment": str(self.months), "plan": "team", "credits": self.MONTH, "paid": True}
        term |= {"starts_at": row[0].isoformat(), "until": (row[0] + timedelta(days=30)).isoformat()}
        self.call("api.merge_subscription", provider="p", reference="s", user_id=self.users["a"], term=term)
        self.monthly, self.granted, self.used = self.MONTH, 0, 0

    def sit(self, _: int) -> None:
        code = str(uuid4())
        assert self.team("a", invite={"code": code, "seconds": 60})
        assert self.team("b", take={"code": code, "seats": 2}) is not bool(self.seat)
        self.seat = self.call("api.team", user_id=self.users["a"])["mates"][0]["id"]

    def leave(self, by: int) -> None:
        assert self.team("ab"[by % 2], leave=self.seat or str(uuid4())) is bool(self.seat)
        self.seat = ""

    def cap(self, amount: int) -> None:
        limit = 2 * amount or None
        if self.team("a", cap={"seat": self.seat or str(uuid4()), "credits": limit}):
            self.limit = limit

    def order(self, amount: int) -> None:
        price = amount + 1
        within = self.limit is None or self.used + price <= self.limit
        by_team = bool(self.seat) and within and price <= self.monthly + self.granted
        placed = order(price)
        payable = by_team or price <= self.own
        assert self.store("b", "api.store_turn", orders=[placed.record()]) is payable
        if not payable:
            return
        granted = max(0, price - self.monthly) if by_team else 0
        if by_team:
            self.monthly, self.granted, self.used = (
                self.monthly - price + granted,
                self.granted - granted,
                self.used + price,
            )
        else:
            self.own -= price
        self.orders.append(Open(placed.job_id, price, by_team, self.months, granted))

    def end(self, kept: int) -> None:
        if not self.orders:
            return
        one = self.orders.pop(kept % len(self.orders))
        back = one.price - min(kept, one.price)
        self.connection.execute("select tf.settle_hold(%s, %s)", (one.job, one.price - back))
        if not one.by_team:
            self.own += back
            return
        late = one.month != self.months
        granted = back if late else min(back, one.granted)
        self.granted, self.monthly = self.granted + granted, self.monthly + back - granted
        if not late:
            self.used -= back
