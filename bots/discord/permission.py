"""Permissions: what Discord lets somebody do in a channel, as the bits it states with every interaction."""

from __future__ import annotations

ADMINISTRATOR, MANAGE_GUILD = 1 << 3, 1 << 5
VIEW_CHANNEL, SEND_MESSAGES, ATTACH_FILES = 1 << 10, 1 << 11, 1 << 15
CREATE_PUBLIC_THREADS, SEND_MESSAGES_IN_THREADS = 1 << 35, 1 << 38


def may(stated: str, *wanted: int) -> bool:
    """Whether all that is wanted is among what was stated, a decimal number; an administrator may everything."""
    bits = int(stated)
    return bool(bits & ADMINISTRATOR) or all(bits & one for one in wanted)
