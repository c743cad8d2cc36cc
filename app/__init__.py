"""The application: it knows every room, and no room knows it."""
