"""Admission: who may open the operators' pages, and the links by which they come in.

A link names its admin, a moment and a number of its own under the factory's secret, so it is made and read without
asking anybody, by whatever process; only that it was used is a row. Reading one changes nothing: what fetches links
ahead of people must not use them up.
"""

from __future__ import annotations

import hmac
import re
import secrets
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final
from urllib.parse import quote

from core.domain.administration import Admin, known
from core.services.desk import Unavailable
from core.store import error
from core.store.administration import AdminSessions

PATH: Final = "/admin"
LINK_S: Final = 600
SESSION_S: Final = 12 * 3600.0
_PURPOSE: Final = b"thumbnail-factory admin link 1"
_NAME = r"(?:telegram|discord):[0-9]{1,20}|machine:[^\s~]{1,60}"
_TOKEN = re.compile(rf"({_NAME})~([0-9]{{1,12}})~([A-Za-z0-9_-]{{22}})~([A-Za-z0-9_-]{{43}})")


class NotAdmitted(Exception):
    """The link is forged, too old or used, or names nobody who may."""


@dataclass(frozen=True, slots=True)
class Login:
    """What a good link says. `id` is its own and is used once."""

    id: str
    admin: Admin


class Admission:
    def __init__(
        self,
        secret: bytes,
        admins: Sequence[Admin],
        sessions: AdminSessions | None,
        site: str,
        now: Callable[[], float] = time.time,
    ) -> None:
        """`sessions`: None where there is no direct connection; links can be made there all the same. `site`: the
        address people reach the browser chat by."""
        self._secret = hmac.digest(secret, _PURPOSE, sha256)
        self._admins = tuple(admins)
        self._sessions = sessions
        self._site = site
        self._now = now

    def link(self, login: str) -> str:
        """Where this admin comes in, once and within ten minutes; empty for everybody else."""
        if known(self._admins, login) is None:
            return ""
        said = f"{login}~{int(self._now()) + LINK_S}~{secrets.token_urlsafe(16)}"
        return f"{self._site}{PATH}/enter?pass={quote(f'{said}~{self._signature(said)}', safe=':~')}"

    def read(self, token: str) -> Login:
        """Raises NotAdmitted; that it was used is only known when somebody enters."""
        found = _TOKEN.fullmatch(token)
        if found is None or not hmac.compare_digest(self._signature(token.rpartition("~")[0]), found[4]):
            raise NotAdmitted
        admin = known(self._admins, found[1])
        if admin is None or not 0 <= int(found[2]) - self._now() <= LINK_S:
            raise NotAdmitted
        return Login(found[3], admin)

    async def enter(self, token: str, token_hash: str) -> Admin:
        """Sign the browser with that key in. Raises NotAdmitted, Unavailable."""
        login = self.read(token)
        try:
            await self._stored.enter(token_hash, login=login.id, actor=login.admin.name, seconds=SESSION_S)
        except error.Ended:
            raise NotAdmitted from None
        except error.Unavailable as gone:
            raise Unavailable(str(gone)) from gone
        return login.admin

    async def admin(self, token_hash: str) -> Admin | None:
        """Who is signed in there, if they still may. Raises Unavailable."""
        try:
            name = await self._stored.actor(token_hash)
        except error.Unavailable as gone:
            raise Unavailable(str(gone)) from gone
        return known(self._admins, name) if name else None

    async def leave(self, token_hash: str) -> None:
        try:
            await self._stored.leave(token_hash)
        except error.Unavailable as gone:
            raise Unavailable(str(gone)) from gone

    @property
    def _stored(self) -> AdminSessions:
        if self._sessions is None:
            raise NotAdmitted
        return self._sessions

    def _signature(self, said: str) -> str:
        return urlsafe_b64encode(hmac.digest(self._secret, said.encode(), sha256)).rstrip(b"=").decode()
