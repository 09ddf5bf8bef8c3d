"""The installed Chromium, and how it is started."""

import shutil
from typing import Final

FLAGS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
NAMES: Final = ("chromium", "chromium-browser", "google-chrome")


def installed() -> str | None:
    """Its path, if there is one."""
    return next((path for path in map(shutil.which, NAMES) if path), None)
