"""The transports: each has a Server and a Client under one contract."""
