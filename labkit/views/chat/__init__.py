"""A chat box: one client, its conversation, and the plug."""
