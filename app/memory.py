"""Memory once everything has started: what was imported stays, and is not looked through again."""

from __future__ import annotations

import gc

YOUNG = 20_000
"""Objects made before the youngest are looked through (Python's default 700). A turn makes some thousand and keeps few,
so that looking often finds nothing and full collections, 35 ms each, would come with every hundred presses."""


def settle() -> None:
    """Call once, after start-up."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 20, 20)
