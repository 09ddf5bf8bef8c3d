"""Short codes: ten Crockford base32 characters derived from what they belong to, so a replay makes the same one."""

from __future__ import annotations

from hashlib import blake2b

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 10


def derive(*parts: object) -> str:
    """50 bits over the parts: collisions stay below one in a million up to about 50,000 codes of one person's reach;
    the store's unique index refuses the rest."""
    digest = blake2b("\x1f".join(map(str, parts)).encode(), digest_size=8).digest()
    number = int.from_bytes(digest, "big")
    return "".join(_ALPHABET[number >> 5 * place & 31] for place in range(LENGTH))


def seed(*parts: object) -> int:
    """A 31-bit seed for drawing."""
    return int.from_bytes(blake2b("\x1f".join(map(str, parts)).encode(), digest_size=4).digest(), "big") >> 1
