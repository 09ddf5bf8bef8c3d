"""Transport B: the official Supabase SDK, `rpc()` over PostgREST, where only HTTPS gets through.

The SDK is imported when the transport is opened: it is heavy, and most installations never use it.
"""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from typing import TYPE_CHECKING, Any, Self

import httpx

from core.store.error import Fault, Unavailable, refusal
from core.store.port import POLL_SECONDS

if TYPE_CHECKING:
    from supabase import AsyncClient

CALL_SECONDS = 10.0
CONNECTIONS = 20


class SupabaseTransport:
    """`key` is a secret key (`sb_secret_…`) or a service_role token; `url` is the project's address."""

    def __init__(self, url: str, key: str) -> None:
        self._url = url
        self._key = key
        self._http: httpx.AsyncClient | None = None
        self._client: AsyncClient | None = None

    async def open(self) -> Self:
        """Prepare the client; nothing is sent yet."""
        from supabase import AsyncClientOptions, acreate_client

        self._http = httpx.AsyncClient(
            timeout=CALL_SECONDS,
            limits=httpx.Limits(max_connections=CONNECTIONS),
            http2=True,
            trust_env=False,
        )
        options = AsyncClientOptions(schema="api", httpx_client=self._http)
        self._client = await acreate_client(self._url, self._key, options)
        return self

    async def close(self) -> None:
        if self._http is not None:
            await self._http.aclose()

    async def __aenter__(self) -> Self:
        return await self.open()

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def call(self, function: str, arguments: Mapping[str, Any]) -> Any:
        """See `Transport.call`; a call whose answer was lost is repeated once (the SDK never repeats a POST)."""
        try:
            return await self._call(function, arguments)
        except Unavailable as error:
            if isinstance(error.__cause__, httpx.TimeoutException):
                raise
            return await self._call(function, arguments)

    async def listen(self, channel: str) -> AsyncGenerator[str]:
        """See `Transport.listen`; the Data API carries no notifications, so this polls."""
        yield ""
        while True:
            await asyncio.sleep(POLL_SECONDS)
            yield ""

    async def _call(self, function: str, arguments: Mapping[str, Any]) -> Any:
        from postgrest.exceptions import APIError

        if self._client is None:
            raise Fault("the Supabase transport has not been opened")
        try:
            answer = await self._client.rpc(function, {"p": dict(arguments)}).execute()
        except APIError as error:
            raise refusal(error.code, error.message or str(error), error.details) from error
        except httpx.TransportError as error:
            raise Unavailable(f"the Data API did not answer: {type(error).__name__}") from error
        return answer.data
