import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.discord_server.fixture import discord_server, member

__all__ = ["discord_server", "member"]


@pytest.fixture
def home() -> Iterator[Path]:
    """A fresh FACTORY_HOME. Not tmp_path: pytest keeps that 0700, and for root the server runs as somebody else."""
    folder = Path(tempfile.mkdtemp(prefix="factory-home-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)
