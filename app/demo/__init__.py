"""`thumbnail-factory demo`: the very conversation people have, without a person."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

import click

from app.demo.story import tell
from core.log import configure
from core.settings import LogFormat, Settings


def main(settings: Settings, *, out: Path) -> None:
    configure(settings.model_copy(update={"log_level": "error", "log_format": LogFormat.PRETTY}))
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="thumbnail-factory-demo-") as home:
        # A database of its own: the demo spends credits of a made-up person.
        Path(home).chmod(0o711)
        alone = settings.model_copy(update={"factory_home": Path(home), "database_url": None, "blob_folder": None})
        asyncio.run(tell(alone, out))
    click.echo(f"\nThe pictures are in {out}/")
