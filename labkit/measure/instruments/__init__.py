"""The court's instruments: an experiment in each file."""
