"""Known obstacles that end a command."""

from __future__ import annotations


class Stop(Exception):
    """End the command with this sentence for the operator."""

    def __init__(self, sentence: str, code: int = 1) -> None:
        super().__init__(sentence)
        self.code = code
