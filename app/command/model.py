"""`models`: what is on offer, and changes to it."""

from __future__ import annotations

import click

from app.command.carrying import carry_out


@click.group(invoke_without_command=True)
@click.pass_context
def models(context: click.Context) -> None:
    """Print every model, and change what is on offer.

    How it stands, what it costs, what it is asked for, and which key would light it up. The commands
    below change what is on offer; a factory that runs knows within seconds.
    """
    if context.invoked_subcommand is None:
        carry_out("models")


@models.command("disable")
@click.argument("model", metavar="ID")
def models_disable(model: str) -> None:
    """Take a model off offer.

    Old briefs that name it go to its successor.
    """
    carry_out("override", verb="disable", model=model)


@models.command("enable")
@click.argument("model", metavar="ID")
def models_enable(model: str) -> None:
    """Offer a model, without waiting for a probe to see it."""
    carry_out("override", verb="enable", model=model)


@models.command("set")
@click.argument("model", metavar="ID")
@click.option("--surcharge", type=click.IntRange(0, 100), help="Credits a set costs more than the base price.")
@click.option("--rank", type=int, help="Place among the candidates of its roles, lowest first.")
@click.option("--price", "prices", metavar="SIZE=DOLLARS", multiple=True, help="What a picture costs us: 1K=0.034.")
def models_set(model: str, surcharge: int | None, rank: int | None, prices: tuple[str, ...]) -> None:
    """Change a model's price or place.

    What is not named stays as it is.
    """
    carry_out("override", verb="set", model=model, surcharge=surcharge, rank=rank, prices=prices)


@models.command("reset")
@click.argument("model", metavar="ID")
def models_reset(model: str) -> None:
    """Take back all that was said of a model.

    It is as the release's file says.
    """
    carry_out("override", verb="reset", model=model)


@models.command("probe")
def models_probe() -> None:
    """Ask every provider which models answer.

    Then print the table.
    """
    carry_out("override", verb="probe")
