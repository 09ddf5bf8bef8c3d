"""The same look for another headline, and the same bytes wherever a recipe is drawn."""

import hashlib
import sys
from dataclasses import replace
from subprocess import run

import cv2
import numpy as np

from core.compose import encode
from core.compose.studio import Plate, draw_plate, typeset
from core.domain.brief import Brief, ColourPriority, TypeMood, Vibe
from core.domain.format import FORMATS
from core.domain.job import Recipe
from core.domain.record import from_record, to_record
from core.domain.series import Series, decode, shown
from core.domain.series import encode as coded
from tests.compose.builder import recipe, somebody

PERSON, TARGET = somebody(500), FORMATS["youtube"]
DRAWN = """
import cv2, hashlib, sys
from core.compose import encode
from core.domain.brief import Vibe
from tests.compose.test_series import drawn
cv2.setNumThreads(int(sys.argv[1]))
for vibe in sys.argv[2:]:
    print(hashlib.sha256(encode.jpeg(drawn(vibe))).hexdigest())
"""
VIBES = (Vibe.BOLD, Vibe.CINEMATIC, Vibe.NEON, Vibe.PASTEL)
"""With rays, grain, glow and blur between them."""


def drawn(vibe: str) -> np.ndarray:
    wanted = recipe(Vibe(vibe), 1)
    return typeset(wanted, TARGET, TARGET.draft, draw_plate(wanted, TARGET, TARGET.draft, PERSON)).picture


def plate(wanted: Recipe) -> Plate:
    return draw_plate(wanted, TARGET, TARGET.draft, PERSON)


def test_a_code_gives_another_headline_the_same_picture_under_it_and_the_same_type() -> None:
    first = recipe(Vibe.NEON, 4, 99, headline="One", subtext="", colours=ColourPriority.COOL, type_mood=TypeMood.SLAB)
    code = coded(first)
    found = decode(code)
    assert isinstance(found, Series)
    brief = from_record(Brief, {**to_record(Brief()), **found.answers, "headline": "Two", "series": code})
    seed, position = shown(brief, 0, 1)
    second = replace(first, brief=brief, seed=seed, position=position)
    assert plate(second).picture.tobytes() == plate(first).picture.tobytes()
    one, two = (typeset(made, TARGET, TARGET.draft, plate(made)).layout for made in (first, second))
    assert (one.font, one.mark, one.palette, one.scheme) == (two.font, two.mark, two.palette, two.scheme)


def test_a_fresh_process_draws_the_same_bytes_with_however_many_threads() -> None:
    here = [hashlib.sha256(encode.jpeg(drawn(vibe))).hexdigest() for vibe in VIBES]
    for threads in ("1", "2"):
        there = run([sys.executable, "-c", DRAWN, threads, *VIBES], capture_output=True, text=True, check=True)
        assert there.stdout.split() == here, threads


def test_without_the_processors_own_instructions_hardly_a_pixel_differs_by_more_than_a_level() -> None:
    """Cubic enlargement and blending round by a level otherwise; where a person is graded that shows on a few edges."""
    fast = [drawn(vibe).astype(int) for vibe in VIBES]
    cv2.setUseOptimized(False)
    try:
        for vibe, one in zip(VIBES, fast, strict=True):
            apart = np.abs(drawn(vibe) - one).max(axis=2)
            assert (apart > 1).mean() < 0.002 and apart.max() < 8, vibe
    finally:
        cv2.setUseOptimized(True)
