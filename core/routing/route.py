"""From a wanted model to an ordered route."""

from __future__ import annotations

from core.domain.brief import Brief
from core.domain.model import Catalogue, ModelSpec

Route = tuple[ModelSpec, ...]


def plan(brief: Brief, wanted: str, catalogue: Catalogue) -> Route:
    """The models to try for a variant, in order.

    First the one the quote named, then, so that a dead provider never leaves a person with nothing, whatever draws
    this vibe for no more than was agreed: the free studio. A model that is gone from the catalogue is skipped.
    """
    able = [model for model in catalogue.models if brief.vibe in model.vibes and brief.quality in model.qualities]
    first = [model for model in able if model.id == wanted]
    return (*first, *(model for model in able if model.free and model.id != wanted))
