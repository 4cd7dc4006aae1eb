"""Fault switches: what acts on a link, or on all links of a server, switched on and off."""
