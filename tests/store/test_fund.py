"""Funds: what an order is expected to cost is promised with its credits, what it did cost is booked as it ends."""

import asyncio
from random import Random

import pytest

from core.domain.job import JobStatus
from core.domain.record import Json
from core.store.administration import Administration
from core.store.error import Blocked, Conflict, Unknown
from core.store.fund import Fund, Funds
from core.store.job import StoredJob
from core.store.model import Models
from core.store.turn import NewJob
from tests.store.scene import Person, Scene, new_id, staged

ADA = "machine:ada"
DOLLAR = 1_000_000


def expected(provider: str, micro_usd: int) -> dict[str, Json]:
    return {"expected": {"provider": provider, "micro_usd": micro_usd}}


async def ordered(scene: Scene, person: Person, provider: str, micro_usd: int) -> NewJob:
    return await scene.ordered(person, 0, quote=expected(provider, micro_usd))


async def ended(scene: Scene, job: NewJob, **costs: int) -> StoredJob | None:
    """Called for this much, by provider."""
    worker = scene.worker()
    started = await worker.start(job.job_id)
    called = [{"model": "m", "provider": name, "cost_micro_usd": cost} for name, cost in costs.items()]
    await worker.end(job.job_id, JobStatus.DONE, result={"attempts": called})
    return started


async def filled(scene: Scene, provider: str = "gemini", amount: int = DOLLAR, **rules: Json) -> Funds:
    funds = Funds(scene.direct)
    await funds.refill(provider, amount, key=new_id(), why="prepaid", actor=ADA)
    if rules:
        await funds.set(provider, rules, key=new_id(), why="house rules", actor=ADA)
    return funds


async def fund(scene: Scene, provider: str = "gemini") -> Fund:
    return next(row for row in await Funds(scene.direct).all() if row.provider == provider)


async def left(scene: Scene) -> dict[str, int]:
    return dict((await Models(scene.direct).state()).left)


async def test_an_order_reserves_what_it_is_expected_to_cost_and_its_end_books_what_it_did(database: str) -> None:
    async with staged(database) as scene:
        person, funds = await scene.person(), await filled(scene)
        job = await ordered(scene, person, "gemini", 400_000)
        assert ((await fund(scene)).balance, (await fund(scene)).reserved) == (DOLLAR, 400_000)
        assert await left(scene) == {"gemini": 600_000}
        await ended(scene, job, gemini=430_000, other=5)
        now = await fund(scene)
        assert (now.balance, now.reserved, now.spent_today) == (570_000, 0, 430_000)
        cancelled = await ordered(scene, person, "gemini", 100_000)
        scene.rows("select tf.cancel(%s, null)", cancelled.job_id)
        assert (await fund(scene)).reserved == 0, "it cost nothing"
        assert await funds.closed(new_id()) == frozenset()


async def test_a_provider_without_a_fund_or_with_one_that_is_off_is_asked_without_limit(database: str) -> None:
    async with staged(database) as scene:
        person, funds = await scene.person(), Funds(scene.direct)
        job = await ordered(scene, person, "gemini", 400_000)
        await ended(scene, job, gemini=400_000)
        assert (await funds.all(), await left(scene)) == ((), {})
        await filled(scene, amount=10, active=False)
        job = await ordered(scene, person, "gemini", 400_000)
        assert await funds.closed(job.job_id) == frozenset() and await left(scene) == {}
        await ended(scene, job, gemini=400_000)
        assert (await fund(scene)).balance == 10 - 400_000, "booked all the same"


async def test_of_ten_who_order_at_once_only_as_many_are_promised_money_as_there_is(database: str) -> None:
    async with staged(database, size=10) as scene:
        funds = await filled(scene, amount=500, emergency=100)
        people = [await scene.person() for _ in range(10)]
        jobs = await asyncio.gather(*(ordered(scene, person, "gemini", 100) for person in people))
        assert ((await fund(scene)).reserved, await left(scene)) == (400, {"gemini": 0})
        closed = [await funds.closed(job.job_id) for job in jobs]
        assert closed.count(frozenset()) == 4, "they may go on, though nobody else may begin"
        assert await funds.closed(new_id()) == {"gemini"}
        await asyncio.gather(
            *(ended(scene, job, gemini=90) for job, shut in zip(jobs, closed, strict=True) if not shut)
        )
        assert ((await fund(scene)).balance, await left(scene)) == (140, {"gemini": 40})


async def test_what_one_day_may_cost_is_a_limit_until_midnight(database: str) -> None:
    async with staged(database) as scene:
        person = await scene.person()
        await filled(scene, cap=300_000)
        await ended(scene, await ordered(scene, person, "gemini", 250_000), gemini=250_000)
        assert await left(scene) == {"gemini": 50_000}
        scene.advance("1 day")
        assert await left(scene) == {"gemini": 300_000}
        await Funds(scene.direct).set("gemini", {"cap": -1}, key=new_id(), why="launch", actor=ADA)
        assert await left(scene) == {"gemini": 750_000}


