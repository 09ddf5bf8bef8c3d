"""Credits an operator gives, from the command line to what the person reads."""

import asyncio
import re
import subprocess
from pathlib import Path

import pytest

from app.operator import actor
from core.domain.identity import account
from core.store.guild import Guilds
from core.store.wallet import Wallets
from tests.app.process import call
from tests.factory import SIGNING_KEY
from tests.store.scene import Person, Scene, staged

WHY = "thank you for testing"


async def credits_(database: str, home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    given = {"DATABASE_URL": database, "SIGNING_KEY": SIGNING_KEY}
    return await asyncio.to_thread(call, home, "credits", *words, **given)


async def movements(scene: Scene, person: Person) -> list[tuple[str, int, str | None]]:
    moved = (await Wallets(scene.direct).balance(person.id)).movements
    return [(one.kind, one.credits, one.reference) for one in moved]


async def test_a_gift_is_given_once_per_key_and_keeps_its_reason(database: str, home: Path) -> None:
    async with staged(database) as scene:
        person = await scene.person()
        grant = ("grant", f"telegram:{person.ref}", "40", "--why", WHY, "--key", "first")

        done = await credits_(database, home, *grant)
        again = await credits_(database, home, *grant)
        other = await credits_(database, home, *grant[:2], "41", *grant[3:])

        assert (done.returncode, again.returncode, other.returncode) == (0, 0, 1), done.stderr
        assert "40 given (key first)" in done.stdout and "to spend 40:" in done.stdout
        assert "Nothing moved: the key first has done so before" in again.stdout
        assert "The key has done something else before" in other.stderr
        assert await movements(scene, person) == [("gift", 40, WHY)]
        assert scene.rows("select actor, act, credits from tf.admin_action") == [(actor(), "grant", 40)]


async def test_a_gift_too_large_for_one_operator_is_only_proposed(database: str, home: Path) -> None:
    async with staged(database) as scene:
        person = await scene.person()
        done = await credits_(database, home, "grant", account(person.id), "501", "--why", WHY)
        assert "admin approve" in done.stdout and await movements(scene, person) == []


async def test_a_gift_without_a_key_prints_the_one_it_took(database: str, home: Path) -> None:
    async with staged(database) as scene:
        person = await scene.person()
        done = await credits_(database, home, "grant", account(person.id), "2", "--why", WHY)
        (key,) = re.findall(r"\(key (\w+)\)", done.stdout)

        again = await credits_(database, home, "grant", account(person.id), "2", "--why", WHY, "--key", key)

        assert "Nothing moved" in again.stdout
        assert (await scene.wallet(person)).purchased == 2


@pytest.mark.parametrize("broken", ["tf.admin_move", "api.balance"], ids=["nothing given", "given and not shown"])
async def test_whoever_cannot_tell_whether_it_was_given_has_the_key_to_ask_again_with(
    database: str, home: Path, broken: str
) -> None:
    async with staged(database) as scene:
        person = await scene.person()
        grant = ("grant", f"telegram:{person.ref}", "40", "--why", WHY)
        schema, name = broken.split(".")
        scene.rows(f"alter function {broken}(jsonb) rename to away")
        lost = await credits_(database, home, *grant)
        scene.rows(f"alter function {schema}.away(jsonb) rename to {name}")
        (key,) = re.findall(r"The key of this act is (\w+)\.", lost.stdout)
        assert lost.returncode == 1 and f"--key {key}:" in lost.stderr

        again = await credits_(database, home, *grant, "--key", key)

        assert again.returncode == 0, again.stderr
        assert await movements(scene, person) == [("gift", 40, WHY)]


def test_the_help_names_everybody_who_can_be_given_credits(home: Path) -> None:
    said = call(home, "credits", "--help").stdout
    assert all(name in said for name in ("telegram:ID", "discord:ID", "guild:ID", "/balance"))


async def test_a_browser_chat_is_named_by_the_account_it_shows(database: str, home: Path) -> None:
    async with staged(database) as scene:
        person = await scene.person()
        for name in (account(person.id), account(person.id).upper(), person.id):
            shown = await credits_(database, home, "show", name)
            assert person.id in shown.stdout and "telegram" in shown.stdout, shown.stderr
        assert f"account {account(person.id)}" in shown.stdout


async def test_an_account_that_fits_two_persons_names_both_and_gives_nothing(database: str, home: Path) -> None:
    ids = ("01234567-0000-4000-8000-000000000000", "01234567-0000-4000-8000-000000000001")
    async with staged(database) as scene:
        for one in ids:
            scene.rows("insert into tf.users (id) values (%s)", one)

        done = await credits_(database, home, "grant", "0123-4567", "2", "--why", WHY)

        assert done.returncode == 1
        assert all(one in done.stderr for one in ids)
        assert scene.rows("select from tf.txn") == []


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("show", "telegram:5"), "has not written to this factory yet"),
        (("show", "abcd-ef01"), "Nobody here has the account"),
        (("show", "Ada"), "Ada names nobody"),
        (("grant", "telegram:5", "2", "--why", "  "), "Say why in 1 to 80 characters"),
        (("grant", "telegram:5", "0", "--why", WHY), "0 is not in the range"),
    ],
)
async def test_a_slip_is_said_and_gives_nothing(
    database: str, home: Path, words: tuple[str, ...], sentence: str
) -> None:
    done = await credits_(database, home, *words)

    assert done.returncode != 0
    assert sentence in done.stderr


async def test_a_server_is_given_credits_and_shown_by_its_number(database: str, home: Path) -> None:
    async with staged(database) as scene:
        number = "1200000000000000000"
        grant = ("grant", f"guild:{number}", "40", "--why", WHY, "--key", "first")
        unknown = await credits_(database, home, *grant)
        assert unknown.returncode == 1 and "--new" in unknown.stderr
        grant = (*grant, "--new")
        done, again = await credits_(database, home, *grant), await credits_(database, home, *grant)
        assert (done.returncode, again.returncode) == (0, 0), done.stderr
        assert "40 given (key first)" in done.stdout and "to spend 40" in done.stdout
        assert "Nothing moved" in again.stdout
        assert "to spend 40" in (await credits_(database, home, "show", f"guild:{number}")).stdout
        assert (await credits_(database, home, "grant", "guild:12", "40", "--why", WHY)).returncode == 1
        assert (await Guilds(scene.direct).read("discord", number)).wallet.purchased == 40
