"""Its server: the room, its history, its clients, and how they are answered."""
