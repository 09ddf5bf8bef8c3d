"""What keeps a factory well: releases, the schema, a check of everything, backups, schedules, a job's timeline."""

from __future__ import annotations

from pathlib import Path

import click

from app.command.carrying import carry_out


@click.command()
@click.argument("platform", type=click.Choice(["telegram", "discord"]))
@click.option("--webhook/--no-webhook", default=None, help="Telegram: also set, or remove, the webhook.")
def release(platform: str, webhook: bool | None) -> None:
    """Tell a platform this release's commands.

    And its texts; once per release, not per replica.
    """
    carry_out("release", platform=platform, webhook=webhook)


@click.command()
def migrate() -> None:
    """Bring the database's schema to this release."""
    carry_out("migrate")


@click.command()
@click.option("--live", is_flag=True, help="Also have the cheapest model paint one picture, and say what that cost.")
def doctor(live: bool) -> None:
    """Check everything and say what to mend.

    Settings, database, ledger, fonts, text shaping, models and keys, with what to do about each fault.
    """
    carry_out("doctor", live=live)


@click.command()
@click.argument("archive", type=click.Path(path_type=Path, dir_okay=False))
def backup(archive: Path) -> None:
    """Write database and pictures to one file."""
    carry_out("archive", verb="backup", path=archive)


@click.command()
@click.argument("archive", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def restore(archive: Path) -> None:
    """Read a backup into an empty factory."""
    carry_out("archive", verb="restore", path=archive)


@click.group()
def schedules() -> None:
    """See what happens by itself, and run it by hand."""


@schedules.command("list")
def schedules_list() -> None:
    """Print every schedule: how often, when it last ran, and how that went."""
    carry_out("schedules", verb="list")


@schedules.command("run")
@click.argument("name", metavar="NAME")
def schedules_run(name: str) -> None:
    """Run one here and now, whatever the clock does."""
    carry_out("schedules", verb="run", name=name)


@click.group()
def job() -> None:
    """Look at jobs."""


@job.command("inspect")
@click.argument("number", metavar="ID")
def job_inspect(number: str) -> None:
    """Print a job's timeline.

    From event to delivery; ID is its code or uuid.
    """
    carry_out("inspect_job", job=number)


CARE = (release, migrate, doctor, backup, restore, schedules, job)
