"""An answer with a code of Discord's own."""

from typing import Any

UNKNOWN_CHANNEL, UNKNOWN_MESSAGE, UNKNOWN_WEBHOOK, UNKNOWN_INTERACTION = 10003, 10008, 10015, 10062
TOO_LARGE, ACKNOWLEDGED = 40005, 40060
MISSING_ACCESS, CANNOT_WRITE_TO_PERSON, MISSING_PERMISSIONS, INVALID_TOKEN = 50001, 50007, 50013, 50027
WRONG_CHANNEL_TYPE, HAS_THREAD = 50024, 160004
INVALID_FORM, ARCHIVED, FOLLOW_UPS_SPENT = 50035, 50083, 40094


class Refusal(Exception):
    """Discord says no.

    `blame` marks what no correct bot ever asks, as against what happens to correct bots too (a message was deleted, a
    token has expired): only the former counts as a violation.
    """

    def __init__(self, status: int, code: int, message: str, *, blame: bool = False, **more: Any) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.blame, self.more = status, code, message, blame, more

    def payload(self) -> dict[str, Any]:
        """The body Discord sends."""
        return {"message": self.message, "code": self.code, **self.more}


def unknown_message() -> Refusal:
    return Refusal(404, UNKNOWN_MESSAGE, "Unknown Message")


def unknown_interaction() -> Refusal:
    """Answered too late, or never asked."""
    return Refusal(404, UNKNOWN_INTERACTION, "Unknown interaction")


def expired_token() -> Refusal:
    """What a token answers after its fifteen minutes."""
    return Refusal(401, INVALID_TOKEN, "Invalid Webhook Token")


def unknown_entitlement() -> Refusal:
    return Refusal(404, 10029, "Unknown Entitlement")


def used_up() -> Refusal:
    """Nobody has published the number."""
    return Refusal(400, 0, "Entitlement has already been consumed")


def acknowledged() -> Refusal:
    return Refusal(400, ACKNOWLEDGED, "Interaction has already been acknowledged.")


def missing_access() -> Refusal:
    """The app is not in this server, or does not see the channel."""
    return Refusal(403, MISSING_ACCESS, "Missing Access")


def missing_permissions() -> Refusal:
    return Refusal(403, MISSING_PERMISSIONS, "Missing Permissions")


def cannot_write() -> Refusal:
    """The person takes no messages from the bot."""
    return Refusal(403, CANNOT_WRITE_TO_PERSON, "Cannot send messages to this user")


def archived() -> Refusal:
    return Refusal(400, ARCHIVED, "Thread is archived")


def too_large() -> Refusal:
    return Refusal(413, TOO_LARGE, "Request entity too large")
