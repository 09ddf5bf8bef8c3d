"""Discord: how soon the first response comes while a worker is busy, and what thousands of interactions leave behind.

The real command in a process of its own, against the loopback Discord in this one, which checks every request.
"""

import asyncio
import os
from importlib import resources
from pathlib import Path

from tests.bench.figure import Figure, Spread
from tests.bench.house import folder
from tests.bench.memory import alone_rss_mb, running, work
from tests.discord_server.person import Person
from tests.discord_server.server import DiscordServer

CONTRACTS = "FACTORY_CONTRACTS"
AT_ONCE, ROUNDS, FIRST_RESPONSE_S = 100, 5, 1.0
BUSY_VISITORS, SETS_EACH = 3, 40
WARM, IN_ALL, GROWTH = 1_500, 6_500, 0.03
PATIENCE_S = 120.0
COMMANDS = ("help", "privacy", "jobs", "terms", "version")
FORM = "thumbnail"
"""Opens a form: the server's rules are read before, and the form itself is the first response."""

BUSY = f"first response, {AT_ONCE} interactions at once, worker busy"
FLAT = f"memory of the process after {IN_ALL - WARM:,} further interactions"


async def rows() -> list[Figure]:
    contracts = Path(os.environ.get(CONTRACTS, ""))
    if not (contracts / "discord-openapi.json").is_file():
        return [Figure(what, f"not measured: {CONTRACTS} names no folder", "", met=False) for what in (BUSY, FLAT)]
    with folder() as home:
        async with DiscordServer(contracts) as server:
            token = {"DISCORD_BOT_TOKEN": server.token, "DISCORD_API_URL": server.api_url}
            async with running(home, **token) as (factory, address, _):
                await server.gateway.connected()
                people = [Person(server, 10_000 + number) for number in range(AT_ONCE)]
                times = await _while_busy(address, people)
                await _run(people, WARM - len(times))
                warm = alone_rss_mb(factory.pid)
                await _run(people, IN_ALL - WARM)
                late = alone_rss_mb(factory.pid)
            wrong = len(server.violations)
    seen, growth = Spread(times), late / warm - 1
    return [
        Figure(
            BUSY,
            f"{seen.text()} · {wrong} violations",
            f"p99 <= {FIRST_RESPONSE_S:.0f} s",
            seen.quantile(0.99) <= FIRST_RESPONSE_S and not wrong,
        ),
        Figure(FLAT, f"{growth:+.1%}  ({warm:.0f} -> {late:.0f} MB)", f"<= {GROWTH:.0%}", growth <= GROWTH),
    ]


async def _while_busy(address: str, people: list[Person]) -> list[float]:
    portrait = resources.files("app.demo").joinpath("portrait.png").read_bytes()
    busy = [asyncio.create_task(work(address, portrait, SETS_EACH)) for _ in range(BUSY_VISITORS)]
    try:
        await asyncio.sleep(PATIENCE_S / 60)
        said = [one for number in range(ROUNDS) for one in await _at_once(people, COMMANDS[number % len(COMMANDS)])]
        return said + await _forms(people)
    finally:
        for task in busy:
            task.cancel()
        await asyncio.gather(*busy, return_exceptions=True)


async def _run(people: list[Person], interactions: int) -> None:
    for number in range(interactions // len(people)):
        await _at_once(people, COMMANDS[number % len(COMMANDS)])


async def _at_once(people: list[Person], command: str) -> list[float]:
    """Seconds each person waited for the first response; returns once all have the whole answer."""
    asked = [(one, one.run(command)) for one in people]
    return await asyncio.gather(*(_answered(one, interaction.id) for one, interaction in asked))


async def _forms(people: list[Person]) -> list[float]:
    asked = [one.run(FORM) for one in people]
    await asyncio.gather(*(one.wait_for_answer(it, PATIENCE_S) for one, it in zip(people, asked, strict=True)))
    return [it.answered_at - it.at for it in asked]


async def _answered(person: Person, number: int) -> float:
    asked = person.world.interactions[number]
    await person.wait_for_answer(asked, PATIENCE_S)
    await person.wait_for(lambda message: message.id == asked.original, PATIENCE_S)
    # What stands on Discord's servers is not what is measured.
    person.channel.messages.clear()
    return asked.answered_at - asked.at
