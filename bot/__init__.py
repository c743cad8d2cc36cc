"""Telegram, both sides of the desk: the client's and the manager's."""
