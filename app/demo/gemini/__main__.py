"""The stand-in in a process of its own, until it is ended: `python -m app.demo.gemini`."""

from __future__ import annotations

import asyncio

import click

from app.demo.gemini.model import IMAGEN_MODELS, MODELS, READERS
from app.demo.gemini.service import GeminiStandIn

KNOWN = sorted({*MODELS, *READERS, *IMAGEN_MODELS})


@click.command()
@click.option("--seconds", type=float, default=0.0, help="How long a picture takes, beside the drawing.")
@click.option("--repeat", is_flag=True, help="Draw each stage once and hand that picture out again.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Where to listen; 0: whichever is free.")
@click.option("--dead", type=click.Choice(KNOWN), multiple=True, metavar="MODEL", help="Answer 404 for it; repeatable.")
def main(seconds: float, repeat: bool, port: int, dead: tuple[str, ...]) -> None:
    """Print the setting that leads to it, then serve."""
    try:
        asyncio.run(_serve(GeminiStandIn(delay_s=seconds, repeat=repeat, port=port, dead=set(dead))))
    except KeyboardInterrupt:
        click.echo("Ended.")
    except OSError as error:
        raise click.ClickException(f"Port {port} cannot be used: {error.strerror}") from error


async def _serve(service: GeminiStandIn) -> None:
    async with service:
        click.echo(f"GEMINI_BASE_URL={service.base_url}")
        await asyncio.Event().wait()


if __name__ == "__main__":
    main()
