"""Watching the event loop: blocks, background errors, the learner's tasks, leftovers."""
