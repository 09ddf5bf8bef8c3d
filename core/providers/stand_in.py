"""Provider `stand-in`: a paid provider without a company, for tests and the demo.

It is priced by the catalogue like any model, draws real pictures with the studio, and fails when it is told to. It is
never part of a running bot's catalogue, and every view says that a stand-in drew the picture.
"""

from __future__ import annotations

from collections.abc import Callable

from core.providers.base import Painted, PaintRequest, Provider
from core.providers.error import ProviderError

Script = Callable[[PaintRequest], ProviderError | None]


class StandInProvider:
    name = "stand-in"

    def __init__(self, painter: Provider, script: Script = lambda _: None) -> None:
        """`script` says which requests fail, and how."""
        self._painter = painter
        self._script = script

    async def paint(self, request: PaintRequest) -> Painted:
        if (error := self._script(request)) is not None:
            raise error
        painted = await self._painter.paint(request)
        return Painted(plate=painted.plate, facts={**painted.facts, "stand_in": True})
