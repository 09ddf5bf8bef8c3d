"""`thumbnail-factory stop`."""

from __future__ import annotations

import os
import signal
import time

import click

from app.instance import holder
from app.stop import Stop
from core.settings import Settings

PATIENCE_S = 10.0


def main(settings: Settings) -> None:
    running = holder(settings.factory_home)
    if running is None:
        click.echo("Nothing is running in this folder.")
        return
    os.kill(running.pid, signal.SIGTERM)
    deadline = time.monotonic() + PATIENCE_S
    while holder(settings.factory_home) is not None:
        if time.monotonic() > deadline:
            raise Stop(f"Process {running.pid} was asked to stop and has not ended after {PATIENCE_S:g} s.")
        time.sleep(0.05)
    click.echo("Stopped.")
