"""What the doctor says of one thing."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report; `cure` is empty when all is well."""

    name: str
    text: str
    cure: str = ""
