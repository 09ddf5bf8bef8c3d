"""The stand-in in a process of its own, until it is ended: `python -m app.demo.gemini`."""

from __future__ import annotations

import asyncio

import click

from app.demo.gemini.service import GeminiStandIn


@click.command()
@click.option("--seconds", type=float, default=0.0, help="How long a picture takes, beside the drawing.")
@click.option("--repeat", is_flag=True, help="Draw each stage once and hand that picture out again.")
def main(seconds: float, repeat: bool) -> None:
    """Print the setting that leads to it, then serve."""
    asyncio.run(_serve(GeminiStandIn(delay_s=seconds, repeat=repeat)))


async def _serve(service: GeminiStandIn) -> None:
    async with service:
        click.echo(f"GEMINI_BASE_URL={service.base_url}")
        await asyncio.Event().wait()


if __name__ == "__main__":
    main()
