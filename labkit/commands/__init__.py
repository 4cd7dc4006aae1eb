"""The verbs of the command `labkit`, one module each, with `arguments` and `run`."""
