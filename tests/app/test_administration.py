"""Operators at the command line: under their own login, and beyond the limit not alone."""

import asyncio
import re
import subprocess
from pathlib import Path

from app.operator import actor
from core.store.administration import Administration
from core.store.wallet import Wallets
from tests.app.process import call
from tests.factory import SIGNING_KEY
from tests.store.scene import staged


async def operate(database: str, home: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    given = {"DATABASE_URL": database, "SIGNING_KEY": SIGNING_KEY, "ADMIN_ALONE_UP_TO": "50", "USER": "somebody-else"}
    return await asyncio.to_thread(call, home, *words, **given | more)


async def admin(database: str, home: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    return await operate(database, home, "admin", *words, **more)


async def test_an_act_is_done_once_under_the_login_the_system_knows(database: str, home: Path) -> None:
    async with staged(database) as scene:
        person = await scene.person()
        who = f"telegram:{person.ref}"
        done = await operate(database, home, "credits", "grant", who, "20", "--why", "sorry", "--key", "one")
        again = await operate(database, home, "credits", "grant", who, "20", "--why", "sorry", "--key", "one")
        short = await operate(database, home, "credits", "deduct", who, "21", "--why", "abuse")
        assert (done.returncode, again.returncode, short.returncode) == (0, 0, 1), done.stderr
        assert "Nothing moved" in again.stdout and "There are 20 to take" in short.stderr
        shown = await admin(database, home, "journal")
        assert actor() in shown.stdout and "somebody-else" not in shown.stdout
        assert (await Wallets(scene.direct).balance(person.id)).wallet.purchased == 20


async def test_a_large_act_is_proposed_and_not_approved_by_whoever_proposed_it(database: str, home: Path) -> None:
    async with staged(database) as scene:
        person = await scene.person()
        done = await operate(database, home, "credits", "grant", f"telegram:{person.ref}", "51", "--why", "contest")
        (proposal,) = re.findall(r"admin approve (\S+)", done.stdout)
        assert proposal in (await admin(database, home, "proposals")).stdout
        own = await admin(database, home, "approve", proposal)
        assert own.returncode == 1 and "another login" in own.stderr
        await Administration(scene.direct, 50).decide(proposal, approve=True, actor="machine:another")
        assert (await Wallets(scene.direct).balance(person.id)).wallet.purchased == 51


async def test_what_the_pages_do_the_command_line_does_by_the_same_functions(database: str, home: Path) -> None:
    async with staged(database) as scene:
        placed = await scene.ordered(await scene.person(10), 4)
        ended = await admin(database, home, "end", placed.code, "--why", "stuck since noon")
        assert ended.returncode == 0, ended.stderr
        again = await admin(database, home, "end", placed.code, "--why", "stuck since noon")
        assert again.returncode == 1 and "Nothing was done" in again.stderr
        assert "stuck since noon" in (await admin(database, home, "journal")).stdout
