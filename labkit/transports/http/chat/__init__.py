"""The finished chat over plain HTTP: what its ways to listen share."""
