"""The courier of the browser: showing a view means writing it into the chat's transcript."""

from __future__ import annotations

from core.domain.record import Json, to_record
from core.services.desk import Delivery, Transcript
from web.chat.bell import Bell


class WebCourier:
    """`core.services.desk.Courier` of platform `web`. `bell` wakes the live connections of this process, if any."""

    platform = "web"

    def __init__(self, transcript: Transcript, bell: Bell) -> None:
        self._transcript = transcript
        self._bell = bell

    async def deliver(self, delivery: Delivery) -> dict[str, Json]:
        """Receipt: `seq`, and the line's `key`, under which a later view of the same slot replaces it."""
        key = str(delivery.replaces.get("key", delivery.key))
        seq = await self._transcript.write(delivery.place, key, to_record(delivery.view), by_person=False)
        self._bell.ring(delivery.place)
        return {"seq": seq, "key": key}
