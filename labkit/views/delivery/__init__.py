"""The view of what is delivered in a run, or in many."""
