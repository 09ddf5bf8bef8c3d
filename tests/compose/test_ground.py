"""Grounds leave words alone."""

from __future__ import annotations

import numpy as np
import pytest

from core.compose.geometry import Box
from core.compose.ground import Ground, blank
from core.compose.grounds import pastel
from core.compose.headline import Align
from core.compose.palette import palette
from core.domain.brief import ColourPriority, Vibe


@pytest.mark.parametrize("seed", range(4))
def test_no_bubble_looks_out_behind_a_word(seed: int) -> None:
    words = Box(10, 20, 230, 150)
    ground = Ground(
        width=240,
        height=400,
        palette=palette(Vibe.PASTEL, ColourPriority.WARM, (), 0),
        light=(120.0, 290.0),
        reach=160.0,
        text=(words,),
        text_side=Align.CENTRE,
        seed=seed,
        person=True,
    )
    picture = pastel.PAINTERS[0](ground, blank(ground)).astype(int)
    place = picture[round(words.top) : round(words.bottom), round(words.left) : round(words.right)]
    assert max(np.abs(np.diff(place, axis=axis)).max() for axis in (0, 1)) < 6
