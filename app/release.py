"""`thumbnail-factory release telegram`: what a platform is told once per release."""

from __future__ import annotations

import asyncio

import click

from app.stop import Stop
from bots.telegram import release
from bots.telegram.bot import TokenRefused
from bots.telegram.release import Introduction
from core.conversation import texts
from core.conversation.command import COMMANDS
from core.settings import Settings, TelegramMode

_PLATFORMS = frozenset({"telegram"})


def main(settings: Settings, *, platform: str, webhook: bool | None) -> None:
    assert platform in _PLATFORMS
    if settings.telegram_bot_token is None:
        raise Stop("TELEGRAM_BOT_TOKEN is not set: get a token from @BotFather and put it into .env")
    if webhook and not settings.telegram_webhook_url:
        raise Stop("TELEGRAM_WEBHOOK_URL is not set: the public https address that ends in /telegram")
    try:
        asyncio.run(_release(settings, settings.telegram_bot_token.get_secret_value(), webhook))
    except TokenRefused as refused:
        raise Stop(str(refused)) from None


async def _release(settings: Settings, token: str, webhook: bool | None) -> None:
    wanted = settings.telegram_mode is TelegramMode.WEBHOOK if webhook is None else webhook
    async with release.session(token, settings.telegram_api_url) as bot:
        languages = {language: introduction(language) for language in texts.languages()}
        await release.present(bot, {"": languages["en"], **languages})
        if wanted and settings.telegram_webhook_url and settings.telegram_webhook_secret:
            secret = settings.telegram_webhook_secret.get_secret_value()
            await release.set_webhook(bot, settings.telegram_webhook_url, secret)
            click.echo(f"Webhook set: {settings.telegram_webhook_url}")
        elif webhook is False:
            await release.delete_webhook(bot)
            click.echo("Webhook removed; polling works again.")
    click.echo(f"Commands and texts set in {len(languages)} language(s).")


def introduction(language: str) -> Introduction:
    """How the bot presents itself, from the command table and the locale files."""
    voice = texts.speaker(language)
    shown = [(name, voice.say(command.description)) for name, command in COMMANDS.items() if command.visible]
    return Introduction(
        commands=shown,
        group_commands=shown,
        description=voice.say("release.description"),
        short_description=voice.say("release.short_description"),
    )
