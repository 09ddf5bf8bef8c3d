from bots.telegram import release
from bots.telegram.release import Introduction
from tests.telegram_server.server import TelegramServer


async def test_a_release_presents_the_bot_per_scope_and_language(telegram_server: TelegramServer) -> None:
    english = Introduction(
        commands=(("new", "Make a thumbnail"), ("quick", "d" * 300)),
        group_commands=(("new", "Make a thumbnail"),),
        description="Selfie in, thumbnail out. " * 40,
        short_description="Selfie in, thumbnail out. " * 10,
    )
    async with release.session(telegram_server.token, telegram_server.base_url.removesuffix("/bot")) as bot:
        await release.present(bot, {"": english, "de": english})
    lists = telegram_server.world.commands
    assert {language for _, language in lists} == {"", "de"}
    assert [one["command"] for one in lists['{"type": "all_group_chats"}', ""]] == ["new"]
    assert [one["command"] for one in lists['{"type": "all_private_chats"}', "de"]] == ["new", "quick"]


async def test_a_webhook_is_set_with_its_secret_and_taken_away_again(telegram_server: TelegramServer) -> None:
    async with release.session(telegram_server.token, telegram_server.base_url.removesuffix("/bot")) as bot:
        await release.set_webhook(bot, "https://factory.example/telegram", "s3cret")
        hook = telegram_server.mailbox.hook
        assert hook is not None
        assert hook.secret == "s3cret"
        await release.delete_webhook(bot)
    assert telegram_server.mailbox.hook is None
