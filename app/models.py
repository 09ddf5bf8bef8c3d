"""`thumbnail-factory models`: every model, how it stands, what it costs, what it is asked for, and why it is off."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime

import click

from app.factory import opened
from core.domain.model import Catalogue, Channel, ModelSpec
from core.providers.catalogue import Sheet
from core.services.catalogue import Listed, Off, listing
from core.settings import Settings
from core.store.model import ModelState

HEADINGS = ("", "MODEL", "NAME", "STATE", "FROM", "UNTIL", "A PICTURE", "SPEED", "CREDITS", "ASKED FOR")
NOTES = (
    "* premium or preview: marked in the chooser.  ~ a price that was not seen on an official page.",
    "A number behind a role is the place among those on offer.",
)


def main(settings: Settings) -> None:
    asyncio.run(_show(settings))


async def _show(settings: Settings) -> None:
    async with opened(settings) as factory:
        live = factory.catalogue
        await live.reload()
        for line in describe(live.rows, live(), live.sheet):
            click.echo(line)


def describe(rows: Sequence[Listed], catalogue: Catalogue, sheet: Sheet) -> Iterator[str]:
    """The table and what its signs mean."""
    yield from table(rows, catalogue, sheet)
    yield from NOTES


def table(rows: Sequence[Listed], catalogue: Catalogue, sheet: Sheet) -> Iterator[str]:
    """The rows, aligned, with what is off and why below each such row."""
    cells = [HEADINGS, *(_cells(row, catalogue, sheet) for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(HEADINGS))]
    for place, line in enumerate(cells):
        yield "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        if place and (reason := why(rows[place - 1], sheet)):
            yield f"{'':{widths[0]}}  -> {reason}"


def why(row: Listed, sheet: Sheet) -> str:
    """What keeps a model off, and what would light it up; of one that is on, that its end has passed."""
    model = row.model
    match row.off:
        case None:
            ended = model.until is not None and model.until < datetime.now(UTC).date()
            return f"its announced end was {model.until}; offered while it answers" if ended else ""
        case Off.SWITCHED_OFF:
            return "provider switched off"
        case Off.DISABLED:
            return "switched off by an operator"
        case Off.UNFUNDED:
            return "its provider's pool may not do for a set: thumbnail-factory admin pools list"
        case Off.UNSEEN:
            return "waits for the probe to see it answer"
        case Off.NO_KEY if door := _door(model, sheet):
            key = sheet.keys[model.provider][door.channel]
            until = f", until {door.model.until}" if door.model.until else ""
            return f"set {key} to light it up{until}"
        case Off.NO_KEY | Off.RETIRED:
            succeeded = f", {model.successor} takes its place" if model.successor else ""
            if row.probe is not None:
                return f"did not answer the probe of {row.probe.seen_at:%Y-%m-%d %H:%M} UTC{succeeded}"
            return f"retired{succeeded}; a probe that sees it answer brings it back"


def lit_by(provider: str, sheet: Sheet, today: date) -> tuple[str, ...]:
    """Names of the models a provider's key would light up, the ones that wait for a probe included."""
    rows = listing(sheet, ModelState(), {provider: Channel.DIRECT}, today)
    return tuple(row.model.label for row in rows if row.model.provider == provider and row.off in (None, Off.UNSEEN))


def _door(model: ModelSpec, sheet: Sheet) -> Listed | None:
    """The model as it stands behind the first door where it is not retired; None when it is behind all."""
    today = datetime.now(UTC).date()
    for door in sheet.keys[model.provider]:
        for row in listing(sheet, ModelState(), {model.provider: door}, today):
            if row.model.id == model.id and row.off is not Off.RETIRED:
                return row
    return None


def _cells(row: Listed, catalogue: Catalogue, sheet: Sheet) -> tuple[str, ...]:
    """State, dates and prices are those behind the door that is open, or behind the one its key would open."""
    door = _door(row.model, sheet) if row.off is Off.NO_KEY else None
    model = (door or row).model
    return (
        "on" if row.off is None else "off",
        model.id,
        f"{model.label or model.id}{' *' if model.marked else ''}",
        model.status.value,
        _day(model.since),
        _day(model.until),
        _price(model),
        "" if model.free else model.latency.value,
        "free" if model.free else f"+{model.surcharge}" if model.surcharge else "",
        ", ".join(_roles(model, catalogue)),
    )


def _roles(model: ModelSpec, catalogue: Catalogue) -> Iterator[str]:
    for role in model.roles:
        ids = [one.id for one in catalogue.for_role(role)]
        yield f"{role.value} {ids.index(model.id) + 1}" if model.id in ids else role.value


def _price(model: ModelSpec) -> str:
    """Dollars of a picture by size, or of a million tokens in and out for who answers with text."""
    about = "" if model.price_verified or model.free else "~"
    if model.prices:
        return " ".join(f"{size} {about}${price / 1e6:.3f}" for size, price in model.prices.items())
    if model.rates:
        return f"{about}${model.rates.text_in / 1e6:.2f}/{model.rates.text_out / 1e6:.2f} a million tokens"
    return ""


def _day(day: date | None) -> str:
    return f"{day}" if day else ""
