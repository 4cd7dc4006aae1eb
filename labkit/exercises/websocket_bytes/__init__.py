"""The exercises of notebook 02: the accept key, a frame, and what a close frame says."""

from labkit.exercises.websocket_bytes import accepts_a_key, reads_a_close, reads_a_frame

EXERCISES = (
    accepts_a_key.EXERCISE,
    reads_a_frame.EXERCISE,
    reads_a_close.EXERCISE,
)
