"""One real call of the cheapest kind, and what it cost: `thumbnail-factory doctor --live`."""

from __future__ import annotations

import time
from collections.abc import Sequence

from app.factory import opened
from app.finding import Finding
from core.domain.brief import Brief
from core.domain.format import FORMATS, Quality, Size
from core.domain.job import Recipe
from core.domain.model import ModelSpec, Role, Thinking
from core.domain.prompt import Prompt
from core.providers.base import Painted, PaintRequest
from core.providers.catalogue import load
from core.providers.error import KeyRefused, ProviderError
from core.settings import Settings

WORDS = "A red lighthouse on a rock at dusk, calm sea, no text."
SMALL = Size(256, 144)
"""So small that a model's smallest picture is large enough."""
NAME = "live call"


async def ask(settings: Settings) -> Finding:
    """The answer of the first draft model on offer, from whichever provider has a key."""
    async with opened(settings) as factory:
        await factory.catalogue.reload()
        models = [row for row in factory.catalogue().for_role(Role.DRAFT) if not row.free]
        if not models:
            return _nobody(settings)
        model, started = models[0], time.monotonic()
        try:
            painted = await factory.providers[model.provider].paint(_request(model))
        except ProviderError as error:
            return _failed(model, error, time.monotonic() - started, _where(settings))
        return Finding(NAME, _told(model, painted, time.monotonic() - started) + _where(settings))


def _where(settings: Settings) -> str:
    """An address that is not the provider's own: what answers there may be a gateway, or a stand-in."""
    return f"; asked at {settings.gemini_base_url}" if settings.gemini_base_url else ""


def _request(model: ModelSpec) -> PaintRequest:
    brief = Brief(quality=Quality.DRAFT)
    return PaintRequest(
        recipe=Recipe(brief=brief, model=model.id, origin=model.origin, seed=1),
        format=FORMATS["youtube"],
        size=SMALL,
        selfies=(),
        model=model,
        prompt=Prompt(system="", parts=(WORDS,)),
        thinking=Thinking.MINIMAL,
    )


def _told(model: ModelSpec, painted: Painted, seconds: float) -> str:
    width, height = (painted.facts.get(f"painted_{side}", 0) for side in ("width", "height"))
    said = f"{model.id} painted {width}x{height} in {seconds:.1f} s"
    if painted.usage is None:
        return f"{said}; it does not say what that cost"
    tokens = ", ".join(f"{name} {count}" for name, count in painted.usage.tokens.items())
    listed = ", ".join(f"{size} ${price / 1e6:.4f}" for size, price in model.prices.items())
    return f"{said} for ${painted.usage.cost_micro_usd / 1e6:.4f} (tokens: {tokens}; a picture is listed at {listed})"


def _failed(model: ModelSpec, error: ProviderError, seconds: float, where: str) -> Finding:
    cost = f", billed ${error.cost_micro_usd / 1e6:.4f}" if error.cost_micro_usd else ""
    text = f"{model.id} painted nothing in {seconds:.1f} s{cost}: {type(error).__name__}, {error}{where}"
    if isinstance(error, KeyRefused):
        return Finding(NAME, text, f"Make a new key and set {' or '.join(_keys((model.provider,)))}.")
    return Finding(NAME, text, "Try again later, or see `thumbnail-factory models` for others that answer.")


def _nobody(settings: Settings) -> Finding:
    sheet = load()
    missing = [provider for provider in sheet.keys if provider not in sheet.doors(settings.given())]
    if missing:
        return Finding(NAME, "not made: no provider has a key", f"Set {' or '.join(_keys(missing))}.")
    return Finding(NAME, "not made: no model is on offer", "`thumbnail-factory models` tells why each one is off.")


def _keys(providers: Sequence[str]) -> list[str]:
    sheet = load()
    return [next(iter(sheet.keys[provider].values())) for provider in providers]
