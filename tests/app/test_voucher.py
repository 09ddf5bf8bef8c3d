"""Codes at the command line."""

import re
from pathlib import Path

from tests.app.test_administration import admin


async def test_a_code_is_shown_when_it_is_made_and_afterwards_only_its_id_is(database: str, home: Path) -> None:
    words = ("code", "make", "20", "--uses", "2", "--why", "launch", "--key", "one")
    made = await admin(database, home, *words)
    (shown,) = re.findall(r"/redeem (\S+)$", made.stdout, re.MULTILINE)
    again = await admin(database, home, *words, TELEGRAM_BOT_TOKEN="1:a-token")
    assert f"/redeem {shown}, or open https://t.me/" in again.stdout, "the same key, the same code"
    listed = (await admin(database, home, "code", "list")).stdout
    (voucher,) = re.findall(r"^(\S{36})  good     20 x 0/2, ", listed)
    assert shown not in listed
    assert (await admin(database, home, "code", "revoke", voucher, "--why", "leaked")).returncode == 0
    assert "revoked" in (await admin(database, home, "code", "list")).stdout
    beyond = await admin(database, home, "code", "make", "51", "--why", "launch")
    assert "admin approve" in beyond.stdout, beyond.stderr
