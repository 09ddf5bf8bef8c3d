"""`thumbnail-factory release telegram`, `release discord`: what a platform is told once per release."""

from __future__ import annotations

import asyncio

import click

from app.stop import Stop
from bots.discord import bot as discord
from bots.discord import registration
from bots.discord import release as discord_release
from bots.telegram import release
from bots.telegram.bot import TokenRefused
from bots.telegram.release import Introduction
from core.conversation import texts
from core.conversation.command import COMMANDS
from core.settings import Settings, TelegramMode


def main(settings: Settings, *, platform: str, webhook: bool | None) -> None:
    try:
        asyncio.run({"telegram": _telegram, "discord": _discord}[platform](settings, webhook))
    except (TokenRefused, discord.TokenRefused) as refused:
        raise Stop(str(refused)) from None


async def _discord(settings: Settings, webhook: bool | None) -> None:
    if settings.discord_bot_token is None:
        raise Stop("DISCORD_BOT_TOKEN is not set: get a token from https://discord.com/developers and put it into .env")
    if webhook is not None:
        raise Stop("Discord has no webhook to set: its Interactions Endpoint URL is set on the developer portal.")
    try:
        async with discord_release.session(
            settings.discord_bot_token.get_secret_value(), settings.discord_api_url
        ) as client:
            changed = await registration.register(client)
    except discord.TROUBLES as fault:
        raise Stop(f"Discord does not answer as it should ({fault}). Nothing was changed; try again.") from None
    click.echo("Commands set." if changed else "Discord has this release's commands already.")


async def _telegram(settings: Settings, webhook: bool | None) -> None:
    if settings.telegram_bot_token is None:
        raise Stop("TELEGRAM_BOT_TOKEN is not set: get a token from @BotFather and put it into .env")
    if webhook and not settings.telegram_webhook_url:
        raise Stop("TELEGRAM_WEBHOOK_URL is not set: the public https address that ends in /telegram")
    token = settings.telegram_bot_token.get_secret_value()
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
