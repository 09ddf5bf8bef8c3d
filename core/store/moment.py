"""Times as the database writes them into JSON."""

from datetime import datetime


def moment(text: str) -> datetime:
    """The aware time behind an ISO 8601 text."""
    return datetime.fromisoformat(text)


def moment_or_none(text: str | None) -> datetime | None:
    return None if text is None else moment(text)
