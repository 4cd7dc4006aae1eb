"""Its client: what it says, how it listens, and where it stands in the history."""
