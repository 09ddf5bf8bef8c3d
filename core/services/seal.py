"""Seals: links to orders of ours, which nobody else can make and which end."""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final
from uuid import UUID

_DOMAIN: Final = b"thumbnail-factory pay link 1"
"""Bound into every signature, so that a secret shared with something else signs nothing for us."""
_SEALED: Final = re.compile(r"([0-9a-f]{32})\.([1-9][0-9]{0,11})\.([0-9a-f]{64})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Seal:
    secret: bytes = field(repr=False)

    def sealed(self, order: str, expires: int) -> str:
        """`<order>.<expiry>.<hmac>`; the moment of expiry is in seconds since 1970."""
        name = UUID(order).hex
        return f"{name}.{expires}.{self._sign(name, expires)}"

    def opened(self, text: str, now: float) -> str | None:
        """The order; None for what is not ours, was altered or has ended."""
        found = _SEALED.fullmatch(text)
        if found is None:
            return None
        name, expires = found[1], int(found[2])
        if not hmac.compare_digest(self._sign(name, expires), found[3]) or expires <= now:
            return None
        return str(UUID(name))

    def _sign(self, name: str, expires: int) -> str:
        return hmac.new(self.secret, b"\0".join((_DOMAIN, name.encode(), str(expires).encode())), sha256).hexdigest()
