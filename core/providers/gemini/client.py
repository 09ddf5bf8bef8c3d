"""The one SDK client of a process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from google import genai
from google.auth.credentials import Credentials
from google.genai import types

ONCE = types.HttpRetryOptions(attempts=1)
"""The router owns retrying. Without this the SDK sleeps up to ten seconds and asks again when a connection fails."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """How Google is reached; empty means the SDK's default."""

    api_key: str = ""
    enterprise: bool = False
    project: str = ""
    """Enterprise with a project uses the machine's own Google credentials, without one the key."""
    location: str = ""
    base_url: str = ""
    api_version: str = ""
    timeout_s: float = 120.0
    proxy: str = ""
    """http://host:port; without it the usual proxy variables of the environment count."""


def connect(access: Access, *, credentials: Credentials | None = None) -> genai.Client:
    """A client that connects on first use; hold it, and `await client.aio.aclose()` at the end.

    Raises ValueError when neither key nor project leads anywhere.
    """
    options = types.HttpOptions(
        base_url=access.base_url or None,
        api_version=access.api_version or None,
        timeout=round(1000 * access.timeout_s),
        retry_options=ONCE,
        client_args={"proxy": access.proxy} if access.proxy else None,
        async_client_args={"proxy": access.proxy} if access.proxy else None,
    )
    # Said even when false: the SDK would otherwise look into the environment.
    place: dict[str, Any] = {"enterprise": access.enterprise}
    if access.enterprise and access.project:
        place |= {"project": access.project, "location": access.location or "global", "credentials": credentials}
    else:
        place["api_key"] = access.api_key or None
    return genai.Client(http_options=options, **place)


def within(seconds: float) -> types.HttpOptions:
    """Options of one call that may take `seconds`."""
    return types.HttpOptions(timeout=round(1000 * seconds), retry_options=ONCE)
