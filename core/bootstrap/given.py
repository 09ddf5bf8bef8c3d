"""What one process is given, and everything else is made from."""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from core.domain.model import ModelSpec
from core.providers.base import Provider
from core.settings import Settings
from core.store.blob import Blobs
from core.store.port import Transport
from core.supervisor import Supervisor
from core.workshop.workshop import Workshop

AddProvider = Callable[[Workshop], Provider]


@dataclass(frozen=True, slots=True)
class Extra:
    """A further provider with its models: how tests and the demo bring the stand-in."""

    models: tuple[ModelSpec, ...]
    provider: AddProvider


@dataclass
class Given:
    """The settings, where things are kept, the key, and what watches over all that runs."""

    settings: Settings
    dsn: str | None = field(repr=False)
    """Direct connection; None: front ends over the Supabase SDK, and no worker here."""
    transport: Transport
    blobs: Blobs
    secret: bytes = field(repr=False)
    release: str
    extras: tuple[Extra, ...] = ()
    name: str = field(default_factory=lambda: f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(3)}")

    @cached_property
    def supervisor(self) -> Supervisor:
        return Supervisor()
