"""A visit: one request's browser, the person behind it, and their language."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from core.services.desk import Envelope
from web.chat.identity import Identities, Key, new_key, read_key

PLATFORM: Final = "web"
YEAR_SECONDS: Final = 365 * 24 * 3600
_LANGUAGE = re.compile(r"\s*([A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)\s*(?:;\s*q=([01](?:\.\d{1,3})?))?\s*")


def cookie_name(*, secure: bool) -> str:
    """With the prefix a browser refuses the cookie unless it is secure, of this host and of the whole site."""
    return "__Host-factory" if secure else "factory"


@dataclass(frozen=True, slots=True)
class Visit:
    key: Key
    person: str | None
    """None: nobody has said anything from this browser yet, and nothing is stored of it."""
    language: str
    is_new: bool
    """The browser brought no key of ours."""

    def envelope(self, event_id: str) -> Envelope:
        if self.person is None:
            raise ValueError("a browser without a person has no envelope")
        return Envelope(
            id=f"{PLATFORM}:{event_id}",
            platform=PLATFORM,
            person=self.person,
            place=self.person,
            language=self.language,
            anonymous=True,
        )


async def visit(request: web.Request, identities: Identities, *, secure: bool) -> Visit:
    known = read_key(request.cookies.get(cookie_name(secure=secure), ""))
    person = await identities.find(known.token_hash) if known else None
    return Visit(known or new_key(), person, language(request.headers.get("Accept-Language", "")), known is None)


async def settle(guest: Visit, identities: Identities) -> Visit:
    """The same visit with a person, made now if there is none."""
    if guest.person is not None:
        return guest
    person = await identities.create(guest.key.token_hash, guest.key.recovery_hash)
    return Visit(guest.key, person, guest.language, guest.is_new)


def hand_key(response: web.StreamResponse, key: Key, *, secure: bool) -> None:
    response.set_cookie(
        cookie_name(secure=secure),
        key.text,
        max_age=YEAR_SECONDS,
        path="/",
        httponly=True,
        secure=secure,
        samesite="Lax",
    )


def language(header: str) -> str:
    """The tag liked best in an Accept-Language header, `en` when there is none."""
    wishes = (match for part in header[:200].split(",") if (match := _LANGUAGE.fullmatch(part)))
    return max(((float(wish[2] or 1), wish[1]) for wish in wishes), key=lambda row: row[0], default=(1.0, "en"))[1]
