"""A link: what crosses it, row by row and layer by layer."""
