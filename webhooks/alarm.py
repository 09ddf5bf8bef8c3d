"""Alerts as one POST each, in the form that Slack, Mattermost and Discord take alike."""

from __future__ import annotations

import aiohttp

from core.domain.record import Json
from core.services.alarm import WEBHOOK
from core.services.desk import Delivery, Refused, TryLater

TIMEOUT_S = 10.0
AGAIN_S = 60.0


class AlarmCourier:
    """Implements `Courier` for the operators' address."""

    platform = WEBHOOK

    def __init__(self, url: str) -> None:
        self._url = url

    async def deliver(self, delivery: Delivery) -> dict[str, Json]:
        body = {name: said(delivery) for name in ("text", "content")}
        timeout = aiohttp.ClientTimeout(total=TIMEOUT_S)
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout) as http,
                http.post(self._url, json=body, allow_redirects=False) as answer,
            ):
                status = answer.status
        except (aiohttp.ClientError, TimeoutError) as error:
            raise TryLater(AGAIN_S) from error
        if status == 429 or status >= 500:
            raise TryLater(AGAIN_S)
        if status >= 300:
            raise Refused(f"the alert's address answered {status}")
        return {}


def said(delivery: Delivery) -> str:
    """The view as plain text."""
    view = delivery.view
    title, text = getattr(view, "title", ""), getattr(view, "text", "")
    facts = [f"{fact.name}: {fact.value}" for fact in getattr(view, "facts", ())]
    return "\n".join(line for line in (title, text, *facts) if line)
