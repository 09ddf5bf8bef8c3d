"""Somebody in a chat with a factory in this process: events in, views out, no printing."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

from app.demo.stage import Screen, buttons
from core.bootstrap.factory import Factory
from core.bootstrap.given import Extra
from core.conversation.action import Action, GoOn, parse
from core.conversation.event import Event, Pressed, TextSent
from core.conversation.view import FormView, GalleryView, NoticeView, View
from core.providers.catalogue import STAND_IN
from core.providers.local import LocalProvider
from core.providers.stand_in import Script, StandInProvider
from core.services.desk import Envelope

HEADLINE = "I QUIT MY JOB"


def stand_in(script: Script) -> Extra:
    """The paid provider that fails as the script says."""
    return Extra((STAND_IN,), lambda workshop: StandInProvider(LocalProvider(workshop), script))


def pictured(view: View) -> bool:
    return isinstance(view, GalleryView) and bool(view.pictures)


def closing(view: View) -> bool:
    """What a set ends with: its pictures, or why there are none."""
    return isinstance(view, NoticeView) or (isinstance(view, GalleryView) and len(view.pictures) > 1)


@dataclass
class Guest:
    factory: Factory
    screen: Screen
    name: str = field(default_factory=lambda: f"guest-{uuid.uuid4().hex[:8]}")
    _events: int = 0

    @property
    def envelope(self) -> Envelope:
        return Envelope(
            id=f"{self.name}:{self._events}", platform=self.screen.platform, person=self.name, place=self.name
        )

    async def send(self, event: Event) -> None:
        self._events += 1
        await self.factory.desk.handle(self.envelope, event)

    async def do(self, event: Event, wanted: Callable[[View], bool]) -> View:
        """The first view wanted that comes after the event."""
        since = len(self.screen.shown)
        await self.send(event)
        return await self.screen.wait_for(wanted, since)

    async def press(self, view: View, kind: type[Action], wanted: Callable[[View], bool], **having: str) -> View:
        return await self.do(Pressed(action=button(view, kind, **having)), wanted)

    async def card(self) -> View:
        """The free preview with the buttons that order a set, of a brief without a person."""
        asked = await self.do(TextSent(text=HEADLINE), lambda view: isinstance(view, FormView))
        return await self.press(asked, GoOn, pictured)

    async def wallet(self) -> tuple[int, int]:
        """Credits available and held."""
        user_id = (await self.factory.conversing.open(self.envelope)).user_id
        found = (await self.factory.wallets.balance(user_id)).wallet
        return found.available, found.held

    async def set_job(self) -> dict[str, object]:
        """Status, captured, failure and variants of the one set that was ordered."""
        (row,) = await self.factory.direct.fetch(
            "select j.id::text, j.status, j.captured, j.failure, j.attempts, j.worker, count(v.id) as variants "
            "from tf.job j join tf.identity i on i.user_id = j.user_id and i.ref = %s "
            "left join tf.variant v on v.job_id = j.id where j.kind = 'set' group by j.id",
            (self.name,),
        )
        return row

    async def closings(self) -> int:
        """How many closing messages of the set were written for them."""
        (row,) = await self.factory.direct.fetch(
            "select count(*) as n from tf.outbox o join tf.job j on j.id = o.job_id "
            "where j.kind = 'set' and o.place = %s and o.key like 'job:%%:end'",
            (self.name,),
        )
        return int(row["n"])


def button(view: View, kind: type[Action], **having: str) -> Action:
    for _, token in buttons(view):
        found = parse(token)
        if isinstance(found, kind) and all(getattr(found, name) == value for name, value in having.items()):
            return found
    raise LookupError(f"no {kind.__name__} {having} in {buttons(view)}")
