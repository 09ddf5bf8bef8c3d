"""An answer with ok=false."""

from typing import Any


class Refusal(Exception):
    """Telegram says no.

    `blame` marks what no correct bot ever asks (editing a person's message), as against what happens to correct bots
    too (a message is not modified, a query is too old): only the former counts as a violation.
    """

    def __init__(self, status: int, description: str, *, blame: bool = False, **parameters: Any) -> None:
        super().__init__(description)
        self.status, self.description, self.blame, self.parameters = status, description, blame, parameters

    def payload(self) -> dict[str, Any]:
        """The body Telegram sends."""
        body: dict[str, Any] = {"ok": False, "error_code": self.status, "description": self.description}
        return body | ({"parameters": self.parameters} if self.parameters else {})
