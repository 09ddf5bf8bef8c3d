"""Memberships: plans as Discord sells them. Its entitlements say who has a right to one, and have no end until they
end; for which time somebody paid stands in its subscriptions alone, and those are told of by gateway only.

So whatever is told of, Discord is asked how things stand now, and a period that was told is kept beside that.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from discord.utils import snowflake_time, utcnow

from bots.discord.api import Api
from core.domain.entitlement import Membership, Right, Span
from core.domain.record import Json
from core.services.entitling import Entitling
from core.services.happening import name
from core.services.till import Doubt

CREATED, UPDATED, DELETED = "ENTITLEMENT_CREATE", "ENTITLEMENT_UPDATE", "ENTITLEMENT_DELETE"
CHANGES = ("SUBSCRIPTION_CREATE", "SUBSCRIPTION_UPDATE", "SUBSCRIPTION_DELETE")
UNPAID = frozenset({3, 4})
"""Types of entitlements: a gift of the application's own team, a purchase in test mode."""
_GOES_ON = 0
"""The status of a subscription; the other two say that it will not, or does not, and Discord's documents of different
dates have them both ways round."""
_TRIAL = timedelta(days=30)
"""For how long a test entitlement counts, in staging: behind one there is no subscription."""
_FRESH = timedelta(minutes=10)
"""So long a subscription may take to be listed after the right it brings."""
_OVER = timedelta(days=35)
"""Nothing comes any more of what ended so long ago."""
_PAGE = 100
_MANY = 64


class Memberships:
    def __init__(self, api: Api, entitling: Entitling) -> None:
        self._api = api
        self._entitling = entitling

    @property
    def open(self) -> bool:
        return bool(self._entitling.plans)

    def sells(self, item: object) -> bool:
        return self._entitling.sells(str(item))

    async def entitled(self, kind: str, data: Mapping[str, Json], happening: str) -> None:
        """Settle what is told of one entitlement, or leave it open with an alert. Raises ValueError for what is none,
        the library's own errors, and Unavailable."""
        right = _right(data, gone=kind == DELETED)
        if right.gone:
            await self._entitling.settle([right], None, [happening])
        elif reason := self._entitling.doubt(right):
            await self._entitling.refuse(right, reason)
        else:
            settled, known = await self._look(int(data["application_id"]), right.person, told={right.id: happening})
            now = next((one for one in known if one.id == right.id), right)
            if right.id not in settled and (now.ended_at or now.gone):
                # No subscription names it any more: what it was for is known from before, or never will be.
                await self._entitling.settle([now], None, [happening])
            elif right.id not in settled:
                await self._unexplained(right, data, happening)

    async def changed(self, application: int, data: Mapping[str, Json]) -> None:
        """Settle what is told of one subscription. Raises as `entitled` does."""
        if any(map(self.sells, _list(data, "sku_ids"))):
            await self._look(application, str(int(data["user_id"])), said=data)

    async def due(self, application: int) -> AsyncIterator[Mapping[str, Json]]:
        """Entitlements that stand and of which no period is known that is paid now. Raises as `entitled` does."""
        after = 0
        while page := await self._listed(application, after=after, exclude_ended="true", exclude_deleted="true"):
            due = await self._entitling.due([str(one["id"]) for one in page])
            for one in page:
                if str(one["id"]) in due:
                    yield one
            after = max(int(one["id"]) for one in page)

    @staticmethod
    def over(data: Mapping[str, Json]) -> bool:
        ended = _moment(data.get("ends_at"))
        return ended is not None and ended < utcnow() - _OVER

    async def _look(
        self,
        application: int,
        person: str,
        *,
        said: Mapping[str, Json] | None = None,
        told: Mapping[str, str] | None = None,
    ) -> tuple[set[str], list[Right]]:
        """Settle all a person has of our plans, and what was `said` of a subscription besides; the rights that were
        settled, and all there are. `told`: happenings by the right they are about."""
        records = {str(one["id"]): one for one in await self._listed(application, user_id=person)}
        rights = [one for one in map(_right, records.values()) if not self._entitling.doubt(one)]
        held: dict[str, Mapping[str, Json]] = {}
        for item in sorted({one.item for one in rights}):
            held |= {str(one["id"]): one for one in await self._bought(item, person)}
        settled: set[str] = set()
        for number, now in held.items():
            known = [said, now] if said and str(said["id"]) == number else [now]
            membership = self._membership(now, known, rights)
            if membership is None:
                continue
            named = {one.right for one in membership.spans} | set(_list(now, "entitlement_ids"))
            about = [one for one in rights if one.id in named]
            keys = [name(CREATED, records[one.id] | {"ends_at": None}) for one in about]
            keys += [key for right, key in (told or {}).items() if right in named]
            await self._entitling.settle(about, membership, keys)
            settled |= {one.id for one in about}
        return settled, rights

    def _membership(
        self, now: Mapping[str, Json], known: Iterable[Mapping[str, Json]], rights: Sequence[Right]
    ) -> Membership | None:
        """None where nothing was granted for it yet."""
        spans = [span for one in known if (span := _span(one, rights))]
        if not spans:
            return None
        renewed = [one for one in _list(now, "renewal_sku_ids") if self.sells(one)]
        named = {one.right for one in spans}
        stands = any(one.id in named and not (one.ended_at or one.gone) for one in rights)
        return Membership(
            reference=str(now["id"]),
            next=renewed[0] if renewed else spans[-1].item,
            # A new one says so as well until its right is entered into it.
            ends=now["status"] != _GOES_ON and not (stands and now.get("canceled_at") is None),
            until=_instant(now["current_period_end"]),
            spans=tuple(dict.fromkeys(spans)),
        )

    async def _unexplained(self, right: Right, data: Mapping[str, Json], happening: str) -> None:
        """No subscription of theirs brought it: it is a test's, or too new."""
        began = snowflake_time(int(right.id))
        if data.get("starts_at") is None and self._entitling.tests:
            span = Span(right=right.id, item=right.item, starts_at=began, until=began + _TRIAL)
            trial = Membership(
                reference=f"test:{right.id}", next=right.item, ends=True, until=span.until, spans=(span,)
            )
            await self._entitling.settle([right], trial, [happening])
        elif data.get("starts_at") is None:
            await self._entitling.refuse(right, Doubt.TEST)
        elif began < utcnow() - _FRESH:
            await self._entitling.refuse(right, Doubt.PERIOD)

    async def _listed(self, application: int, *, after: int = 0, **more: str) -> Any:
        items = ",".join(one.item for one in self._entitling.plans)
        return await self._api.entitlements(application, after, _PAGE, sku_ids=items, **more)

    async def _bought(self, item: str, person: str) -> Any:
        return await self._api.subscriptions(int(item), int(person), _MANY)


