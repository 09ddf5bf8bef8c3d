"""Row 1: drawing a thumbnail against the naive Pillow drawing of the same design."""

from tests.bench.figure import Figure
from tests.compose.baseline import measure

TARGET = 0.70


async def rows() -> list[Figure]:
    ours, naive = measure()
    return [
        Figure(
            "compose + JPEG 1280x720 / naive Pillow",
            f"{ours / naive:.2f} x  (median {ours * 1e3:.0f} / {naive * 1e3:.0f} ms)",
            f"<= {TARGET:.2f} x",
            ours / naive <= TARGET,
        )
    ]
