"""What becomes of a job: every step a worker knows, and the upkeep of what jobs leave."""

from __future__ import annotations

from functools import cached_property

from core.bootstrap.front import Fronts
from core.providers.youtube import ThumbnailServer
from core.services.archiving import Archiving
from core.services.filing import Filing
from core.services.finishing import Finishing
from core.services.judging import Judging
from core.services.overnight import Overnight
from core.services.reading import Reading
from core.services.refining import Refining
from core.services.rendering import Rendering
from core.services.seating import Seating
from core.services.target import Targets
from core.services.upkeep import Upkeep
from core.store.payment import Settling
from core.store.subscription import Periods


class Workbench(Fronts):
    """Services of the worker. Needs a direct connection."""

    @cached_property
    def finishing(self) -> Finishing:
        return Finishing(self.work, self.variants, self.album, self.drawing, self.workshop, self.catalogue)

    @cached_property
    def overnight(self) -> Overnight:
        return Overnight(
            self.work,
            self.album,
            self.drawing,
            self.painting,
            self.finishing,
            self.seating,
            self.catalogue,
            {} if self.gemini is None else {"gemini": self.gemini.batches},
            self.housekeeping,
            self.probing.retire,
            self.settings.overnight_look_seconds,
        )

    @cached_property
    def seating(self) -> Seating:
        return Seating(
            self.album, self.workshop, self.decoder, ThumbnailServer(self.settings.youtube_images_url).picture
        )

    @cached_property
    def reading(self) -> Reading:
        return Reading(
            self.work,
            self.variants,
            self.album,
            self.conversing,
            self.catalogue,
            self.budget,
            {} if self.gemini is None else {"gemini": self.gemini.reader},
            self.probing.retire,
            self.seating.look,
        )

    @cached_property
    def rendering(self) -> Rendering:
        targets = Targets(self.variants, self.album, self.drawing)
        archiving = Archiving(
            self.work, self.variants, self.people, self.album, self.drawing, self.workshop, self.catalogue
        )
        filing = Filing(self.work, self.album, self.drawing, self.workshop, targets, archiving)
        judging = Judging(self.work, self.album, self.workshop, targets, self.catalogue)
        refining = Refining(self.work, self.album, self.drawing, self.workshop, self.seating, targets, self.catalogue)
        finished = refining.steps() | filing.steps() | archiving.steps() | judging.steps()
        return Rendering(
            self.work,
            self.album,
            self.drawing,
            self.workshop,
            self.seating,
            self.catalogue,
            self.finishing,
            {} if self.gemini is None else {"gemini": self.gemini.provider},
            finished | self.overnight.steps() | self.reading.steps(),
        )

    @cached_property
    def upkeep(self) -> Upkeep:
        return Upkeep(
            self.housekeeping, Settling(self.direct), Periods(self.direct), lambda: self.rendering, self.blobs
        )
