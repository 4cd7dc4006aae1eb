"""The server: what it hosts, watches and refuses, and the library's server below."""
