"""The checks of `labkit doctor`."""
