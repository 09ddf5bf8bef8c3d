"""A set that goes on with a series: what is shown before it is ordered is what comes first."""

from __future__ import annotations

from pathlib import Path

from app.demo.stage import Screen
from core.conversation.action import GoOn
from core.conversation.event import TextSent
from core.conversation.view import FormView, GalleryView
from core.domain.brief import Brief
from core.domain.job import Recipe
from core.domain.model import Origin
from core.domain.series import encode
from tests.app.chat import Guest, pictured
from tests.factory import running


async def test_the_preview_of_a_short_series_is_its_first_variant(database: str, tmp_path: Path) -> None:
    code = encode(Recipe(brief=Brief(), model="studio", origin=Origin.STUDIO, seed=7, short="30 days"))
    screen = Screen()
    async with running(database, tmp_path, couriers=[screen]) as one:
        guest = Guest(one.factory, screen)
        sent = TextSent(text=f"{code} How I learned Spanish in 30 days")
        asked = await guest.do(sent, lambda view: isinstance(view, FormView))
        preview = await guest.press(asked, GoOn, pictured)

        assert isinstance(preview, GalleryView)
        assert "30 days" in preview.pictures[0].alt and "Spanish" not in preview.pictures[0].alt
