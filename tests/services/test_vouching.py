"""A code on its way from whoever runs the factory to a wallet, with everything real but the platforms."""

from pathlib import Path

from core.conversation.event import CommandSent, Event, Started
from core.domain.administration import Admin, Role
from core.services.desk import Envelope
from tests.factory import running


async def test_a_code_works_wherever_a_platform_knows_people_and_a_link_is_as_good_as_typing(
    database: str, tmp_path: Path
) -> None:
    async with running(database, tmp_path, worker=False) as here:
        factory, ada = here.factory, Admin("machine:ada", Role.OWNER)
        code = (await factory.office.codes.make(ada, 7, 9, days=1, key="k", why="launch")).code
        entered: dict[str, Event] = {
            "telegram": Started(payload=f"redeem_{code}"),
            "discord": CommandSent(name="redeem", argument=f"{code[:5]}-{code[5:].lower()}"),
            "web": CommandSent(name="redeem", argument=code),
        }
        for platform, event in entered.items():
            for turn in range(2):
                envelope = Envelope(
                    id=f"{platform}-{turn}", platform=platform, person="7", place="7", anonymous=platform == "web"
                )
                await factory.desk.handle(envelope, event)
            opened = await factory.conversing.open(Envelope(id="look", platform=platform, person="7", place="7"))
            # A cookie alone is nobody: a code for many is not for it.
            assert opened.wallet.purchased == (0 if platform == "web" else 7 + factory.settings.starter_grant)
        assert (await factory.housekeeping.audit()).clean
