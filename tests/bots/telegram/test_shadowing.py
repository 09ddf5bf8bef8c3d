"""Our rooms carry the names of the libraries they use."""

import discord
import telegram


def test_the_libraries_are_not_shadowed_by_our_rooms() -> None:
    assert telegram.Bot.__module__ == "telegram._bot"
    assert discord.Client.__module__ == "discord.client"
