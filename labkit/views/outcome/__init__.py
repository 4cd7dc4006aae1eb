"""What a check found, as a card."""
