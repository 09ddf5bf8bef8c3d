"""Alerts as e-mail, over the server operators name."""

from __future__ import annotations

import asyncio
import smtplib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from hashlib import sha256
from typing import Final
from urllib.parse import parse_qs, unquote, urlsplit

from core.domain.record import Json
from core.services.alarm import EMAIL
from core.services.desk import Delivery, Refused, TryLater
from webhooks.alarm import said

TIMEOUT_S: Final = 20.0
AGAIN_S: Final = 300.0
SUBJECT_LENGTH: Final = 120
LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class MailServer:
    """`smtps://user:password@host:465?from=factory@example.com`: encrypted from the first byte; `smtp://` (587) turns
    to TLS before anything is said, but for a server on this very machine."""

    host: str
    port: int
    sealed: bool
    user: str
    password: str = field(repr=False)
    sender: str

    @classmethod
    def parsed(cls, url: str) -> MailServer:
        parts = urlsplit(url)
        sealed = parts.scheme == "smtps"
        user = unquote(parts.username or "")
        given = parse_qs(parts.query).get("from", [user if "@" in user else ""])[0]
        host = parts.hostname or ""
        password = unquote(parts.password or "")
        return cls(host, parts.port or (465 if sealed else 587), sealed, user, password, given or f"factory@{host}")

    def open(self) -> smtplib.SMTP:
        """Connected and signed in; blocks. Raises OSError and SMTPException."""
        context = ssl.create_default_context()
        if self.sealed:
            mail: smtplib.SMTP = smtplib.SMTP_SSL(self.host, self.port, timeout=TIMEOUT_S, context=context)
        else:
            mail = smtplib.SMTP(self.host, self.port, timeout=TIMEOUT_S)
        try:
            if not self.sealed and self.host not in LOOPBACK:
                mail.starttls(context=context)
            if self.user:
                mail.login(self.user, self.password)
        except BaseException:
            mail.close()
            raise
        return mail


class MailCourier:
    """Implements `Courier` for operators' mailboxes."""

    platform = EMAIL

    def __init__(self, server: MailServer, to: Sequence[str]) -> None:
        self._server = server
        self._to = tuple(to)

    async def deliver(self, delivery: Delivery) -> dict[str, Json]:
        try:
            await asyncio.to_thread(self._send, self._letter(delivery))
        except smtplib.SMTPRecipientsRefused as refusal:
            if all(code >= 500 for code, _ in refusal.recipients.values()):
                raise Refused("the mail server takes nothing for these addresses") from None
            raise TryLater(AGAIN_S) from None
        except (OSError, smtplib.SMTPException) as error:  # wrong passwords among them: an operator mends those
            raise TryLater(AGAIN_S) from error
        return {}

    def _letter(self, delivery: Delivery) -> EmailMessage:
        text = said(delivery)
        title, _, rest = text.partition("\n")
        letter = EmailMessage()
        letter["From"] = self._server.sender
        letter["To"] = ", ".join(self._to)
        letter["Subject"] = f"Thumbnail Factory: {title}. {rest.partition(chr(10))[0]}"[:SUBJECT_LENGTH]
        letter["Date"] = format_datetime(datetime.now(UTC))
        # The same on every attempt: what arrived twice is shown once.
        letter["Message-ID"] = f"<{sha256(delivery.key.encode()).hexdigest()[:32]}@{self._server.host}>"
        letter["Auto-Submitted"] = "auto-generated"
        letter.set_content(text)
        return letter

    def _send(self, letter: EmailMessage) -> None:
        with self._server.open() as mail:
            mail.send_message(letter, to_addrs=self._to)
