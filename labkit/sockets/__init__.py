"""Single sockets: how much is read from one, how it closes, how many may be open."""
