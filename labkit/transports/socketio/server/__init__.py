"""The server: what it hosts, notes and refuses, and the library's server below."""
