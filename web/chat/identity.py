"""Who is at the other end of an anonymous cookie.

A browser holds one random key of 256 bits and nothing else. Everything derived from it (what the store sees, what a
form carries, the recovery code a person may write down) is a keyed hash, so none of them leads back to the key, and no
server secret exists that replicas would have to share.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from typing import Protocol

KEY_BYTES = 32
CODE_LETTERS = 20
"""Of 5 bits each: 100 bits cannot be guessed online, nor from the stored hash."""
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no letter that reads like a digit."""
_MISREAD = str.maketrans("OIL", "011")
_TEXT = re.compile(r"[0-9a-f]{64}")


class Identities(Protocol):
    """Browsers and the persons behind them. One browser is one row: its hash, its recovery code's hash, the person.

    Every method raises `core.services.desk.Unavailable` while the database is gone.
    """

    async def find(self, token_hash: str) -> str | None:
        """The person of this browser."""

    async def create(self, token_hash: str, recovery_hash: str) -> str:
        """The person of this browser, made if it is new; two calls at once make one person."""

    async def recover(self, recovery_hash: str, token_hash: str, next_recovery_hash: str) -> str | None:
        """Move the person whose code was given to this browser; None when no browser has that code.

        The code is spent, and the old browser is a stranger from then on.
        """


@dataclass(frozen=True, slots=True)
class Key:
    """What the cookie holds: 64 hexadecimal digits."""

    text: str

    @property
    def token_hash(self) -> str:
        """The only form of the key that reaches the store."""
        return self._derive("identity").hex()

    @property
    def form_token(self) -> str:
        """What every form must carry: only a page served to this browser knows it."""
        return self._derive("form").hex()

    @property
    def recovery_code(self) -> str:
        """`XXXXX-XXXXX-XXXXX-XXXXX`."""
        number = int.from_bytes(self._derive("recovery"))
        letters = "".join(_ALPHABET[number >> 5 * place & 31] for place in range(CODE_LETTERS))
        return "-".join(letters[start : start + 5] for start in range(0, CODE_LETTERS, 5))

    @property
    def recovery_hash(self) -> str:
        return hash_code(self.recovery_code)

    def permits(self, form_token: str) -> bool:
        return hmac.compare_digest(self.form_token.encode(), form_token.encode())

    def _derive(self, purpose: str) -> bytes:
        return hmac.digest(bytes.fromhex(self.text), purpose.encode(), hashlib.sha256)


def new_key() -> Key:
    return Key(secrets.token_hex(KEY_BYTES))


def read_key(cookie: str) -> Key | None:
    """The key of a cookie; None for anything we did not set."""
    return Key(cookie) if _TEXT.fullmatch(cookie) else None


def hash_code(code: str) -> str:
    """Hash of a recovery code as a person types it: case, dashes, spaces and misread letters forgiven."""
    letters = re.sub(r"[^0-9A-Z]", "", code.upper()).translate(_MISREAD)
    return hashlib.sha256(f"recovery:{letters}".encode()).hexdigest()
