"""Telegram Stars: the bot's transactions, and Stars given back, through the Bot API's own library."""
