"""Provider `local`: the studio on this machine. Free, deterministic for a seed, needs no key and no network."""

from __future__ import annotations

from core.providers.base import Painted, PaintRequest
from core.providers.error import Faulty
from core.workshop.crew import WorkLost
from core.workshop.workshop import Workshop


class LocalProvider:
    name = "local"

    def __init__(self, workshop: Workshop) -> None:
        self._workshop = workshop

    async def paint(self, request: PaintRequest) -> Painted:
        try:
            plate = await self._workshop.paint(
                request.recipe, request.format, request.size, request.selfies, quick=request.quick
            )
        except WorkLost as error:
            raise Faulty(str(error)) from error
        return Painted(plate=plate)
