"""A server: who is connected and where, and what happened."""
