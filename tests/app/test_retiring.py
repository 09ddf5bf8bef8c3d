"""Cards that have had their time lose their buttons; cards that were typed for stand below."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from app.demo.stage import Screen, buttons
from core.conversation.action import Generate, Set
from core.conversation.event import CommandSent
from core.conversation.view import GalleryView, ProgressView, View
from core.domain.record import Json
from core.services.desk import Delivery
from tests.app.chat import Guest, closing
from tests.factory import running


@dataclass
class Witness(Screen):
    """A screen that also remembers how it was told."""

    told: list[Delivery] = field(default_factory=list)

    async def deliver(self, delivery: Delivery) -> dict[str, Json]:
        self.told.append(delivery)
        return await super().deliver(delivery)


def _settings(view: View) -> bool:
    return view.slot == "settings"


async def test_a_command_typed_again_stands_below_and_its_card_is_pressed_in_place(
    database: str, tmp_path: Path
) -> None:
    screen = Witness()
    async with running(database, tmp_path, couriers=[screen], worker=False) as one:
        guest = Guest(one.factory, screen)
        for _ in range(2):
            card = await guest.do(CommandSent(name="settings"), _settings)
        await guest.press(card, Set, _settings, setting="signature")

        first, second, ended, pressed = screen.told
        assert (first.replaces, second.replaces) == ({}, {})
        assert ended.retiring and not buttons(ended.view) and ended.replaces == {"line": 1}
        assert pressed.replaces == {"line": 2}


async def test_an_ordered_brief_keeps_its_picture_and_nothing_to_press(database: str, tmp_path: Path) -> None:
    screen = Witness()
    async with running(database, tmp_path, couriers=[screen]) as one:
        guest = Guest(one.factory, screen)
        await guest.press(await guest.card(), Generate, closing)

        (ended,) = (delivery for delivery in screen.told if delivery.retiring)
        assert isinstance(ended.view, GalleryView)
        assert ended.view.pictures and not buttons(ended.view)
        assert not any(isinstance(delivery.view, ProgressView) for delivery in screen.told if delivery.retiring)


async def test_an_old_card_nobody_can_read_any_more_does_not_cost_the_new_one(database: str, tmp_path: Path) -> None:
    screen = Witness()
    async with running(database, tmp_path, couriers=[screen], worker=False) as one:
        guest = Guest(one.factory, screen)
        await guest.do(CommandSent(name="settings"), _settings)
        await one.factory.direct.fetch('update tf.outbox set view = \'{"_": "CardOfOld", "slot": "settings"}\'')
        await guest.do(CommandSent(name="settings"), _settings)

        _, again = screen.told
        assert not again.retiring and again.replaces == {"line": 1}, "it takes the old one's place"
