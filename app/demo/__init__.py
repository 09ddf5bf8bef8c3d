"""`thumbnail-factory demo`: the very conversation people have, without a person."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

import click

from core.log import configure
from core.settings import LogFormat, Settings

GEMINI = "gemini-stand-in"


def main(settings: Settings, *, out: Path, provider: str | None = None) -> None:
    """`provider`: whose models the story is about; None: the studio's and what is paid for in general."""
    if provider == GEMINI:
        from app.demo.gemini.story import tell
    else:
        from app.demo.story import tell
    # A model that is shut down on purpose is an error to whoever runs a factory; here it is the story.
    level = "critical" if provider else "error"
    configure(settings.model_copy(update={"log_level": level, "log_format": LogFormat.PRETTY}))
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="thumbnail-factory-demo-") as home:
        # A database of its own: the demo spends credits of a made-up person.
        Path(home).chmod(0o711)
        alone = settings.model_copy(update={"factory_home": Path(home), "database_url": None, "blob_folder": None})
        asyncio.run(tell(alone, out))
    click.echo(f"\nThe pictures are in {out}/")
