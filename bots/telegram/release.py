"""What is told to Telegram once per release, by a verb of the command line and never by a replica."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import telegram
from telegram import BotCommand, BotCommandScopeAllGroupChats, BotCommandScopeAllPrivateChats, BotCommandScopeDefault

from bots.telegram.bot import API_URL, connect, introduce
from bots.telegram.polling import ALLOWED_UPDATES
from core.conversation.prose import clip

_DESCRIPTION_UNITS, _SHORT_DESCRIPTION_UNITS, _COMMAND_UNITS = 512, 120, 256
_WEBHOOK_CONNECTIONS = 40

Commands = Sequence[tuple[str, str]]
"""Name without slash and description, in the order of the menu."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Introduction:
    """How the bot presents itself in one language."""

    commands: Commands
    group_commands: Commands
    description: str
    """Shown in the empty chat, above the Start button."""
    short_description: str
    """Shown on the profile and in shared links."""


@asynccontextmanager
async def session(token: str, api_url: str = API_URL) -> AsyncIterator[telegram.Bot]:
    """A bot for one release. Raises TokenRefused, or the library's errors while Telegram is out of reach."""
    bot = connect(token, api_url)
    try:
        await introduce(bot)
        yield bot
    finally:
        await bot.shutdown()


async def present(bot: telegram.Bot, introductions: Mapping[str, Introduction]) -> None:
    """Set commands and descriptions per language; the key "" is for everybody whose language is not named."""
    for language, one in introductions.items():
        private, group = _commands(one.commands), _commands(one.group_commands)
        await bot.set_my_commands(private, BotCommandScopeDefault(), language)
        await bot.set_my_commands(private, BotCommandScopeAllPrivateChats(), language)
        await bot.set_my_commands(group, BotCommandScopeAllGroupChats(), language)
        await bot.set_my_description(clip(one.description, _DESCRIPTION_UNITS), language)
        await bot.set_my_short_description(clip(one.short_description, _SHORT_DESCRIPTION_UNITS), language)


async def set_webhook(bot: telegram.Bot, url: str, secret: str) -> None:
    """Have updates brought to `url`; what waits at Telegram is kept."""
    await bot.set_webhook(
        url, secret_token=secret, allowed_updates=ALLOWED_UPDATES, max_connections=_WEBHOOK_CONNECTIONS
    )


@dataclass(frozen=True, slots=True)
class Hook:
    """Where Telegram brings updates."""

    url: str
    """Empty: nowhere, they are polled."""
    untold: tuple[str, ...]
    """What we take and it does not bring."""
    trouble: str
    """Of its last attempt, where that failed."""


async def hooked(bot: telegram.Bot) -> Hook:
    info = await bot.get_webhook_info()
    told = info.allowed_updates or ALLOWED_UPDATES  # none named: all of ours are among what comes by default
    untold = tuple(name for name in ALLOWED_UPDATES if name not in told)
    return Hook(info.url, untold, info.last_error_message or "" if info.pending_update_count else "")


async def delete_webhook(bot: telegram.Bot) -> None:
    """Go back to polling; what waits at Telegram is kept."""
    await bot.delete_webhook()


def _commands(commands: Commands) -> list[BotCommand]:
    return [BotCommand(name, clip(description, _COMMAND_UNITS)) for name, description in commands]
