"""The browser chat: the third front end, server-rendered, kept alive by one WebSocket."""
