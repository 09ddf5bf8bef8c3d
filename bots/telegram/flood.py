"""Telegram's request to slow down, in seconds."""

from __future__ import annotations

import datetime as dt

from telegram.error import RetryAfter


def pause_s(error: RetryAfter) -> float:
    """How long Telegram asked to wait; the library says it as a timedelta or as a number, by environment variable."""
    after = error.retry_after
    return after.total_seconds() if isinstance(after, dt.timedelta) else float(after)
