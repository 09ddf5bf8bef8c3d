"""Row: a finished picture as a Photoshop document with named layers and text to edit."""

import statistics
import time

from core.compose.export import psd
from core.compose.export.design import design
from core.compose.studio import draw_plate, typeset
from core.domain.brief import Vibe
from core.domain.format import FORMATS
from tests.bench.figure import Figure
from tests.compose.builder import recipe, somebody

TARGET_S = 1.0
ROUNDS = 9
YOUTUBE = FORMATS["youtube"]


async def rows() -> list[Figure]:
    """From the kept plate, as a press on the button finds it: type set, layers taken apart, document written."""
    wanted, times, octets = recipe(Vibe.BOLD, signature="@orbit"), list[float](), 0
    plate = draw_plate(wanted, YOUTUBE, YOUTUBE.standard, somebody())
    for _ in range(ROUNDS):
        start = time.perf_counter()
        octets = len(psd.write(design(typeset(wanted, YOUTUBE, YOUTUBE.standard, plate))))
        times.append(time.perf_counter() - start)
    median = statistics.median(times)
    return [
        Figure(
            "PSD 1280x720 from the kept plate",
            f"{1000 * median:.0f} ms  ({octets / 1e6:.1f} MB)",
            f"<= {1000 * TARGET_S:.0f} ms",
            median <= TARGET_S,
        )
    ]
