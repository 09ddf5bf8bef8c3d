"""The listener for machines: webhooks, probes and metrics, apart from the one that shows pages to people."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

BODY_BYTES = 1024 * 1024
"""Telegram's and the payment companies' calls are a few kB."""
_SHUTDOWN_S = 1.5

Ready = Callable[[], Awaitable[tuple[str, ...]]]
"""The names of what is missing before this process can do its work; empty when it can."""


class WebhookServer:
    """One aiohttp server. Nothing listens before `start`; `port` 0 takes a free one."""

    def __init__(self, routes: Iterable[web.RouteDef], *, ready: Ready, host: str, port: int) -> None:
        self.app = web.Application(client_max_size=BODY_BYTES)
        self.app.add_routes(routes)
        self.app.add_routes(_signs_of_life(ready))
        self._host = host
        self._port = port
        self._runner = web.AppRunner(self.app, access_log=None, shutdown_timeout=_SHUTDOWN_S)

    @property
    def port(self) -> int:
        """The port that is listened on; as configured before `start`."""
        addresses = self._runner.addresses
        return int(addresses[0][1]) if addresses else self._port

    async def start(self) -> None:
        """Raises OSError when the port is taken."""
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, self._host, self._port).start()
        except OSError:
            await self._runner.cleanup()
            raise

    async def stop(self) -> None:
        """Take no more calls; those under way have a moment to end."""
        await self._runner.cleanup()


def _signs_of_life(ready: Ready) -> tuple[web.RouteDef, ...]:
    async def healthz(_: web.Request) -> web.Response:
        return web.json_response({"alive": True})

    async def readyz(_: web.Request) -> web.Response:
        missing = await ready()
        return web.json_response({"ready": not missing, "missing": missing}, status=503 if missing else 200)

    async def metrics(_: web.Request) -> web.Response:
        return web.Response(body=generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})

    return web.get("/healthz", healthz), web.get("/readyz", readyz), web.get("/metrics", metrics)
