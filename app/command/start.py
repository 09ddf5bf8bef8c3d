"""What of the factory runs, and where."""

from __future__ import annotations

from pathlib import Path

import click

from app.command.carrying import carry_out


@click.command()
def run() -> None:
    """Start the whole factory on this machine.

    Database, worker, browser chat and bots in one process.
    """
    carry_out("run", parts=("worker", "clock", "outbox", "web", "webhooks", "telegram", "discord"))


@click.command()
def stop() -> None:
    """Stop a factory started with `run` in this folder."""
    carry_out("halt")


@click.command()
@click.option("--out", type=click.Path(path_type=Path), default=Path("out"), help="Folder for the pictures.")
@click.option(
    "--provider",
    type=click.Choice(["gemini-stand-in"]),
    help="Tell a provider's story instead, against a stand-in of its service on this machine.",
)
def demo(out: Path, provider: str | None) -> None:
    """Play the whole conversation without a person.

    Shows transcript, timings and credits; the pictures go to a folder.
    """
    carry_out("demo", out=out, provider=provider)


@click.command()
def worker() -> None:
    """Run jobs, the clock and maintenance.

    Start as many of these as you like.
    """
    carry_out("run", parts=("worker", "clock"))


@click.command()
def web() -> None:
    """Serve the browser chat and webhooks.

    Start as many of these as you like.
    """
    carry_out("run", parts=("web", "webhooks", "outbox"))


@click.command()
@click.argument("platform", type=click.Choice(["telegram", "discord"]))
def bot(platform: str) -> None:
    """Run one bot with its outbox.

    Telegram's by polling, Discord's by gateway: they need no public address.
    """
    carry_out("run", parts=(platform, "outbox"))


START = (run, stop, demo, worker, web, bot)
