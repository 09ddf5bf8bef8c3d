"""What the workshop cannot do, in a form that crosses the border between two processes."""

from __future__ import annotations


class TypeRefused(Exception):
    """The headline cannot be set: no face covers its script (`detail`: the alphabets, joined by commas), or it does not
    fit legibly."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail


SCRIPT_NOT_COVERED = "script_not_covered"
DOES_NOT_FIT = "text_too_long"


class PictureRefused(Exception):
    """What a provider sent as a picture is none, or none of use."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail


BROKEN = "broken"
TINY = "tiny"
