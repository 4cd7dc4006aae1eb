"""The verbs of the command `labkit`, a module each, with `arguments` and `run`."""
