"""Links to blobs on disk that end: whoever holds one may read one blob until a moment, and nothing else."""

import hmac
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

from core.store.blob import LINK_SECONDS, valid

DOMAIN: Final = b"thumbnail-factory blob link 1"
"""Bound into every signature, so that a secret shared with something else signs nothing for us."""


@dataclass(frozen=True, slots=True)
class Signer:
    """`secret`: at least 32 random bytes. The moment of expiry is in seconds since 1970."""

    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.secret) < 32:
            raise ValueError("a signing secret has at least 32 bytes")

    def sign(self, key: str, expires: int) -> str:
        message = b"\0".join((DOMAIN, valid(key).encode(), str(expires).encode()))
        return hmac.new(self.secret, message, sha256).hexdigest()

    def verify(self, key: str, expires: int, signature: str, now: float) -> bool:
        """Whether this link may be served now. A moment further away than any link lives was not set by us."""
        try:
            expected = self.sign(key, expires)
        except ValueError:
            return False
        return hmac.compare_digest(expected.encode(), signature.encode()) and 0 < expires - now <= LINK_SECONDS
