"""The operators' pages: server-rendered, without a script, under /admin of the browser chat's site."""
