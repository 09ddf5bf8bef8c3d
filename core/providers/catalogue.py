"""The models as data: `models.toml`, read strictly, beside the studio and its stand-in, which are our own code."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Collection, Container, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from core.domain.brief import Vibe
from core.domain.format import Quality
from core.domain.model import (
    Capability,
    Channel,
    Latency,
    ModelSpec,
    Origin,
    Role,
    Status,
    Term,
    Thinking,
    TokenRates,
)

FILE = Path(__file__).with_name("models.toml")
SLUG = re.compile(r"[a-z0-9.-]{1,10}")
LARGEST = "4K"
"""The size a model must have to be asked for quality 4K."""

STUDIO = ModelSpec(
    id="studio",
    provider="local",
    origin=Origin.STUDIO,
    roles=(Role.DRAFT, Role.STANDARD, Role.FOUR_K),
    vibes=tuple(Vibe),
    qualities=tuple(Quality),
    capabilities=frozenset({Capability.TEXT_TO_IMAGE, Capability.EDIT, Capability.SEED}),
    latency=Latency.FAST,
    source="core/compose",
    free=True,
    max_references=10,
)

STAND_IN = ModelSpec(
    id="stand-in",
    label="a paid model",
    provider="stand-in",
    origin=Origin.STAND_IN,
    roles=(Role.DRAFT, Role.STANDARD, Role.FOUR_K),
    vibes=STUDIO.vibes,
    qualities=tuple(Quality),
    capabilities=STUDIO.capabilities,
    prices={"1K": 33_600},
    source="invented, for tests and the demo",
    max_references=10,
)

T = TypeVar("T")
Row = Mapping[str, Any]


class CatalogueFault(ValueError):
    """The model file cannot be used; the message names the place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """The file's content: all models, and the order of each role's candidates."""

    models: tuple[ModelSpec, ...]
    roles: Mapping[Role, tuple[str, ...]] = field(hash=False)
    keys: Mapping[str, Mapping[Channel, str]] = field(hash=False)
    """Provider -> channel -> the setting that opens it. A provider that is not listed needs none."""

    def doors(self, given: Container[str]) -> dict[str, Channel]:
        """Provider -> the channel it is reached by, where one of `given` settings opens it. Without key, always."""
        doors = {row.provider: Channel.DIRECT for row in self.models if row.provider not in self.keys}
        open_doors = [(name, door) for name, keys in self.keys.items() for door, key in keys.items() if key in given]
        return doors | dict(open_doors)

    def beside(self, *models: ModelSpec) -> Sheet:
        """With our own models: the paid ones first in each of their roles, the free ones last of all."""
        ours = {role: tuple(row.id for row in models if role in row.roles and not row.free) for role in Role}
        roles = {role: (*ours[role], *self.roles.get(role, ())) for role in Role}
        paid = [row for row in models if not row.free]
        free = [row for row in models if row.free]
        return replace(self, models=(*paid, *self.models, *free), roles=roles)


def load(path: Path = FILE) -> Sheet:
    """The model file. Raises CatalogueFault, naming row and field."""
    try:
        return read(tomllib.loads(path.read_text(encoding="utf-8")))
    except tomllib.TOMLDecodeError as error:
        raise CatalogueFault(f"{path.name}: {error}") from error


def read(document: Row) -> Sheet:
    """A parsed model file. Raises CatalogueFault."""
    _only(document, {"keys", "roles", "pixels", "model"}, "the file")
    pixels = {name: _pixels(name, table) for name, table in _table(document, "pixels", "the file").items()}
    given: dict[str, Row] = {}
    for row in document.get("model", []):
        whole = _inherited(row, given)
        if whole["id"] in given:
            raise CatalogueFault(f"model {whole['id']!r} stands twice")
        given[whole["id"]] = whole
    roles = {_enum(Role, name, "roles"): tuple(ids) for name, ids in _table(document, "roles", "the file").items()}
    keys = {
        provider: {_enum(Channel, name, f"keys of {provider}"): key for name, key in doors.items()}
        for provider, doors in _table(document, "keys", "the file").items()
    }
    models = tuple(_spec(row, roles, pixels) for row in given.values())
    sheet = Sheet(models=models, roles=roles, keys=keys)
    _fits_together(sheet)
    return sheet


# -- one row -------------------------------------------------------------------------------------------------------


def _spec(
    row: Row, roles: Mapping[Role, tuple[str, ...]], pixels: Mapping[str, Mapping[str, tuple[int, int]]]
) -> ModelSpec:
    place = f"model {row['id']!r}"
    _only(row, _READERS.keys() | {"pixels"}, place)
    if missing := _REQUIRED - row.keys():
        raise CatalogueFault(f"{place} lacks {', '.join(sorted(missing))}")
    values = {name: _read(read, row[name], f"{place}, {name}") for name, read in _READERS.items() if name in row}
    values["roles"] = tuple(role for role, ids in roles.items() if row["id"] in ids)
    if "pixels" in row:
        if row["pixels"] not in pixels:
            raise CatalogueFault(f"{place}: there is no pixel table {row['pixels']!r}")
        table = pixels[row["pixels"]]
        values["pixels"] = MappingProxyType({ratio: table[ratio] for ratio in values["ratios"] if ratio in table})
    spec = ModelSpec(origin=Origin.MODEL, **{"vibes": tuple(Vibe), **values})
    _is_whole(spec, place)
    return spec


def _inherited(row: Row, given: Mapping[str, Row]) -> Row:
    """The row with what it takes from the one it is `like`, which has to stand before it."""
    if "id" not in row:
        raise CatalogueFault("a model has no id")
    like = row.get("like")
    if like is None:
        return row
    if like not in given:
        raise CatalogueFault(f"model {row['id']!r} is like {like!r}, which does not stand before it")
    return {**given[like], **{name: value for name, value in row.items() if name != "like"}}


