"""Make the picture newcomers are shown, from the bundled portrait: `python -m app.demo.example [FILE]`.

Run it when the studio's looks have changed; the file is a part of the release.
"""

from __future__ import annotations

import sys
from importlib import resources
from pathlib import Path

import click

import core.services.example
from core.domain.brief import Brief, Vibe
from core.domain.format import FORMATS, Quality
from core.domain.job import Recipe
from core.domain.model import Origin
from core.domain.record import to_record
from core.services.example import FILE
from core.workshop import craft

HEADLINE = "She flew the shuttle"
FORMAT = FORMATS["youtube"]


def draw(portrait: bytes) -> bytes:
    """A finished JPEG, the same for the same studio."""
    brief = Brief(headline=HEADLINE, vibe=Vibe.BOLD)
    recipe = to_record(Recipe(brief=brief, model="studio", origin=Origin.STUDIO, seed=7))
    size = FORMAT.size(Quality.STANDARD)
    plate = craft.paint(recipe, FORMAT.id, (size.width, size.height), (portrait,))
    finished = craft.finish(recipe, FORMAT.id, (size.width, size.height), plate, b"", "", "jpg")
    data: bytes = finished["data"]
    return data


def main() -> None:
    file = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(core.services.example.__file__).with_name(FILE)
    data = draw(resources.files("app.demo").joinpath("portrait.png").read_bytes())
    file.write_bytes(data)
    click.echo(f"wrote {file} ({len(data) / 1000:.0f} kB)")


if __name__ == "__main__":
    main()