def _span(said: Mapping[str, Json], rights: Sequence[Right]) -> Span | None:
    """The period a subscription is in, under the newest right it was granted. One that does not name any yet has that
    of its item, if it is no older one's: a right is what counts, and comes first."""
    start, until = _instant(said["current_period_start"]), _instant(said["current_period_end"])
    named, items = set(_list(said, "entitlement_ids")), set(_list(said, "sku_ids"))
    granted = [one for one in rights if one.id in named]
    if not named:
        fresh = [one for one in rights if one.item in items and one.ended_at is None]
        granted = [one for one in fresh if snowflake_time(int(one.id)) < until]
    if not granted:
        return None
    newest = max(granted, key=lambda one: int(one.id))
    return Span(right=newest.id, item=newest.item, starts_at=start, until=until)


def _right(data: Mapping[str, Json], *, gone: bool = False) -> Right:
    """Raises ValueError for what is no entitlement."""
    number, item = str(data["id"]), str(data.get("sku_id") or "")
    person = "" if data.get("guild_id") else str(data.get("user_id") or "")  # what a server has is nobody's
    if not all(one.isdecimal() for one in (number, item, person or "0")):
        raise ValueError("not an entitlement")
    return Right(
        id=number,
        item=item,
        person=person,
        ended_at=_moment(data.get("ends_at")),
        gone=gone or bool(data.get("deleted")),
        test=data.get("type") in UNPAID,
    )


def _list(data: Mapping[str, Json], field: str) -> list[str]:
    return [str(one) for one in data.get(field) or ()]


def _moment(text: Json) -> datetime | None:
    return _instant(text) if text else None


def _instant(text: Json) -> datetime:
    found = datetime.fromisoformat(str(text))
    if found.tzinfo is None:
        raise ValueError("a moment without a time zone")
    return found
