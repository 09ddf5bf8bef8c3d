"""Where the stand-in's pictures are painted: each anew, or each once."""

from __future__ import annotations

import asyncio
from collections.abc import Hashable

from app.demo.gemini.paint import Scene, paint


class Easel:
    def __init__(self, *, repeat: bool = False) -> None:
        self._repeat = repeat
        self._painted: dict[Hashable, bytes] = {}

    async def paint(self, scene: Scene) -> bytes:
        """JPEG."""
        if self._repeat and (kept := self._painted.get(scene.stage)):
            return kept
        drawn = await asyncio.to_thread(paint, scene)
        if self._repeat:
            self._painted[scene.stage] = drawn
        return drawn
