"""The transports, each with a Server and a Client under one contract."""
