"""The README's table of models, from the catalogue: `python -m scripts.prices` writes it, a test holds it true."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from core.domain.format import Quality
from core.domain.model import Channel, ModelSpec, Status
from core.domain.price import set_price
from core.providers.catalogue import Sheet, load

README = Path(__file__).parent.parent / "README.md"
BEGIN, END = "<!-- models: written by python -m scripts.prices -->\n", "<!-- /models -->\n"
HEAD = "| model | id | a picture costs us | standard set of 4 | |\n|---|---|---|---|---|\n"


def table(sheet: Sheet) -> str:
    """What is not retired behind every door."""
    return HEAD + "".join(f"| {' | '.join(cells)} |\n" for cells in _rows(sheet))


def replaced(document: str, rows: str) -> str:
    """The document with these rows between its marks. Raises ValueError without them."""
    before, rest = document.split(BEGIN)
    return f"{before}{BEGIN}{rows}{END}{rest.split(END)[1]}"


def _rows(sheet: Sheet) -> Iterator[tuple[str, ...]]:
    for model in sheet.models:
        doors = [door for door in sheet.keys[model.provider] if model.on(door).status is not Status.RETIRED]
        if doors:
            yield (model.label, f"`{model.id}`", _cost(model), _credits(model), _note(model, doors))


def _cost(model: ModelSpec) -> str:
    about = "" if model.price_verified else "about "
    if model.prices:
        return about + ", ".join(f"{size} ${price / 1e6:.3f}" for size, price in model.prices.items())
    assert model.rates is not None
    return f"{about}${model.rates.text_in / 1e6:.2f} in, ${model.rates.text_out / 1e6:.2f} out per million tokens"


def _credits(model: ModelSpec) -> str:
    return f"{set_price(Quality.STANDARD, 4, model)} credits" if model.vibes else ""


def _note(model: ModelSpec, doors: list[Channel]) -> str:
    said = []
    if doors == [Channel.ENTERPRISE]:
        said.append("Enterprise only")
    until = model.on(doors[0]).until
    if until:
        said.append(f"announced end {until}")
    if model.probed:  # whatever was announced
        said.append("offered while a probe sees it answer" if until else "offered once a probe has seen it")
    if not model.vibes:
        said.append("reads and writes text" if not model.prices else "edits only")
    return ", ".join(said)


def main() -> None:
    README.write_text(replaced(README.read_text(encoding="utf-8"), table(load())), encoding="utf-8")


if __name__ == "__main__":
    main()
