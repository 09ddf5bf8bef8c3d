"""The key that everything is signed with."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from core.settings import Settings


def signing_key(settings: Settings) -> bytes:
    """The configured key, or one made once and kept in the factory's folder (mode 0600)."""
    if settings.signing_key is not None:
        return sha256(settings.signing_key.get_secret_value().encode()).digest()
    path = settings.factory_home / "signing.key"
    if not path.exists():
        _write_new(path, secrets.token_bytes(32))
    return path.read_bytes()


def _write_new(path: Path, data: bytes) -> None:
    """All of it or nothing, once: another process of this folder may be doing the same."""
    path.parent.mkdir(mode=0o711, parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
    with suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()