async def test_a_killed_workers_job_costs_what_it_told_of_and_frees_the_rest(database: str) -> None:
    async with staged(database) as scene:
        person = await scene.person()
        await filled(scene)
        job = await ordered(scene, person, "gemini", 400_000)
        worker = scene.worker()
        await worker.start(job.job_id)
        tried = [{"model": "m", "provider": "gemini", "cost_micro_usd": 67_000}]
        await worker.keep_provider_state(job.job_id, {"fruitless": tried})
        scene.rows("update tf.job set attempts = 3")
        assert (await scene.housekeeping.sweep_jobs(stale_seconds=0)).ended == (job.job_id,)
        now = await fund(scene)
        assert (now.balance, now.reserved) == (DOLLAR - 67_000, 0)


async def test_opening_much_to_spending_waits_for_a_second_operator(database: str) -> None:
    async with staged(database) as scene:
        funds, admin = Funds(scene.direct, alone_up_to=10 * DOLLAR), Administration(scene.direct, alone_up_to=0)
        made = await funds.refill("gemini", 11 * DOLLAR, key="a", why="invoice 7", actor=ADA)
        assert made.proposal and await funds.all() == (), "no pool without money: it would shut its provider out"
        again = await funds.refill("gemini", 11 * DOLLAR, key="a", why="invoice 7", actor=ADA)
        assert again.replayed and again.proposal == made.proposal
        (waiting,) = await admin.proposals()
        assert (waiting.subject, waiting.reason) == ("pool:gemini", "invoice 7 (amount $11.00)")
        with pytest.raises(Blocked):
            await admin.decide(waiting.id, approve=True, actor=ADA)
        assert await admin.decide(waiting.id, approve=True, actor="machine:bob")
        assert [one.act for one in await admin.journal(10, subject="pool:gemini")] == ["approve", "propose"]
        rules = {"cap": DOLLAR, "emergency": DOLLAR, "weight": 7}
        assert not (await funds.set("gemini", rules, key="b", why="carefully", actor=ADA)).proposal
        assert not (await funds.refill("gemini", 6 * DOLLAR, key="c", why="invoice 8", actor=ADA)).proposal
        for key, wider in (("d", {"cap": 6 * DOLLAR}), ("e", {"cap": -1}), ("f", {"active": False})):
            assert (await funds.set("gemini", wider, key=key, why="faster", actor=ADA)).proposal, wider
        assert not (await funds.set("gemini", {"cap": 5 * DOLLAR}, key="g", why="a bit", actor=ADA)).proposal
        (one,) = await funds.all()
        assert (one.balance, one.daily_cap, one.active, one.weight) == (17 * DOLLAR, 5 * DOLLAR, True, 7)


async def test_an_operators_act_on_a_pool_is_once_and_on_record(database: str) -> None:
    async with staged(database) as scene:
        funds = await filled(scene, "gemini")
        assert not (await funds.refill("fal", 500, key="k", why="invoice 7", actor=ADA)).replayed
        assert (await funds.refill("fal", 500, key="k", why="invoice 7", actor=ADA)).replayed
        with pytest.raises(Conflict):
            await funds.refill("fal", 501, key="k", why="invoice 7", actor=ADA)
        assert not (await funds.move("gemini", "fal", 1000, key="m", why="unused", actor=ADA)).replayed
        assert (await funds.move("gemini", "fal", 1000, key="m", why="unused", actor=ADA)).replayed
        with pytest.raises(Unknown):
            await funds.move("gemini", "nobody", 1, key="n", why="x", actor=ADA)
        with pytest.raises(Unknown):  # a pool without money would take its provider off every route
            await funds.set("nobody", {"low": 1}, key="o", why="x", actor=ADA)
        assert [(row.provider, row.balance) for row in await funds.all()] == [("fal", 1500), ("gemini", DOLLAR - 1000)]
        latest = (await Administration(scene.direct, alone_up_to=0).journal(10))[0]
        assert (latest.actor, latest.act, latest.subject) == (ADA, "pool_move", "pool:gemini")
        assert latest.reason.startswith("unused (") and "$0.001, to fal" in latest.reason


async def test_a_pool_that_runs_out_is_an_alert_until_it_is_filled(database: str) -> None:
    async with staged(database) as scene:
        person, funds = await scene.person(), await filled(scene, low=100_000)
        levels = []
        for cost in (0, 850_000, 60_000, 90_000):
            await ended(scene, await ordered(scene, person, "gemini", 1), gemini=cost)
            await funds.tend()
            levels.append([row["detail"]["level"] for row in await scene.housekeeping.open_alerts()])
        assert levels == [[], ["fifth"], ["low"], ["dry"]]
        await funds.refill("gemini", DOLLAR, key=new_id(), why="refilled", actor=ADA)
        await funds.tend()
        assert await scene.housekeeping.open_alerts() == ()


