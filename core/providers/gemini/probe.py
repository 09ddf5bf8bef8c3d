"""Which models answer here and now: the authority over what the catalogue's file says."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

from google import genai
from google.genai import types

from core.providers.error import BadRequest, Forbidden, KeyRefused, ProviderError, Retired
from core.providers.gemini.client import within
from core.providers.gemini.fault import each, translated

PROBE_S = 20.0
PAGE = 200


@dataclass(frozen=True, slots=True)
class Sighting:
    """Where the question itself failed nothing is said of a model: it is in neither."""

    alive: frozenset[str]
    gone: frozenset[str]


async def look(client: genai.Client, ids: Iterable[str]) -> Sighting:
    """Ask for each id: the list first, then one by one what the list leaves out (gateways list little).

    Raises KeyRefused or Forbidden when nobody is let in, Unreachable and its kin when nobody answers.
    """
    wanted = frozenset(ids)
    listed = wanted & await _listed(client)
    rest = sorted(wanted - listed)
    seen = dict(zip(rest, await asyncio.gather(*(_answers(client, model) for model in rest)), strict=True))
    return Sighting(
        alive=listed | {model for model, alive in seen.items() if alive},
        gone=frozenset(model for model, alive in seen.items() if alive is False),
    )


async def _listed(client: genai.Client) -> frozenset[str]:
    found = set()
    config = types.ListModelsConfig(page_size=PAGE, http_options=within(PROBE_S))
    try:
        with translated():
            models = await client.aio.models.list(config=config)
        async for model in each(models):
            found.add((model.name or "").rpartition("/")[2])
    except (Retired, BadRequest):
        return frozenset()  # a place without a list; every id is asked for by itself
    return frozenset(found)


async def _answers(client: genai.Client, model: str) -> bool | None:
    try:
        with translated():
            await client.aio.models.get(model=model, config=types.GetModelConfig(http_options=within(PROBE_S)))
    except Retired:
        return False
    except (KeyRefused, Forbidden):
        raise
    except ProviderError:
        return None
    return True