def _is_whole(spec: ModelSpec, place: str) -> None:
    """What no single field can tell."""
    faults = (
        (not SLUG.fullmatch(spec.slug), "slug is not 1 to 10 characters of a-z, 0-9, dot and hyphen"),
        (not spec.prices and spec.rates is None, "has no price"),
        (bool(spec.vibes) and set(spec.prices) != set(spec.sizes or ("1K",)), "prices do not name exactly its sizes"),
        (bool(spec.vibes) and not spec.qualities, "draws, but in no quality"),
        (Quality.FOUR_K in spec.qualities and LARGEST not in spec.sizes, f"offers 4K without size {LARGEST}"),
        ((spec.batch_factor is not None) != spec.can(Capability.BATCH), "batch and batch_factor go together"),
        (spec.status is Status.RETIRED and not spec.successor, "is retired without a successor"),
        (bool(spec.ratios) != bool(spec.pixels), "ratios and pixels go together"),
    )
    for wrong, words in faults:
        if wrong:
            raise CatalogueFault(f"{place}: {words}")


def _fits_together(sheet: Sheet) -> None:
    ids = {row.id for row in sheet.models}
    for row in sheet.models:
        if row.successor and row.successor not in ids:
            raise CatalogueFault(f"model {row.id!r}: its successor {row.successor!r} is not in the file")
        if row.provider not in sheet.keys:
            raise CatalogueFault(f"model {row.id!r}: provider {row.provider!r} is not under keys")
    tokens = [row.token for row in sheet.models]
    if twice := {token for token in tokens if tokens.count(token) > 1 or (token in ids)}:
        raise CatalogueFault(f"slugs are not unique: {', '.join(sorted(twice))}")
    for role in Role:
        if not sheet.roles.get(role):
            raise CatalogueFault(f"role {role!r} has no candidate")
        if unknown := set(sheet.roles[role]) - ids:
            raise CatalogueFault(f"role {role!r} names {', '.join(sorted(unknown))}, not in the file")


# -- values --------------------------------------------------------------------------------------------------------


def _of(kind: type[T]) -> Callable[[Any], T]:
    def read(value: Any) -> T:
        if type(value) is not kind:
            raise ValueError(f"{value!r} is not {kind.__name__}")
        return value

    return read


def _each(read: Callable[[Any], T]) -> Callable[[Any], tuple[T, ...]]:
    return lambda value: tuple(read(item) for item in _of(list)(value))


def _whole(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise ValueError(f"{value!r} is no whole number from 0 up")
    return value


def _prices(value: Any) -> Mapping[str, int]:
    return MappingProxyType({size: _whole(price) for size, price in _of(dict)(value).items()})


def _rates(value: Any) -> TokenRates:
    _only(value, {"text_in", "text_out", "image_out"}, "rates")
    return TokenRates(**{name: _whole(rate) for name, rate in value.items()})


def _channels(value: Any) -> Mapping[Channel, Term]:
    terms = {}
    for name, term in _of(dict)(value).items():
        _only(term, {"status", "since", "until"}, name)
        dates = {key: _of(date)(term[key]) for key in ("since", "until") if key in term}
        terms[Channel(name)] = Term(status=Status(term["status"]), **dates)
    return MappingProxyType(terms)


def _pixels(name: str, table: Row) -> Mapping[str, tuple[int, int]]:
    for ratio, size in table.items():
        if not (isinstance(size, list) and [type(side) for side in size] == [int, int]):
            raise CatalogueFault(f"pixels {name}, {ratio}: not a width and a height")
    return {ratio: (size[0], size[1]) for ratio, size in table.items()}


_READERS: dict[str, Callable[[Any], Any]] = {
    "id": _of(str),
    "provider": _of(str),
    "family": _of(str),
    "label": _of(str),
    "slug": _of(str),
    "status": Status,
    "since": _of(date),
    "until": _of(date),
    "successor": _of(str),
    "channels": _channels,
    "probed": _of(bool),
    "marked": _of(bool),
    "surcharge": _whole,
    "capabilities": lambda value: frozenset(_each(Capability)(value)),
    "thinking": _each(Thinking),
    "ratios": _each(_of(str)),
    "sizes": _each(_of(str)),
    "qualities": _each(Quality),
    "vibes": _each(Vibe),
    "max_references": _whole,
    "latency": Latency,
    "batch_factor": _of(float),
    "prices": _prices,
    "rates": _rates,
    "price_verified": _of(bool),
    "source": _of(str),
    "per_minute": _whole,
    "concurrency": _whole,
}
_OPTIONAL = {
    "since",
    "until",
    "successor",
    "channels",
    "probed",
    "marked",
    "surcharge",
    "vibes",
    "batch_factor",
    "prices",
    "rates",
}
_REQUIRED = _READERS.keys() - _OPTIONAL


def _read(read: Callable[[Any], Any], value: Any, place: str) -> Any:
    try:
        return read(value)
    except (ValueError, TypeError, KeyError) as error:
        raise CatalogueFault(f"{place}: {error}") from error


def _enum(kind: type[T], name: str, place: str) -> T:
    return _read(kind, name, place)  # type: ignore[no-any-return]  # an enum class answers with its member


def _table(row: Row, name: str, place: str) -> Mapping[str, Any]:
    if not isinstance(row.get(name), dict):
        raise CatalogueFault(f"{place} has no table {name!r}")
    return row[name]  # type: ignore[no-any-return]  # just looked at


def _only(row: Row, known: Collection[str], place: str) -> None:
    if unknown := row.keys() - set(known):
        raise CatalogueFault(f"{place} has unknown {', '.join(sorted(unknown))}")
