"""Use cases. Front ends know this room, the conversation's values and the domain, and nothing below."""
