"""The site on its address: started, and ended within a second or two whatever pages are open."""

from __future__ import annotations

import errno
from typing import Final

from aiohttp import web

GRACE_SECONDS: Final = 1.0


class AddressRefused(Exception):
    """The site cannot listen there."""

    def __init__(self, host: str, port: int, reason: str) -> None:
        super().__init__(f"cannot listen on {host}:{port}: {reason}")
        self.host = host
        self.port = port


class PortBusy(AddressRefused):
    """Something else listens there already."""


class Site:
    """One application on one address; port 0 takes a free one."""

    def __init__(self, app: web.Application, host: str, port: int) -> None:
        self._runner = web.AppRunner(app, shutdown_timeout=GRACE_SECONDS, access_log=None)
        self._host = host
        self._port = port

    async def start(self) -> str:
        """Listen, and return the address as people type it. Raises PortBusy, AddressRefused."""
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, self._host, self._port).start()
        except OSError as error:
            await self._runner.cleanup()
            kind = PortBusy if error.errno == errno.EADDRINUSE else AddressRefused
            raise kind(self._host, self._port, error.strerror or str(error)) from error
        host, port = self._runner.addresses[0][:2]
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    async def stop(self) -> None:
        """Close the live connections, let running requests end for a moment, and stop."""
        await self._runner.cleanup()
