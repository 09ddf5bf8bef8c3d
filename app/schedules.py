"""`thumbnail-factory schedules list|run NAME`: what happens by itself."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import click

from app.database import connection_string
from app.factory import opened
from app.stop import Stop
from core.settings import Settings
from core.store.error import StoreError
from core.store.housekeeping import Slot
from core.worker.schedule import Schedule, UnknownSchedule


def main(settings: Settings, *, verb: str, name: str = "") -> None:
    if not settings.embedded:
        connection_string(settings)
    try:
        asyncio.run(_run(settings, name) if verb == "run" else _list(settings))
    except StoreError as error:
        raise Stop(f"The database does not take it: {error}") from error


async def _run(settings: Settings, name: str) -> None:
    async with opened(settings) as factory:
        try:
            await factory.timetable.run_now(name)
        except UnknownSchedule:
            known = ", ".join(row.name for row in factory.timetable.schedules)
            raise Stop(f"There is no schedule {name}. There are: {known}.") from None
        click.echo(f"{name} has run.")


async def _list(settings: Settings) -> None:
    async with opened(settings) as factory:
        latest = await factory.timetable.latest()
        for row in factory.timetable.schedules:
            click.echo(f"{row.name:<10} {_often(row):<15} {_last(latest.get(row.name)):<40} {row.says}")


def _often(row: Schedule) -> str:
    minutes = row.every // timedelta(minutes=1)
    if row.every == timedelta(days=1):
        hours, rest = divmod(row.after // timedelta(minutes=1), 60)
        return f"daily {hours:02d}:{rest:02d}"
    return f"every {minutes} min"


def _last(slot: Slot | None) -> str:
    if slot is None:
        return "not yet"
    if slot.ended_at is None:
        return f"queued {slot.queued_at:%Y-%m-%d %H:%M:%S} UTC"
    how = f"failed: {slot.error}" if slot.error else "well"
    return f"{slot.ended_at:%Y-%m-%d %H:%M:%S} UTC, {how}"
