"""What `labkit doctor` looks at."""
