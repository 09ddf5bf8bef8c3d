"""Calls that come at the same moment travel together: one round trip and one commit for all (group commit)."""

import asyncio
import logging
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from core.store.error import Unavailable
from core.store.port import Transport

MOST = 16
"""Members of one group: what they share is spread thin by then, what holds one of them up holds up few, and with fifty
chats at once neither side waits for the other to finish a long one."""
LANES = 2
"""Groups under way at once: while one is written there, the answers of the other are worked on here."""
CONTENTION: Final = frozenset(["40001", "40P01", "55P03"])
"""SQLSTATEs of a database that is there, but somebody holds what a member needs."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class Member:
    arguments: Mapping[str, Any]
    answer: asyncio.Future[Any]


class Group:
    """The calls of the function `alone`; `together` takes {calls: [arguments]} and answers a list in the same order.

    A call leaves at once unless `LANES` groups are under way, and then with the next one: no timer is involved.
    `together` answers null for a member it has left untouched, and leaves all of them untouched when it refuses; these
    ask `alone`, each for itself, and get that function's answer or error.
    """

    def __init__(self, transport: Transport, *, alone: str, together: str) -> None:
        self._transport = transport
        self._alone = alone
        self._together = together
        self._waiting: deque[Member] = deque()
        self._lanes: list[asyncio.Task[None]] = []

    async def call(self, arguments: Mapping[str, Any]) -> Any:
        """What `alone` answers. Raises what it raises."""
        member = Member(arguments, asyncio.get_running_loop().create_future())
        self._waiting.append(member)
        self._lanes = [lane for lane in self._lanes if not lane.done()]
        if len(self._lanes) < LANES:
            self._lanes.append(asyncio.create_task(self._drive()))
        answer = await member.answer
        return await self._transport.call(self._alone, arguments) if answer is None else answer

    async def _drive(self) -> None:
        while group := self._board(MOST):
            try:
                for member, answer in zip(group, await self._ask(group), strict=True):
                    if not member.answer.done():
                        member.answer.set_result(answer)
            except Unavailable as gone:
                for member in (*group, *self._board(len(self._waiting))):  # who waits would only wait as long again
                    if not member.answer.done():
                        member.answer.set_exception(Unavailable(str(gone), code=gone.code))
            finally:
                for member in group:  # without an answer only when this task was ended
                    member.answer.cancel()

    def _board(self, most: int) -> list[Member]:
        """The next in line, without those whose callers have given up."""
        group: list[Member] = []
        while self._waiting and len(group) < most:
            if not (member := self._waiting.popleft()).answer.done():
                group.append(member)
        return group

    async def _ask(self, group: Sequence[Member]) -> Sequence[Any]:
        """The members' answers, one each. Raises Unavailable when nobody is there to ask."""
        try:
            answers = await self._transport.call(self._together, {"calls": [member.arguments for member in group]})
        except Unavailable as error:
            if error.code not in CONTENTION:
                raise
        except Exception as error:  # whichever member is at fault gets its own when it asks alone
            log.warning("group.refused: %s: %s", self._together, error)
        else:
            if isinstance(answers, list) and len(answers) == len(group):
                return answers
            # Whose answer is whose cannot be told; like every call, these may be asked again.
            log.error("group.miscounted: %s answered %r to %d calls", self._together, answers, len(group))
        return [None] * len(group)
