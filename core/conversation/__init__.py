"""The conversation as pure values: an event and a session in, a turn (session, views, effects) out."""
