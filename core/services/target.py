"""What a refinement works on: the variant as it is shown now, with the plates kept of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from core.conversation.world import VariantFacts
from core.domain.job import Recipe
from core.domain.record import from_record
from core.services import facts
from core.services.album import Album
from core.services.desk import AssetGone
from core.services.drawing import Drawing, Picture
from core.services.finishing import PLATE, Assignment
from core.store.variant import StoredVariant, Variants, Version


@dataclass(frozen=True, slots=True)
class Target:
    """The variant a refinement works on, as it is shown now."""

    stored: StoredVariant
    shown: Version
    recipe: Recipe
    job_code: str

    @property
    def positions(self) -> Iterator[int]:
        """What its versions showed of the studio's looks, those included that were undone."""
        return (from_record(Recipe, version.recipe).position for version in self.stored.versions)

    def plates(self, format_id: str) -> Iterator[str]:
        """Assets of the picture's plates in a format. Versions with the same plate are the same picture."""
        if format_id == self.recipe.brief.format and self.shown.plate_asset:
            yield self.shown.plate_asset
        for version in reversed(self.stored.versions):
            plate = facts.main_render(version, format_id, PLATE)
            if plate and version.plate_asset == self.shown.plate_asset:
                yield plate.asset.id


class Targets:
    def __init__(self, variants: Variants, album: Album, drawing: Drawing) -> None:
        self._variants = variants
        self._album = album
        self._drawing = drawing

    async def find(self, it: Assignment) -> Target:
        stored, job = await self._variants.get(it.order.variant, it.job.user_id)
        shown = stored.shown
        if stored.deleted:
            raise AssetGone(stored.code)
        return Target(stored, shown, from_record(Recipe, shown.recipe), job.code)

    async def composed(self, target: Target, recipe: Recipe, format_id: str) -> Picture:
        """The recipe's type on the target's picture in a format; a plate that had to be made is kept."""
        logo = await self._album.logo(recipe.brief)
        if kept := await self.kept(target, format_id):
            return await self._drawing.retype(recipe, format_id, kept, logo=logo)
        return await self._drawing.compose(recipe, format_id, await self._made(target, format_id), logo=logo)

    async def kept(self, target: Target, format_id: str) -> bytes | None:
        """The plate of a format as it is stored, with this version or with one that has other words on it."""
        for asset_id in target.plates(format_id):
            with suppress(AssetGone):
                return await self._album.load(asset_id)
        return None

    async def plate(self, target: Target, format_id: str) -> bytes:
        """The plate of a format: as it is stored, else made once more."""
        return await self.kept(target, format_id) or await self._made(target, format_id)

    async def _made(self, target: Target, format_id: str) -> bytes:
        """See `Drawing.plate`."""
        painted = await self.kept(target, target.recipe.brief.format)
        return await self._drawing.plate(
            target.recipe, format_id, lambda: self._album.selfies(target.recipe.brief), painted
        )


def facts_of(target: Target) -> VariantFacts:
    """The variant as front ends show it. Raises AssetGone: its picture is not stored any more."""
    shown = facts.variant(target.stored, target.job_code)
    if shown is None:
        raise AssetGone(target.stored.code)
    return shown
