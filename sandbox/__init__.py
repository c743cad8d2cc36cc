"""A whole world on loopback: Telegram's Bot API, mailboxes, a post office, a clock, a page.

It imports nothing of ours: what it lets through is judged by the public rules of Telegram and of
mail alone, never by what the application happens to do.
"""
