"""Switches: what operators turn off for everybody at once."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass

from core.domain.administration import Act, Admin
from core.domain.switch import KINDS, PROVIDER, Feature
from core.services.office.act import Reason, Refused, permitted, said, translated
from core.store.control import Control, Switch


@dataclass(frozen=True, slots=True)
class Lever:
    """A switch: `off` says since when, by whom and why; None: it is on."""

    name: str
    provider: bool
    what: tuple[str, ...]
    """The kinds of orders it refuses, or the models that rest."""
    off: Switch | None
    ready: bool = True
    """Whether it could be asked at all: False for a provider without a key."""


@dataclass(frozen=True, slots=True)
class SwitchRoom:
    control: Control
    models: Mapping[str, Sequence[str]]
    """Their ids by provider, of those that can be switched off."""
    doors: Container[str]
    """The providers that are set up."""

    @translated
    async def levers(self) -> tuple[Lever, ...]:
        off = {one.name: one for one in await self.control.switches()}
        features = (Lever(one, False, tuple(KINDS[one]), off.get(one)) for one in Feature)
        providers = (
            Lever(one, True, tuple(ids), off.get(f"{PROVIDER}{one}"), one in self.doors)
            for one, ids in self.models.items()
        )
        return (*features, *providers)

    @translated
    async def turn(self, admin: Admin, name: str, *, off: bool, key: str, why: str) -> bool:
        """A feature, or a provider: for everybody and at once. What is under way ends as it was ordered."""
        permitted(admin, Act.SWITCH_OFF if off else Act.SWITCH_ON)
        kinds = KINDS[Feature(name)] if name in list(Feature) else ()
        models = () if kinds else self.models.get(name, ())
        if not (kinds or models):
            raise Refused(Reason.UNKNOWN)
        return await self.control.switch(
            name if kinds else f"{PROVIDER}{name}",
            off=off,
            kinds=kinds,
            models=models,
            key=key,
            why=said(why),
            actor=admin.name,
        )
