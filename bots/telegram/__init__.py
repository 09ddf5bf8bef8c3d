"""Telegram: updates become events, views become messages."""

import os

# The library gives RetryAfter.retry_after as a timedelta only if asked to, and warns on every flood error otherwise.
os.environ.setdefault("PTB_TIMEDELTA", "1")
