from .fixture import discord_server, member

__all__ = ["discord_server", "member"]
