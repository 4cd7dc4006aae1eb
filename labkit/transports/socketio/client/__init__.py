"""The client: its connection, its events, and the library's client below."""
