"""Discord: interactions become events, views become messages of components."""
