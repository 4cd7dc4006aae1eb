"""What concerns a single socket: how much is read from it, how it ends, how many may be open."""
