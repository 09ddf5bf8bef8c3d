"""An answer that is one of Stripe's errors."""

from typing import Any


class Refusal(Exception):
    """`blame` marks what no correct client ever asks: only that counts as a violation."""

    def __init__(self, status: int, kind: str, message: str, *, blame: bool = False, **more: Any) -> None:
        super().__init__(message)
        self.status, self.kind, self.message, self.blame, self.more = status, kind, message, blame, more

    def payload(self) -> dict[str, Any]:
        """The body Stripe sends."""
        return {"error": {"type": self.kind, "message": self.message, **self.more}}


def invalid(message: str, *, blame: bool = False, **more: Any) -> Refusal:
    return Refusal(400, "invalid_request_error", message, blame=blame, **more)


def missing(name: str, number: str) -> Refusal:
    return Refusal(404, "invalid_request_error", f"No such {name}: '{number}'", code="resource_missing", param="id")


def wrong_key() -> Refusal:
    return Refusal(401, "invalid_request_error", "Invalid API Key provided")


def reused() -> Refusal:
    return Refusal(
        400,
        "idempotency_error",
        "Keys for idempotent requests can only be used with the same parameters they were first used with.",
    )


def overwhelmed() -> Refusal:
    return Refusal(429, "invalid_request_error", "Too many requests in a period of time.", code="rate_limit")


def broken() -> Refusal:
    return Refusal(500, "api_error", "An error occurred on our side.")


def away() -> Refusal:
    return Refusal(503, "api_error", "The server is overloaded.")


def forbidden() -> Refusal:
    return Refusal(403, "invalid_request_error", "The provided key does not have the required permissions.")
