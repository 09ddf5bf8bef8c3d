"""Guests: one person of each front end, behind one face, so that a story is told once."""

from __future__ import annotations

import asyncio
import re
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from tests.bots.discord.test_card import links
from tests.checkout import Answer, follow
from tests.discord_server.person import Person as Member
from tests.discord_server.world import Message
from tests.telegram_server.person import Person as Texter
from tests.web.test_pay import Buyer

PATIENCE_S = 30.0
Seen = TypeVar("Seen")


class Guest(ABC):
    platform: str
    anonymous = False
    """Nobody but a cookie says who they are."""

    @abstractmethod
    async def asks(self, command: str, argument: str = "") -> None:
        """Send a command."""

    @abstractmethod
    async def shown(self) -> list[str]:
        """What stands in their chat, oldest first."""

    @abstractmethod
    async def links(self) -> list[tuple[str, str]]:
        """What leads out of their chat: label and address, oldest first."""

    async def sees(self, *texts: str) -> str:
        """The newest message that says all of it, once there is one."""
        return (await self._found(self.shown, lambda one: all(text in one for text in texts)))[-1]

    async def link(self, label: str) -> str:
        """Where the newest button of that name leads, once there is one."""
        return (await self._found(self.links, lambda one: one[0] == label))[-1][1]

    async def _found(self, look: Callable[[], Awaitable[list[Seen]]], fits: Callable[[Seen], bool]) -> list[Seen]:
        try:
            async with asyncio.timeout(PATIENCE_S):
                while True:
                    if found := [one for one in await look() if fits(one)]:
                        return found
                    await asyncio.sleep(0.03)
        except TimeoutError:
            seen = "\n---\n".join(map(str, [*await self.shown(), *await self.links()]))
            raise AssertionError(f"{self.platform} has none of it:\n{seen}") from None

    async def follows(self, label: str) -> Answer:
        return await follow(await self.link(label))


class Browsing(Guest):
    platform, anonymous = "web", True

    def __init__(self, buyer: Buyer) -> None:
        self.buyer = buyer

    async def asks(self, command: str, argument: str = "") -> None:
        if not self.buyer.form_token:
            await self.buyer.open()
        assert (await self.buyer.say(f"/{command} {argument}".rstrip())).ok

    async def shown(self) -> list[str]:
        return [
            re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", one))
            for one in re.split(r"<(?=article|li )", await self._page())
        ]

    async def links(self) -> list[tuple[str, str]]:
        return [(name.strip(), url) for url, name in re.findall(r'href="(/[^"]+)"[^>]*>([^<]*)<', await self._page())]

    async def follows(self, label: str) -> Answer:
        return await self.buyer.follows(await self.link(label))

    async def _page(self) -> str:
        return await self.buyer.sees()


class Texting(Guest):
    platform = "telegram"

    def __init__(self, person: Texter) -> None:
        self.person = person

    async def asks(self, command: str, argument: str = "") -> None:
        self.person.send_text(f"/{command} {argument}".rstrip())

    async def shown(self) -> list[str]:
        return [one.text for one in self.person.from_bot]

    async def links(self) -> list[tuple[str, str]]:
        return [(one.text, one.url) for message in self.person.from_bot for one in message.buttons if one.url]


class Gathered(Guest):
    platform = "discord"

    def __init__(self, member: Member) -> None:
        self.member = member

    async def asks(self, command: str, argument: str = "") -> None:
        await self.member.wait_for_answer(self.member.run(command, **({"code": argument} if argument else {})))

    async def shown(self) -> list[str]:
        return [re.sub(r"\\(.)", r"\1", one.text) for one in self._said()]  # as Discord shows it

    async def links(self) -> list[tuple[str, str]]:
        return [pair for one in self._said() if one.components for pair in links(one).items()]

    def _said(self) -> list[Message]:
        """Among others for their eyes only, and alone with them where that is over."""
        return sorted((*self.member.from_bot, *self.member.direct().from_bot), key=lambda one: one.id)


async def each(guests: Sequence[Guest], *said: str) -> None:
    """All of them see it."""
    for one in guests:
        await one.sees(*said)
