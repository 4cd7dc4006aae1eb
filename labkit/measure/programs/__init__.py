"""Bare programs that are measured, or that measure, each in a process of its own.

They are written as the libraries' documentation writes them, with nothing of labkit's on the way of
a message. No module imports them: they are started, and asked over a pipe.
"""
