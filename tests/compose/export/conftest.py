"""One finished picture with everything a picture can carry, taken apart once."""

import cv2
import numpy as np
import pytest

from core.compose import studio
from core.compose.export.design import Design, design
from core.domain.brief import Vibe
from core.domain.format import FORMATS
from tests.compose.builder import recipe, somebody

YOUTUBE = FORMATS["youtube"]


@pytest.fixture(scope="session")
def full() -> Design:
    """A person, turned lines in two colours with outline and box, an emoji, subtext, logo, signature and a stamp."""
    wanted = recipe(Vibe.PASTEL, 1, headline="I quit (my) job 🔥 today", subtext="Grüße & more", signature="@orbit")
    plate = studio.draw_plate(wanted, YOUTUBE, YOUTUBE.standard, somebody())
    logo = cv2.circle(np.full((200, 200, 4), 255, np.uint8), (100, 100), 80, (200, 10, 60, 255), -1)
    return design(studio.typeset(wanted, YOUTUBE, YOUTUBE.standard, plate, logo), "STAND-IN")
