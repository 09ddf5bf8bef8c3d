"""Provider `gemini`: Google's models through the official SDK, by key (Developer API) or Enterprise (Vertex)."""
