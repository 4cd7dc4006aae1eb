"""Exercises that check themselves: a module for each notebook, and the ground below a check."""
