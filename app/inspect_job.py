"""`thumbnail-factory job inspect ID`: one job's timeline, from event to delivery."""

from __future__ import annotations

import asyncio

import click

from app import RELEASE
from app.database import database
from app.stop import Stop
from core.bootstrap.factory import open_factory
from core.settings import Settings
from core.store.error import Fault, Unknown
from core.store.job import Happening, StoredJob


def main(settings: Settings, *, job: str) -> None:
    asyncio.run(_inspect(settings, job))


async def _inspect(settings: Settings, name: str) -> None:
    async with (
        database(settings, migrated=settings.embedded) as dsn,
        open_factory(settings, dsn, release=RELEASE) as factory,
    ):
        try:
            found, timeline = await factory.jobs.timeline(
                **({"job_id": name} if "-" in name else {"code": name.upper()})
            )
        except (Unknown, Fault):
            raise Stop(f"There is no job {name}: give its code (ten letters and digits) or its uuid.") from None
        for line in describe(found, timeline):
            click.echo(line)


def describe(job: StoredJob, timeline: list[Happening]) -> list[str]:
    head = f"{job.kind} {job.code} ({job.id}): {job.status}, price {job.price}, kept {job.captured}"
    began = job.created_at
    lines = [head, f"ordered {began:%Y-%m-%d %H:%M:%S} UTC on {job.platform}, drawn by {job.model}"]
    for row in timeline:
        facts = "  ".join(f"{key}={value}" for key, value in row.facts.items())
        lines.append(f"{(row.at - began).total_seconds():+9.3f} s  {row.what:<10} {facts}")
    return lines
