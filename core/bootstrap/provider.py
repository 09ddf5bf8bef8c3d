"""Who draws: the models on offer, the companies behind them, our own processes, and what a call may cost."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from core.bootstrap.store import Stores
from core.providers.base import Provider
from core.providers.catalogue import STUDIO, load
from core.providers.local import LocalProvider
from core.services.budget import Budget
from core.services.catalogue import LiveCatalogue
from core.services.drawing import Drawing
from core.services.painting import Painting
from core.services.probing import Look, Probing
from core.store.model import ModelRegister, Models, Pools
from core.vision.bounded import BoundedDecoder
from core.workshop import workshop as workshops
from core.workshop.crew import Crew
from core.workshop.workshop import Workshop

if TYPE_CHECKING:
    from core.providers.gemini.door import Door


class Providers(Stores):
    """From the row of a model to the picture it drew. Without a company's key nothing of it is imported."""

    @cached_property
    def catalogue(self) -> LiveCatalogue:
        extra = tuple(model for row in self.extras for model in row.models)
        sheet = load().beside(*extra, STUDIO)
        return LiveCatalogue(sheet, Models(self.transport), sheet.doors(self.settings.given()))

    @cached_property
    def workshop(self) -> Workshop:
        return Workshop(Crew(workshops.lanes(self.settings.studio_processes)))

    @cached_property
    def decoder(self) -> BoundedDecoder:
        return BoundedDecoder()

    @cached_property
    def gemini(self) -> Door | None:
        """Google's models; None without a key."""
        if "gemini" not in self.catalogue.doors:
            return None
        # Here and not above: Google's SDK takes most of a second to import, and most factories start without a key.
        from core.providers.gemini.client import Access
        from core.providers.gemini.door import Door

        given = self.settings
        access = Access(
            api_key=given.gemini_api_key.get_secret_value() if given.gemini_api_key else "",
            enterprise=given.gemini_enterprise,
            project=given.gemini_project,
            location=given.gemini_location,
            base_url=given.gemini_base_url,
            api_version=given.gemini_api_version,
            timeout_s=given.gemini_timeout_seconds,
            proxy=given.gemini_proxy,
        )
        return Door(access, service_tier=given.gemini_service_tier)

    @cached_property
    def providers(self) -> Mapping[str, Provider]:
        made: list[Provider] = [LocalProvider(self.workshop), *(row.provider(self.workshop) for row in self.extras)]
        if self.gemini is not None:
            made.append(self.gemini.provider)
        return {provider.name: provider for provider in made}

    @cached_property
    def budget(self) -> Budget:
        return Budget(Pools(self.direct, self.name), self.funds)

    @cached_property
    def probing(self) -> Probing:
        looks: dict[str, Look] = {} if self.gemini is None else {"gemini": self.gemini.look}
        register = ModelRegister(self.direct)
        return Probing(self.catalogue.sheet, self.catalogue.doors, looks, register, self.housekeeping)

    @cached_property
    def painting(self) -> Painting:
        call_s = self.settings.gemini_timeout_seconds
        return Painting(self.providers, self.workshop, self.budget, call_s=call_s)

    @cached_property
    def drawing(self) -> Drawing:
        return Drawing(
            self.catalogue,
            self.painting,
            self.workshop,
            self.album,
            self.budget,
            self.probing.retire,
            self.probing.failed,
        )
