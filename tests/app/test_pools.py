"""What is set aside of people's payments, at the command line."""

from pathlib import Path

from core.store.administration import Administration
from tests.app.test_administration import admin
from tests.store.scene import staged


async def test_shares_and_rates_are_changed_on_record_and_told(database: str, home: Path) -> None:
    async with staged(database) as scene:
        changed = await admin(database, home, "pools", "shares", "--percent", "70", "--rate", "eur=1.08", "--why", "fx")
        assert changed.returncode == 0, changed.stderr
        assert "70 % of what people pay" in changed.stdout and "eur   $1.08" in changed.stdout
        (last,) = await Administration(scene.direct, 1).journal(1)
        assert (last.act, last.reason.startswith("fx")) == ("share_set", True)
        refused = await admin(database, home, "pools", "shares", "--rate", "euro=1", "--why", "fx")
        assert refused.returncode == 1 and "say eur=1.08" in refused.stderr
