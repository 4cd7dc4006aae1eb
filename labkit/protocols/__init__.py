"""Facts about the protocols, without any input or output."""
