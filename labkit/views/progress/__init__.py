"""The exercises and how far the learner is with each, as a board."""
