"""The way into the store that front ends and webhooks need, and nothing more."""

from collections.abc import AsyncGenerator, Mapping
from typing import Any, Protocol

POLL_SECONDS = 1.0
"""Who cannot be told, asks this often."""


class Transport(Protocol):
    """Calls of the functions in schema `api`: each takes one jsonb and returns jsonb.

    Every call carries its own idempotency key (or only reads), so a transport may repeat one whose answer was lost.
    """

    async def call(self, function: str, arguments: Mapping[str, Any]) -> Any:
        """The function's answer. Arguments are JSON values (ids as text, times as ISO 8601).

        Raises only the tree in `core.store.error`, and answers or raises within seconds even when nobody is there.
        """
        ...

    def listen(self, channel: str) -> AsyncGenerator[str]:
        """Wake-ups: yields at once, then on each notification (its payload) or, at the latest, now and then ("").

        A wake-up means "look", never "there is something", and several notifications may arrive as one. Ends only
        when the consumer stops; a database that goes away and returns is part of the stream.
        """
        ...

    async def close(self) -> None: ...
