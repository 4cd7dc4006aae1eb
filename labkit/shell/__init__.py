"""IPython's shell, which runs a notebook's cells: finding it, and what labkit changes in it."""