def paid(scene: Scene, reference: str, credited: int, *, minor: int = 1000, currency: str = "usd") -> None:
    """A payment for 100 credits, of which so many stand now."""
    scene.rows(
        "insert into tf.payment (provider, reference, credits, minor, currency) values ('stripe', %s, 100, %s, %s) "
        "on conflict do nothing",
        reference,
        minor,
        currency,
    )
    scene.rows(
        "update tf.payment set credited = %s, version = version + 1 where reference = %s and credited <> %s",
        credited,
        reference,
        credited,
    )


async def test_four_fifths_of_what_is_paid_are_set_aside_once_and_go_back_with_a_refund(database: str) -> None:
    async with staged(database) as scene:
        await filled(scene, "gemini", 1, weight=3)
        await filled(scene, "fal", 1, weight=1)

        async def shares() -> tuple[int, int]:
            return (await fund(scene)).balance - 1, (await fund(scene, "fal")).balance - 1

        paid(scene, "p1", 100)
        paid(scene, "p1", 100)
        assert await shares() == (6 * DOLLAR, 2 * DOLLAR)
        await Funds(scene.direct).set("fal", {"weight": 9}, key=new_id(), why="fal is busy", actor=ADA)
        paid(scene, "p1", 50)
        assert await shares() == (3 * DOLLAR, 1 * DOLLAR), "from those who had it, whatever they weigh by now"
        paid(scene, "p1", 0)
        assert await shares() == (0, 0)
        paid(scene, "p2", 100, currency="chf")
        assert await shares() == (0, 0), "nobody said what a centime is worth"
        funds = Funds(scene.direct)
        assert (await funds.shares()).without == ("chf",)
        for new in (True, False):
            assert await funds.share(50, {"chf": 20_000}, key="k", why="the franc", actor=ADA) is new
        with pytest.raises(Conflict):
            await funds.share(60, {}, key="k", why="the franc", actor=ADA)
        paid(scene, "p3", 100, currency="chf")
        assert sum(await shares()) == 10 * DOLLAR
        said = await funds.shares()
        assert (said.percent, said.rates, said.without) == (50, {"usd": 10_000, "xtr": 13_000, "chf": 20_000}, ())
        (last,) = await Administration(scene.direct, 1).journal(1)
        assert (last.act, last.actor, last.reason.startswith("the franc")) == ("share_set", ADA, True)


async def test_what_a_month_leaves_over_moves_to_the_others_once(database: str) -> None:
    async with staged(database) as scene:
        funds = await filled(scene, "gemini", DOLLAR, keeps=300_000)
        await filled(scene, "fal", 1, weight=2)
        await filled(scene, "bytedance", 1, weight=1)
        for _ in range(2):
            await funds.tend()
        balances = {row.provider: row.balance for row in await funds.all()}
        assert balances == {"gemini": 300_000, "fal": 1 + 466_667, "bytedance": 1 + 233_333}
        await funds.refill("gemini", DOLLAR, key=new_id(), why="new month", actor=ADA)
        await funds.tend()
        assert (await fund(scene)).balance == 1_300_000, "once a month"
        scene.advance("32 days")
        await funds.tend()
        assert (await fund(scene)).balance == 300_000


@pytest.mark.parametrize("seed", range(3))
async def test_whatever_happens_a_pool_is_what_its_entries_and_promises_come_to(database: str, seed: int) -> None:
    chance = Random(seed)
    async with staged(database) as scene:
        names = ("fal", "gemini")
        funds = Funds(scene.direct)
        people = [await scene.person() for _ in range(3)]
        balances, promised, open_jobs = (
            dict.fromkeys(names, 0),
            dict.fromkeys(names, 0),
            list[tuple[NewJob, str, int]](),
        )
        for name in names:
            await filled(scene, name, 500)
            balances[name] += 500
        for step in range(40):
            name, amount = chance.choice(names), chance.randint(1, 200)
            match chance.choice(("refill", "order", "order", "end", "end", "cancel", "move")):
                case "refill":
                    await funds.refill(name, amount, key=f"r{step}", why="x", actor=ADA)
                    balances[name] += amount
                case "order":
                    granted = balances[name] - promised[name] >= amount
                    open_jobs.append(
                        (await ordered(scene, chance.choice(people), name, amount), name, amount * granted)
                    )
                    promised[name] += amount * granted
                case "end" if open_jobs:
                    job, of, promise = open_jobs.pop(chance.randrange(len(open_jobs)))
                    costs = {one: chance.randint(0, 250) for one in chance.sample(names, chance.randint(0, 2))}
                    await ended(scene, job, **costs)
                    promised[of] -= promise
                    for one, cost in costs.items():
                        balances[one] -= cost
                case "cancel" if open_jobs:
                    job, of, promise = open_jobs.pop()
                    scene.rows("select tf.cancel(%s, null)", job.job_id)
                    promised[of] -= promise
                case "move":
                    await funds.move(names[0], names[1], amount, key=f"m{step}", why="x", actor=ADA)
                    balances[names[0]] -= amount
                    balances[names[1]] += amount
            found = {row.provider: (row.balance, row.reserved) for row in await funds.all()}
            assert found == {one: (balances[one], promised[one]) for one in names}, f"step {step}"
        assert (await scene.housekeeping.audit()).clean
