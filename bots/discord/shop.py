"""The shop: purchases as Discord tells of them, by whichever of its three ways, credited first and used up then; plans
among them are handed on (bots/discord/membership.py).

In this order a crash in between loses nothing: what is credited and not used up is found by the next look through
Discord's list, replays in the ledger, and is used up.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

import aiohttp
import discord
import structlog

from bots.discord.api import Api
from bots.discord.membership import CREATED, DELETED, UNPAID, UPDATED, Memberships
from core.domain.record import Json
from core.failpoint import reach
from core.services.desk import Unavailable
from core.services.happening import Recording, name
from core.services.till import Bought, Till

log = structlog.get_logger(__name__)

EVENTS = (CREATED, UPDATED, DELETED)
SWEEP_S = 600.0
WHOLE = 6
"""Every so many sweeps one looks at everything, the first included: a refund of what was bought long ago, that nobody
told of, is found within the hour."""
_BACK_S = 86_400.0
"""How far the others look back: a purchase that was missed is made up for within minutes."""
_PAGE = 100
_KNOWN = 4096
_SUBSCRIBED = frozenset({2, 8})
"""Of Discord's, and of the application. While it lasts, nothing says when it ends."""
_TROUBLES = (discord.DiscordException, aiohttp.ClientError, OSError, TimeoutError, Unavailable)


class Shop:
    """`told` takes an event of the application; with nothing to sell, what comes is recorded and left open."""

    def __init__(self, api: Api, till: Till, memberships: Memberships, recording: Recording) -> None:
        self._api = api
        self._till = till
        self._memberships = memberships
        self._recording = recording
        # Entitlements to plans ride on every interaction as long as they stand: those that were taken in here.
        self._known: OrderedDict[str, None] = OrderedDict()

    @property
    def open(self) -> bool:
        return bool(self._till.packs) or self._memberships.open

    async def told(self, event: Json) -> None:
        """`{"type", "data"}`. Raises ValueError for what is none, Unavailable: then it is to come again."""
        await self._recording.take(event, self._do if self.open else None)

    async def heard(self, kind: str, data: Mapping[str, Json]) -> None:
        """As `told`, by gateway. Never raises: nothing comes a second time there, but Discord keeps what was bought,
        and the next sweep finds it."""
        try:
            await self.told({"type": kind, "data": dict(data)})
        except Exception:
            log.exception("purchase.failed")

    async def changed(self, application: int, data: Mapping[str, Json]) -> None:
        """A subscription, by gateway. Nothing of it is recorded: it comes from there alone, says no more than Discord
        when asked, and the next sweep asks. Never raises."""
        try:
            await self._memberships.changed(application, data)
        except Exception:
            log.exception("purchase.failed")

    async def riding(self, interaction: Mapping[str, Any]) -> None:
        """What of ours an interaction says its person has bought; never raises either. What they hold besides comes
        with every single one, and is no news."""
        for one in interaction.get("entitlements") or ():
            item, number = str(one.get("sku_id")), str(one.get("id"))
            if self._till.sells(item) and not one.get("consumed"):
                await self.heard(CREATED, one)
            elif self._memberships.sells(item) and number not in self._known:
                self._known[number] = None
                while len(self._known) > _KNOWN:
                    self._known.popitem(last=False)
                await self.heard(CREATED, one)

    async def sweep(self, application: int, *, everything: bool) -> None:
        """Settle whatever Discord lists that was not used up, or was refunded; what cannot be is left for the next
        sweep. Raises the library's own errors, the network's, and Unavailable."""
        after = 0 if everything else discord.utils.time_snowflake(discord.utils.utcnow()) - (int(_BACK_S * 1000) << 22)
        while page := await self._api.entitlements(application, after, _PAGE):
            for one in page:
                if everything or one.get("deleted") or not self._memberships.sells(one.get("sku_id")):
                    await self._seen(one)
            after = max(int(one["id"]) for one in page)
        if self._memberships.open and not everything:
            async for one in self._memberships.due(application):
                await self._seen(one)

    async def keep_sweeping(self, application: int, every_s: float = SWEEP_S) -> None:
        """Until cancelled."""
        done = 0
        while True:
            began = time.monotonic()
            try:
                await self.sweep(application, everything=done % WHOLE == 0)
                done += 1
            except _TROUBLES as error:
                log.warning("purchases.not_swept", reason=str(error) or type(error).__name__)
            await asyncio.sleep(max(0.0, began + every_s - time.monotonic()))

    async def _seen(self, one: Mapping[str, Json]) -> None:
        """One that cannot be settled stands in nobody else's way."""
        kind = DELETED if one.get("deleted") else CREATED
        if kind is CREATED and (one.get("consumed") or self._memberships.over(one)):
            return
        try:
            await self._do(kind, one, name(kind, one))
        except Unavailable:
            raise
        except Exception:
            log.exception("purchase.failed", id=one.get("id"))

    async def _do(self, kind: str, data: Mapping[str, Json], key: str) -> None:
        if kind != DELETED and data.get("consumed") and not data.get("deleted"):
            await self._recording.close(key)  # the end of what was credited before
            return
        if self._memberships.sells(data.get("sku_id")):
            await self._joined(kind, data, key)
            return
        settled = await self._till.settle(_bought(kind, data), key)
        reach("purchase.after_ledger")
        if settled:
            await self._used_up(int(data["application_id"]), int(data["id"]))

    async def _joined(self, kind: str, data: Mapping[str, Json], key: str) -> None:
        """Raises Unavailable where Discord, whom this takes to ask, is away."""
        try:
            await self._memberships.entitled(kind, data, key)
        except discord.HTTPException as error:
            if error.status < 500 and error.status != 429:
                raise
            raise Unavailable(str(error)) from error
        except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
            raise Unavailable(str(error) or type(error).__name__) from error

    async def _used_up(self, application: int, entitlement: int) -> None:
        try:
            await self._api.consume(application, entitlement)
        except _TROUBLES as error:
            # Another process was faster, or the next sweep tries again.
            log.info("purchase.not_used_up", id=entitlement, reason=str(error) or type(error).__name__)


def _bought(kind: str, data: Mapping[str, Json]) -> Bought:
    """Raises ValueError for what is no entitlement."""
    number, item = str(data["id"]), str(data.get("sku_id") or "")
    # What a server has bought is nobody's.
    person = "" if data.get("guild_id") else str(data.get("user_id") or "")
    if not all(one.isdecimal() for one in (number, item, person or "0")):
        raise ValueError("not an entitlement")
    return Bought(
        id=number,
        item=item,
        person=person,
        places=rf"^[0-9]+(:{person})?$",
        refunded=kind == DELETED or bool(data.get("deleted")),
        test=data.get("type") in UNPAID,
        runs_out=data.get("type") in _SUBSCRIBED or data.get("ends_at") is not None,
    )
