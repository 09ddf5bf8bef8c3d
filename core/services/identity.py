"""Names of things that must come out the same whenever the same happening is handled again."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from hashlib import sha256
from uuid import UUID, uuid5

_NAMESPACE = UUID("7d4bd6f2-6f0e-5f0a-9a35-5a0c2f6c7a11")


def job_id(code: str) -> str:
    """The uuid of a job, from its code."""
    return str(uuid5(_NAMESPACE, f"job:{code}"))


def variant_id(code: str) -> str:
    return str(uuid5(_NAMESPACE, f"variant:{code}"))


def project_id(user_id: str, draft: str) -> str:
    return str(uuid5(_NAMESPACE, f"project:{user_id}:{draft}"))


@dataclass(frozen=True, slots=True)
class PersonHasher:
    """What is kept of a person after /delete_me: a salted hash, so that the starter grant stays once per person."""

    salt: bytes = field(repr=False)

    def __call__(self, platform: str, person: str) -> str:
        return hmac.new(self.salt, f"{platform}\0{person}".encode(), sha256).hexdigest()
