"""The front door: the command line, and which parts of the factory run together in which process."""

from __future__ import annotations

from importlib.metadata import version

RELEASE = version("thumbnail-factory")
