"""The view of a crowd."""
