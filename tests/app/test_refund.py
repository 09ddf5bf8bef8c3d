"""Money given back at the command line."""

from pathlib import Path

from tests.app.test_administration import admin
from tests.store.scene import staged
from tests.store.test_payment import Shop


async def test_what_nobody_can_be_asked_for_is_said_before_anything_is_written(database: str, home: Path) -> None:
    async with staged(database) as scene:
        shop = Shop(scene, await scene.person())
        await shop.bought("pi_1")
        unset = await admin(database, home, "refund", "pi_1", "--why", "sorry")
        assert unset.returncode == 1 and "STRIPE_SECRET_KEY" in unset.stderr
        nothing = await admin(database, home, "refund", "pi_2", "--why", "sorry")
        assert nothing.returncode == 1 and "No payments here are called pi_2" in nothing.stderr
        assert scene.rows("select count(*) from tf.refund") == [(0,)]
