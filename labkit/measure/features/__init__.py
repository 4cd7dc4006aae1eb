"""Five features of a chat, each written on both stacks with the libraries alone."""
