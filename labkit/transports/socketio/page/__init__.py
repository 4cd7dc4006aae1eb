"""The chat page of a server."""
