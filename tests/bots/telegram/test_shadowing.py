"""Our rooms carry the names of the libraries they use."""

import discord
import telegram


def test_the_libraries_are_not_shadowed_by_our_rooms() -> None:
    assert telegram.Bot
    assert discord.Client
