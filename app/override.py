"""`thumbnail-factory models disable|enable|set|reset|probe`: an operator's word on a model, heard without a restart."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from difflib import get_close_matches

import click

from app.database import connection_string
from app.factory import opened
from app.models import table
from app.stop import Stop
from core.bootstrap.factory import Factory
from core.domain.model import ModelSpec
from core.providers.catalogue import STUDIO, load
from core.settings import Settings
from core.store.error import StoreError
from core.store.model import ModelRegister, Models, Override

MICRO = 1_000_000
DEAREST = 100 * MICRO
ENABLED = {"disable": False, "enable": True}


def main(
    settings: Settings,
    *,
    verb: str,
    model: str = "",
    surcharge: int | None = None,
    rank: int | None = None,
    prices: tuple[str, ...] = (),
) -> None:
    if not settings.embedded:
        connection_string(settings)
    try:
        if verb == "probe":
            asyncio.run(_probe(settings))
            return
        spec = _named(model)
        said = Override(
            model=spec.id,
            enabled=ENABLED.get(verb),
            surcharge=surcharge,
            rank=rank,
            prices=_priced(spec, prices) if prices else None,
        )
        if verb == "set" and said == Override(model=spec.id):
            raise Stop("Say what to set: --surcharge, --rank or --price.")
        asyncio.run(_override(settings, spec, said, anew=verb == "reset"))
    except StoreError as error:
        raise Stop(f"The database does not take it: {error}") from error


async def _override(settings: Settings, spec: ModelSpec, said: Override, *, anew: bool) -> None:
    async with opened(settings) as factory:
        known = () if anew else (await Models(factory.transport).state()).overrides
        now = next((row for row in known if row.model == spec.id), Override(model=spec.id))
        await ModelRegister(factory.direct).override(_joined(spec, now, said), by="command line")
        await _show(factory, spec.id)


async def _probe(settings: Settings) -> None:
    async with opened(settings) as factory:
        if factory.gemini is None:
            keys = ", ".join(key for doors in load().keys.values() for key in doors.values())
            raise Stop(f"There is nobody to ask: no provider has a key. Set one of {keys}.")
        await factory.probing.run()
        await _show(factory)
        failed = [row for row in await factory.housekeeping.open_alerts() if row["kind"] == "probe.failed"]
    if failed:
        raise Stop(f"Not every provider answered, so nothing new is known of its models: {failed[0]['detail']}")


def _joined(spec: ModelSpec, now: Override, said: Override) -> Override:
    """What was said before and is not taken back; sizes that were never named keep the file's price."""
    new = {name: value for name, value in asdict(said).items() if value is not None}
    if said.prices is not None:
        new["prices"] = {**(now.prices or spec.prices), **said.prices}
    return Override(**{**asdict(now), **new})


async def _show(factory: Factory, model: str = "") -> None:
    """The table as it stands now, or one row of it."""
    await factory.catalogue.reload()
    rows = [row for row in factory.catalogue.rows if model in ("", row.model.id)]
    for line in table(rows, factory.catalogue(), factory.catalogue.sheet):
        click.echo(line)


def _named(model: str) -> ModelSpec:
    if model == STUDIO.id:
        raise Stop("The studio is free and always on: it draws what no model could.")
    rows = {row.id: row for row in load().models}
    if model not in rows:
        near = get_close_matches(model, rows, 1)
        raise Stop(f"There is no model {model}{f', did you mean {near[0]}?' if near else '.'}")
    return rows[model]


def _priced(spec: ModelSpec, prices: tuple[str, ...]) -> dict[str, int]:
    """`1K=0.034`: size, and dollars of a picture."""
    found = {}
    for one in prices:
        size, _, dollars = one.partition("=")
        if size not in spec.prices:
            raise Stop(f"{spec.id} has no size {size}: {', '.join(spec.prices) or 'it is not paid by the picture'}.")
        try:
            found[size] = round(MICRO * float(dollars))
        except (ValueError, OverflowError):
            raise Stop(f"{one} is no price: say it like 1K=0.034, the size and dollars of one picture.") from None
        if not 0 <= found[size] < DEAREST:
            raise Stop(f"{one} is no price of a picture.")
    return found
