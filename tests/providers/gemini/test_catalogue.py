"""The catalogue's rows against the service: what it says of a model, the model takes."""

import asyncio
from datetime import date

import pytest
from google import genai

from app.demo.gemini.model import MODELS
from app.demo.gemini.service import GeminiStandIn
from core.domain.format import FORMATS
from core.domain.model import ModelSpec, Status, Thinking
from core.providers import catalogue
from core.providers.gemini.probe import look
from core.providers.gemini.provider import GeminiProvider
from core.providers.gemini.reader import GeminiReader
from tests.providers.gemini.sample import opened, request

ROWS = [row for row in catalogue.load().models if row.provider == "gemini"]
PAINTERS = [row for row in ROWS if row.family == "gemini-image" and row.id in MODELS]
IMAGENS = [row for row in ROWS if row.family == "imagen" and row.ratios]
READERS = [row for row in ROWS if row.family == "gemini-text"]


def test_there_are_rows_of_every_family() -> None:
    assert len(PAINTERS) >= 4 and IMAGENS and READERS


@pytest.mark.parametrize("model", PAINTERS, ids=lambda row: row.id)
async def test_every_painter_paints_every_format_in_every_quality(provider: GeminiProvider, model: ModelSpec) -> None:
    asked = [
        request(model=model, format_id=name, quality=quality, thinking=Thinking.LOW, search=True)
        for name in FORMATS
        for quality in model.qualities
        if quality != "4k"
    ]

    painted = await asyncio.gather(*(provider.paint(row) for row in asked))

    for row in painted:
        assert row.original is not None and opened(row.original.data).width == row.facts["painted_width"]


@pytest.mark.parametrize("model", PAINTERS, ids=lambda row: row.id)
async def test_what_a_call_costs_is_what_the_catalogue_says(provider: GeminiProvider, model: ModelSpec) -> None:
    painted = await provider.paint(request(model=model, format_id="youtube"))

    listed = model.prices.get("1K") or next(iter(model.prices.values()))
    assert painted.usage is not None
    assert painted.usage.cost_micro_usd == pytest.approx(listed, rel=0.15)


@pytest.mark.parametrize("model", IMAGENS, ids=lambda row: row.id)
async def test_every_imagen_generates_on_enterprise(enterprise: genai.Client, model: ModelSpec) -> None:
    painted = await GeminiProvider(enterprise).paint(request(model=model))

    assert painted.original is not None


@pytest.mark.parametrize("model", READERS, ids=lambda row: row.id)
async def test_every_reader_reads(client: genai.Client, model: ModelSpec) -> None:
    assert (await GeminiReader(client, model).headlines("Boats of the world", 2)).by == model.id


async def test_the_probe_agrees_with_what_the_file_calls_live(service: GeminiStandIn, client: genai.Client) -> None:
    live = [row for row in ROWS if row.status is Status.LIVE and (row.until is None or row.until > date(2026, 11, 20))]

    asked = {row.id for row in live if row.family != "imagen"}
    seen = await look(client, asked)

    assert (seen.alive, seen.gone) == (asked, frozenset())
