"""A mail server on this machine that keeps what it is given."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage


@dataclass
class MailBox:
    port: int = 0
    refuses: bytes = b""
    """What it answers to a recipient; empty: it takes them."""
    password: str = ""
    """What it lets in; empty: anybody."""
    letters: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        def say(line: bytes) -> None:
            writer.write(line + b"\r\n")

        say(b"220 here")
        while line := await reader.readline():
            verb = line.split(b" ")[0].strip().upper()
            match verb:
                case b"EHLO":
                    say(b"250-here")
                    say(b"250 AUTH PLAIN")
                case b"AUTH":
                    given = base64.b64decode(line.split()[2]).split(b"\0")[2].decode()
                    say(b"235 in" if given == self.password else b"535 no")
                case b"RCPT":
                    if not self.refuses:
                        self.recipients.append(line.decode().strip().partition(":")[2].strip("<>"))
                    say(self.refuses or b"250 ok")
                case b"DATA":
                    say(b"354 go on")
                    whole = await reader.readuntil(b"\r\n.\r\n")
                    self.letters.append(message_from_bytes(whole[:-3], policy=policy.default))
                    say(b"250 kept")
                case b"QUIT":
                    say(b"221 bye")
                    break
                case _:
                    say(b"250 ok")
        writer.close()


@asynccontextmanager
async def mail_box() -> AsyncIterator[MailBox]:
    box = MailBox()
    server = await asyncio.start_server(box.serve, "127.0.0.1", 0)
    box.port = server.sockets[0].getsockname()[1]
    async with server:
        yield box
